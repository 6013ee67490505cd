"""Deaths: at each call, again during recovery, at any moment; and the errors of a disk that says so."""
import asyncio
import errno
import os
import random
from collections import Counter

import shim
from shim import FAIL, FILES, KILL_AFTER, KILL_BEFORE, SHORT_WRITE

QUIET = os.environ.get('TORTURE_PAUSE_FILE', '')


class Tally:
    """What a campaign did and found; a campaign in which nothing happened is a failed one."""

    def __init__(self, name):
        self.name, self.runs, self.broken, self.faults = name, 0, 0, []
        self.counts, self.sites, self.seconds = Counter(), Counter(), 0

    def take(self, verdict, words):
        self.runs += 1
        self.broken += bool(verdict.faults)
        if self.runs % 100 == 0:
            print(f'  {self.runs} runs', flush=True)
        self.counts['acknowledged'] += verdict.acknowledged
        self.counts.update(verdict.ends)
        self.counts['messages repeated'] += verdict.repeated
        self.counts['second creates refused'] += verdict.refused
        for fault in verdict.faults:
            self.faults.append(f'{words}: {fault}')
            print(f'  FAULT {words}: {fault}', flush=True)


async def quiet():
    """Waits while somebody else measures on this machine."""
    while QUIET and os.path.exists(QUIET):
        await asyncio.sleep(2)


async def crash_points(bench, tally, scenario, mode, numbers=None):
    """Dies before, or after, the n-th call for each n, until a scenario ends without a death.

    Threads make no two runs alike: only three runs in a row without a death end the search, or the first in a sample.
    """
    number, survived = 0, 0
    words = 'before' if mode == KILL_BEFORE else 'after'
    for number in numbers or range(1, 100_000):
        await quiet()
        verdict = await bench.run(scenario, arm=lambda: bench.page.arm(mode, number))
        site = bench.page.hit
        tally.take(verdict, f'{scenario.name}, dead {words} call {number} ({site})')
        if site:
            survived = 0
            tally.counts['deaths'] += 1
            tally.sites[site] += 1
        else:
            survived += 1
            if survived == 3 or numbers:
                break
    return number - survived


async def double_crashes(bench, tally, scenario, seed, count):
    """Dies, and dies again while it recovers from that."""
    chance = random.Random(seed)
    length = await calls_of(bench, scenario)
    for _ in range(count):
        await quiet()
        first, second = chance.randint(1, max(1, length)), chance.randint(1, 60)

        def again(deaths, second=second):
            if deaths == 1:
                tally.sites[bench.page.hit] += 1
                bench.page.arm(chance.choice([KILL_BEFORE, KILL_AFTER]), second)
            else:
                bench.page.disarm()

        bench.on_death = again
        try:
            verdict = await bench.run(scenario, arm=lambda: bench.page.arm(KILL_BEFORE, first))
        finally:
            bench.on_death = None
        tally.counts['deaths'] += bench.deaths
        tally.counts['died again in recovery'] += bench.deaths > 1
        tally.take(verdict, f'{scenario.name}, dead at call {first}, again at call {second} of the recovery')


async def calls_of(bench, scenario):
    """How many calls a scenario makes when nothing dies."""
    await bench.run(scenario, arm=lambda: bench.page.arm(shim.COUNT))
    return bench.page.counter


# ---- errors of the disk ----

ERRORS = {
    'EIO once': dict(mode=FAIL, error=errno.EIO),
    'ENOSPC once': dict(mode=FAIL, error=errno.ENOSPC),
    'ENOSPC until space is made': dict(mode=FAIL, error=errno.ENOSPC, sticky=True),
    'short write': dict(mode=SHORT_WRITE),
}


async def io_errors(bench, tally, scenario, kind, numbers=None):
    """An error at the n-th call on a file, for each n: the process ends or says 503; nothing answered 2xx is lost."""
    survived = 0
    for number in numbers or range(1, 100_000):
        await quiet()
        site, freed = [''], []

        def make_space():
            bench.page.disarm()

        def arm(number=number):
            bench.page.arm(at=number, scope=FILES, **ERRORS[kind])
            if ERRORS[kind].get('sticky'):
                freed.append(asyncio.get_running_loop().call_later(0.4, make_space))

        def died(deaths):
            bench.page.disarm()

        async def settle():
            # Whatever the file and the process's memory say now must also be what a new process finds.
            site[0] = bench.page.hit
            bench.page.disarm()
            bench.product.kill()
            await bench.is_up()
            await bench.at_rest()

        bench.on_death = died
        try:
            verdict = await bench.run(scenario, arm=arm, after=settle)
        finally:
            bench.on_death = None
            for timer in freed:
                timer.cancel()
        statuses = [status for status in bench.statuses if status != -9]
        tally.take(verdict, f'{scenario.name}, {kind} at call {number} ({site[0]}), ended with {statuses}')
        note_error(tally, bench, kind, site[0], statuses)
        survived = 0 if site[0] else survived + 1
        if survived == 3 or (numbers and survived):
            break


def note_error(tally, bench, kind, site, statuses):
    if not site:
        return
    tally.counts['errors'] += 1
    refused = any(entry.detail['status'] == 503 for entry in bench.world.find('answered'))
    outcome = 'process ended' if statuses else 'answered 503 and went on' if refused else 'went on'
    tally.counts[outcome] += 1
    tally.sites[f'{site}: {outcome}'] += 1
    tally.counts['came to rest only after another start'] += not bench.rested_alone
    for status in statuses:
        if status not in (70, 1, 2, 3):
            tally.faults.append(f'{kind} at {site}: the process ended with status {status}')


# ---- deaths at any moment ----

async def kill_loop(bench, tally, seed, cycles):
    """SIGKILL at any moment, again and again on one file, under load, with an ERP that loses replies."""
    chance = random.Random(seed)
    await bench.begin('ready')
    world, sending = bench.world, []
    world.faults.default = {
        'create': lambda order: chance.choices(['ok', 'lose reply', 'lose request', 'busy', 'cut reply'],
                                               [70, 12, 6, 6, 6])[0],
        'look-up': lambda order: chance.choices(['ok', 'lose reply'], [92, 8])[0],
        'message': lambda order: chance.choices(['ok', 'lose reply', 'busy'], [88, 8, 4])[0]}
    world.faults.pause['create'] = 0.01
    for cycle in range(cycles):
        await quiet()
        bench.product.start()
        up = asyncio.ensure_future(bench.product.up())
        if chance.random() < 0.9:
            await up
        for number in range(3):
            sending.append(asyncio.ensure_future(customer(world, chance, f'{cycle}-{number}')))
        await asyncio.sleep(chance.random() * 0.12)
        bench.product.kill()
        tally.counts['deaths'] += 1
        await up
    world.faults.default = {}
    bench.keep()
    try:
        await asyncio.gather(*sending)
        rested = await bench.at_rest(60)
        verdict = await bench.verdict()
        if not rested and not verdict.faults:
            verdict.fault('L1', '-', f'did not come to rest: {await bench.stages()}')
        tally.take(verdict, f'kill loop, seed {seed}')
        if verdict.ends['confirmed'] < cycles:
            tally.faults.append(f'kill loop, seed {seed}: only {verdict.ends["confirmed"]} orders were confirmed')
    finally:
        await bench.let_go()
        bench.product.kill()


async def customer(world, chance, number):
    """Orders; sometimes changes the order, sometimes takes it back, sometimes the shop says it twice."""
    await world.send(world.order(number), copies=2 if chance.random() < 0.1 else 1, seconds=120)
    kind = chance.random()
    if kind < 0.12:
        await world.send(world.order(number, total=35), 'order.updated', seconds=120)
    elif kind < 0.2:
        await world.send(world.order(number), 'order.cancelled', seconds=120)
