"""Power cuts: the process dies at the n-th call, and with it goes all that was not synced."""
import asyncio
import random

import scenarios
from campaigns import quiet
from shim import COUNT, KILL_AFTER, KILL_BEFORE, NO_SYNC

PLAYED = [scenarios.FirstOrder, scenarios.Edited, scenarios.Cancelled, scenarios.Backlog, scenarios.FirstStart,
          scenarios.Checkpoint]


async def lengths(bench):
    """How many calls each scenario makes on this file system."""
    found = {}
    for scenario in (kind() for kind in PLAYED):
        await bench.run(scenario, arm=lambda: bench.page.arm(COUNT))
        found[scenario.name] = bench.page.counter
    return found


async def cut(bench, tally, seed, calls, honest=True):
    """One cut in one scenario; both are chosen by the seed. Not honest: the process's syncs do nothing."""
    await quiet()
    chance = random.Random(seed)
    scenario = chance.choice(PLAYED)()
    number = chance.randint(1, calls[scenario.name])
    mode = chance.choice([KILL_BEFORE, KILL_AFTER])
    cuts, site = bench.disk.cuts, []

    def arm():
        bench.page.arm(mode if honest else NO_SYNC, number)
        if not honest:
            asyncio.get_running_loop().call_later(chance.random() * 0.3, bench.product.kill)

    def died(deaths):
        site.append(bench.page.hit)
        bench.page.disarm()
        if bench.disk.cuts == cuts:
            bench.disk.cut(seed)

    bench.on_death = died
    try:
        verdict = await bench.run(scenario, arm=arm)
    finally:
        bench.on_death = None
    if not site:
        tally.counts['ended before the cut'] += 1
        return
    tally.counts['cuts'] += 1
    tally.sites[site[0] or 'at some moment'] += 1
    tally.take(verdict, f'{scenario.name}, power cut {seed} at call {number} ({site[0]})')


async def failed_sync(bench, tally, seed):
    """The disk fails a sync and says so, Linux drops the pages, the process ends and starts again; then a power cut.

    What was dropped stays readable until the power goes: a new process must not take it for durable (fsyncgate).
    """
    await quiet()
    chance = random.Random(seed)
    await bench.begin('ready')
    world = bench.world
    try:
        bench.product.start()
        await bench.is_up()
        bench.disk.ask(f'fail {chance.randint(0, 8)}')
        bench.keep()
        await asyncio.gather(*(world.send(world.order(number)) for number in range(3)))
        await world.send(world.order(3))
        ended = bench.deaths
        await bench.let_go()
        bench.product.kill()
        bench.disk.cut(seed)
        bench.keep()
        await bench.is_up()
        rested = await bench.at_rest()
        verdict = await bench.verdict()
        if not rested and not verdict.faults:
            verdict.fault('L1', '-', 'did not come to rest')
        tally.counts['failed syncs met'] += ended
        tally.counts['cuts'] += 1
        tally.take(verdict, f'a failed sync, then a power cut, seed {seed}')
    finally:
        await bench.let_go()
        bench.product.kill()

