"""One run: a world, a process that is started again whenever it dies, a scenario, and the verdict."""
import asyncio
import os
import shutil
import subprocess
import sys
import time

import checker
import scenarios
import shim
import wire
from product import Product
from world import World

AT_REST = {'confirmed', 'cancelled', 'declined', 'returned', 'observed'}

FILL_LOG = '''
import os, sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute('PRAGMA wal_autocheckpoint=0')
file.execute('PRAGMA synchronous=OFF')
number = 0
while os.path.getsize(sys.argv[1] + '-wal') < int(sys.argv[2]):
    number += 1
    file.execute("INSERT INTO marker VALUES ('torture', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                 (str(number),))
os._exit(0)
'''


class Bench:
    """What every campaign works with."""

    def __init__(self, binary, work, disk=None):
        self.binary, self.work, self.disk = binary, work, disk
        source = os.path.dirname(os.path.abspath(__file__))
        self.library = shim.build(source, work)
        self.page = shim.Page(os.path.join(work, 'page'))
        data = disk.mount if disk else os.path.join(work, 'data')
        self.product = Product(binary, data, work, self.library, self.page)
        self.world, self.keeper, self.deaths, self.on_death, self.statuses = None, None, 0, None, []
        self.templates = {None: None}
        self.patience, self.rested_alone = 30, True

    # ---- the world and the process ----

    async def begin(self, template=None, route=None):
        """A fresh world and a fresh folder; `route` may put relays in between."""
        if self.world:
            await self.world.stop()
        self.world = World()
        await self.world.start()
        self.page.disarm()
        if self.disk:
            self.disk.off()
            empty(self.disk.image, self.templates[template])
            self.disk.on()
        else:
            empty(self.product.data, self.templates[template])
        erp, sink = self.world.erp.port, self.world.sink.port
        self.world.port = self.product.port
        if route:
            erp, sink, self.world.port = await route(erp, sink, self.product.port)
        self.product.configure(erp, sink)
        self.deaths, self.statuses = 0, []

    def keep(self):
        """From now on the process is started again whenever it dies, as a supervisor would."""
        self.keeper = asyncio.ensure_future(self._keep())

    async def _keep(self):
        while True:
            if self.product.ended:
                if self.product.process:
                    self.deaths += 1
                    self.statuses.append(self.product.process.returncode)
                if self.on_death:
                    self.on_death(self.deaths)
                self.product.start()
            await asyncio.sleep(0.003)

    async def let_go(self):
        if self.keeper:
            self.keeper.cancel()
            try:
                await self.keeper
            except asyncio.CancelledError:
                pass
            self.keeper = None

    async def is_up(self, seconds=30):
        """Waits through deaths and restarts."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if await self.product.up(1):
                return True
            await asyncio.sleep(0.01)
        return False

    async def stages(self):
        orders = (await self.product.ask('/v1/orders?limit=500'))['orders']
        return {order['orderId']: order['stage'] for order in orders}

    # ---- coming to rest, and the verdict ----

    async def at_rest(self, seconds=None):
        """Waits until an outsider sees every acknowledged order ended or owned; False when that does not come."""
        end = time.monotonic() + (seconds or self.patience)
        while time.monotonic() < end:
            world = self.world
            await world.until(lambda: not checker.pending(world.ledger, world.records), 0.25)
            try:
                owned, stages = await self.product.exceptions(), await self.stages()
            except wire.Broken:
                continue
            waiting = checker.pending(world.ledger, world.records) | {
                order for order, stage in stages.items() if stage not in AT_REST}
            if not waiting - set(owned):
                return True
            await asyncio.sleep(0.02)
        return False

    async def verdict(self):
        """Asks the product what it knows, looks at its file, and judges."""
        for _ in range(50):
            try:
                owned, stages = await self.product.exceptions(), await self.stages()
                break
            except wire.Broken:
                await asyncio.sleep(0.1)
        else:
            owned, stages = {}, {}
        faults = await self.product.faults()
        return checker.check(self.world.ledger, self.world.records, owned, stages, faults)

    # ---- one scenario from beginning to end ----

    async def run(self, scenario, arm=None, after=None):
        """Plays a scenario; `arm` is called when the torture begins, `after` when the scenario has come to rest."""
        await self.begin(scenario.template)
        if scenario.before:
            self.product.start()
            await self.is_up()
            await scenario.before(self)
            self.product.kill()
        try:
            if arm and scenario.from_start:
                arm()
            self.product.start()
            if not scenario.from_start:
                await self.is_up()
                if arm:
                    arm()
            self.keep()
            await scenario.act(self)
            rested = self.rested_alone = await self.at_rest()
            self.page.disarm()
            if after:
                # Another process has the last word; whether it was needed is counted.
                await after()
                rested = True
            # It may have died while it answered the last question; the keeper must have seen that before we look.
            await asyncio.sleep(0.01)
            rested = await self.is_up() and await self.at_rest() and rested
            found = await self.verdict()
            if not rested and not found.faults:
                found.fault('L1', '-', f'did not come to rest: {await self.stages()}')
            return found
        finally:
            self.page.disarm()
            await self.let_go()
            self.product.kill()

    # ---- folders to begin with ----

    async def prepare(self):
        """A migrated file, and one whose log is about to be moved."""
        await self.begin()
        self.product.start()
        if not await self.is_up():
            raise shim.Missing(
                f'{self.binary} does not start and serve: ' + (' / '.join(self.product.said()) or 'it said nothing'))
        if await self.product.terminate() != 0:
            raise shim.Missing('the product does not end on SIGTERM')
        self._keep_template('ready')
        self.product.start()
        await self.is_up()
        orders = [self.world.order(f'old{number}') for number in range(60)]
        await asyncio.gather(*(self.world.send(order) for order in orders))
        await self.at_rest()
        self.product.kill()
        subprocess.run([sys.executable, '-c', FILL_LOG, self.product.database, str(8001 * 4120)], check=True)
        self._keep_template('full log')

    def _keep_template(self, name):
        target = os.path.join(self.work, 'template ' + name)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.product.data, target)
        self.templates[name] = target


def empty(folder, template=None):
    """A fresh folder, or a copy of a prepared one."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    for name in os.listdir(template) if template else ():
        shutil.copyfile(os.path.join(template, name), os.path.join(folder, name))


def chosen(names):
    """Scenarios by part of their name; all without any."""
    return [scenario for scenario in scenarios.ALL
            if not names or any(name.lower() in scenario.name.lower() for name in names)]
