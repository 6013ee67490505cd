"""What happens in a run. Each scenario acts through the outside world only and holds whatever dies meanwhile."""
import asyncio

import wire


class Scenario:
    """What is tortured is `act`, with or without the start of the process; `before` runs in peace and ends in a kill.

    The calls of a short one are all tried in every way.
    """
    name, template, from_start, short, before = '', 'ready', False, False, None

    async def act(self, bench):
        raise NotImplementedError


class FirstOrder(Scenario):
    name = 'first order'
    short = True

    async def act(self, bench):
        await bench.world.send(bench.world.order(1))


class Edited(Scenario):
    name = 'duplicates and an edit before the decision'
    short = True

    async def act(self, bench):
        world = bench.world
        world.faults.pause['create'] = 0.05
        await world.send(world.order(1), copies=3)
        await world.send(world.order(1, total=35), 'order.updated', copies=2)


class Cancelled(Scenario):
    name = 'cancel in flight'
    short = True

    async def act(self, bench):
        world = bench.world
        world.faults.pause['create'] = 0.05
        await world.send(world.order(1))
        await world.send(world.order(1), 'order.cancelled')


class LostReply(Scenario):
    name = 'lost ERP reply, then look-up'

    async def act(self, bench):
        world = bench.world
        world.faults.queued = {'create': ['lose reply']}
        await world.send(world.order(1))


class Refused(Scenario):
    name = 'refusal, exception, a person decides'

    async def act(self, bench):
        world = bench.world
        world.faults.queued = {'create 2': ['refuse']}
        world.faults.default = {'create': lambda order: 'refuse' if order == '1' else 'ok'}
        await asyncio.gather(world.send(world.order(1)), world.send(world.order(2)))
        for _ in range(2000):
            if world.find('told', '1') and world.find('told', '2'):
                return
            try:
                for order in await bench.product.exceptions():
                    await bench.product.decide(order, 'decline' if order == '1' else 'retry')
            except wire.Broken:
                pass
            await asyncio.sleep(0.01)


class RestartWithLeases(Scenario):
    """Two creates still travelling when the process died, one done and unanswered, one never begun."""
    name = 'restart with leased tasks'
    from_start = True

    async def before(self, bench):
        world = bench.world
        world.gate.clear()
        world.faults.queued = {'create 3': ['hang'], 'create 4': ['lose request']}
        await asyncio.gather(*(world.send(world.order(number)) for number in range(1, 5)))
        await world.until(lambda: len(world.find('erp asked')) >= 4, 5)

    async def act(self, bench):
        bench.world.faults.queued = {}
        await bench.is_up()
        await bench.world.send(bench.world.order(5))
        bench.world.gate.set()


class Backlog(Scenario):
    name = 'backlog under load'
    orders = 12

    async def act(self, bench):
        world = bench.world
        world.faults.pause['create'] = 0.004
        world.faults.queued = {f'create {number}': ['lose reply'] for number in range(3, self.orders, 6)}
        world.faults.queued.update({f'message {number}': ['busy'] for number in range(5, self.orders, 7)})
        await asyncio.gather(*(world.send(world.order(number)) for number in range(self.orders)))


class FirstStart(FirstOrder):
    name = 'first start of an empty file'
    template, from_start, short = None, True, True


class Checkpoint(Scenario):
    """The log is at the length at which it is moved; the second half of the orders begins it anew."""
    name = 'checkpoint of the log'
    template = 'full log'

    async def act(self, bench):
        world = bench.world
        await asyncio.gather(*(world.send(world.order(number)) for number in range(3)))
        await asyncio.sleep(0.1)
        for number in range(3, 6):
            await world.send(world.order(number))


ALL = [FirstOrder(), Edited(), Cancelled(), LostReply(), Refused(), RestartWithLeases(), Backlog(), FirstStart(),
       Checkpoint()]
