"""Bad links between Countersign and each peer, and a process that stands still."""
import asyncio
import signal

import relay
from campaigns import quiet

LINKS = ['storefront', 'ERP', 'receiver']


async def bad_link(bench, tally, link, kind, seed, orders=8):
    """Orders over one link that misbehaves on half of its connections; then the link heals."""
    await quiet()
    relays = []

    async def route(erp, sink, http):
        ports = {'ERP': erp, 'receiver': sink, 'storefront': http}
        made = relay.Relay(ports[link], kind, seed)
        relays.append(made)
        ports[link] = await made.start()
        return ports['ERP'], ports['receiver'], ports['storefront']

    await bench.begin('ready', route)
    try:
        bench.product.start()
        await bench.is_up()
        bench.keep()
        world = bench.world
        sending = [asyncio.ensure_future(world.send(world.order(number))) for number in range(orders)]
        await asyncio.gather(*sending)
        await asyncio.sleep(0.3)
        relays[0].share = 0
        rested = await bench.at_rest(60)
        verdict = await bench.verdict()
        if not rested and not verdict.faults:
            verdict.fault('L1', '-', f'did not come to rest: {await bench.stages()}')
        if bench.deaths:
            verdict.fault('L9', '-', f'the process ended {bench.deaths} times: {bench.product.said()}')
        if not relays[0].hurt:
            verdict.fault('-', '-', 'no connection was hurt: the run shows nothing')
        tally.counts['connections hurt'] += relays[0].hurt
        tally.sites[f'{kind}, {link}'] += relays[0].hurt
        tally.take(verdict, f'{kind} on the link to the {link}, seed {seed}')
    finally:
        await bench.let_go()
        bench.product.kill()
        await relays[0].stop()


async def pause(bench, tally, seconds):
    """SIGSTOP with creates, look-ups and messages under way, SIGCONT later; past the lease of 120 s when long enough.

    Meanwhile the ERP finishes what it was asked, forgets a reply, and a late create takes effect.
    """
    await quiet()
    await bench.begin('ready')
    try:
        bench.product.start()
        await bench.is_up()
        bench.keep()
        world = bench.world
        world.gate.clear()
        world.faults.queued = {'create 3': ['lose reply'], 'create 4': ['lose request'], 'message 5': [0.5]}
        world.faults.pause['look-up'] = 0.2
        first = [asyncio.ensure_future(world.send(world.order(number))) for number in range(1, 7)]
        await world.until(lambda: len(world.find('erp asked')) >= 6, 5)
        bench.product.signal(signal.SIGSTOP)
        world.gate.set()
        late = [asyncio.ensure_future(world.send(world.order(number), seconds=seconds + 60)) for number in range(7, 10)]
        late.append(asyncio.ensure_future(world.send(world.order(2, total=35), 'order.updated', seconds=seconds + 60)))
        await asyncio.sleep(seconds)
        bench.product.signal(signal.SIGCONT)
        await asyncio.gather(*first, *late)
        rested = await bench.at_rest(90)
        verdict = await bench.verdict()
        if not rested and not verdict.faults:
            verdict.fault('L1', '-', f'did not come to rest: {await bench.stages()}')
        tally.counts['pauses'] += 1
        tally.counts['pauses past a lease'] += seconds > 120
        tally.take(verdict, f'SIGSTOP for {seconds} s')
    finally:
        bench.product.signal(signal.SIGCONT)
        await bench.let_go()
        bench.product.kill()
