"""Tortures the real process and prints what was done and what was found. See docs/operating/durability.md."""
import argparse
import asyncio
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter

import bench as benches
import campaigns
import cuts
import links
import power
import relay
import scenarios
import selftest
import shim
from campaigns import Tally


class Torture:
    """The campaigns in their order; each fills one row of the table."""

    def __init__(self, options, work):
        self.options, self.work, self.rows = options, work, []
        self.bench, self.lazy = None, None

    def wanted(self, name):
        return not self.options.only or any(part.lower() in name.lower() for part in self.options.only)

    @staticmethod
    def names():
        """Every campaign, also those of no chosen scenario."""
        return ['self-test', *(f'crash points: {scenario.name}' for scenario in scenarios.ALL), 'double crashes',
                *(f'I/O errors: {kind}' for kind in campaigns.ERRORS), 'links', 'pauses', 'kill loop',
                'power cuts, and the negative control', 'failed sync, then a power cut']

    async def row(self, name, body):
        if not self.wanted(name):
            return
        tally, begun = Tally(name), time.monotonic()
        print(f'{name} …', flush=True)
        await body(tally)
        tally.seconds = time.monotonic() - begun
        self.rows.append(tally)
        print(f'{name}: {tally.runs} runs, {len(tally.faults)} faults, {tally.seconds:.0f} s', flush=True)

    async def run(self):
        self.bench = benches.Bench(self.options.binary, os.path.join(self.work, 'plain'))
        await self.bench.prepare()
        await self.row('self-test', self.selftest)
        for scenario in benches.chosen(self.options.scenario):
            await self.row(f'crash points: {scenario.name}', lambda tally, s=scenario: self.crash(tally, s))
        await self.row('double crashes', self.doubles)
        for kind in campaigns.ERRORS:
            await self.row(f'I/O errors: {kind}', lambda tally, k=kind: self.errors(tally, k))
        await self.row('links', self.links)
        await self.row('pauses', self.pauses)
        await self.row('kill loop', self.kills)
        await self.row('power cuts, and the negative control', self.power)
        await self.row('failed sync, then a power cut', self.failed)

    async def selftest(self, tally):
        selftest.checker_can_fail(tally)
        selftest.disk_forgets(tally, self.work)
        await selftest.shim_sees_all(self.bench, tally)

    async def crash(self, tally, scenario):
        if self.options.quick:
            step = {'checkpoint of the log': 67, 'backlog under load': 53}.get(scenario.name, 29)
            numbers = range(1 + self.options.seed % step, 400, step)
            await campaigns.crash_points(self.bench, tally, scenario, shim.KILL_BEFORE, numbers)
            return
        for mode in (shim.KILL_BEFORE, shim.KILL_AFTER):
            if mode == shim.KILL_AFTER and not scenario.short:
                continue
            last = await campaigns.crash_points(self.bench, tally, scenario, mode)
            words = 'calls, dead before each' if mode == shim.KILL_BEFORE else 'calls, dead after each'
            tally.counts[words] = last

    async def doubles(self, tally):
        for scenario in benches.chosen(self.options.scenario):
            count = 1 if self.options.quick else self.options.doubles
            await campaigns.double_crashes(self.bench, tally, scenario, self.options.seed, count)

    async def errors(self, tally, kind):
        if self.options.quick:
            await campaigns.io_errors(self.bench, tally, scenarios.FirstOrder(), kind, range(2, 80, 19))
            return
        for scenario in benches.chosen(self.options.scenario):
            # All calls of the short scenarios, a sample of the long ones.
            numbers = None if scenario.short else range(1, 600, 13)
            await campaigns.io_errors(self.bench, tally, scenario, kind, numbers)

    async def links(self, tally):
        rounds = range(self.options.seed, self.options.seed + (1 if self.options.quick else self.options.rounds))
        for seed in rounds:
            for link in links.LINKS:
                for kind in relay.KINDS:
                    if self.options.quick and hash_of(link, kind) % 3:
                        continue
                    await links.bad_link(self.bench, tally, link, kind, seed)

    async def pauses(self, tally):
        for seconds in [2] if self.options.quick else [1, 6, 35, 130]:
            await links.pause(self.bench, tally, seconds)

    async def kills(self, tally):
        left, seed = 25 if self.options.quick else self.options.kills, self.options.seed
        while left > 0:
            await campaigns.kill_loop(self.bench, tally, seed, min(left, 25))
            left, seed = left - 25, seed + 1

    async def on_disk(self):
        if self.lazy is None:
            folder = os.path.join(self.work, 'lazy')
            disk = power.Disk(power.environment(self.work), folder)
            self.lazy = benches.Bench(self.options.binary, folder, disk)
            await self.lazy.prepare()
            self.lengths = await cuts.lengths(self.lazy)
        return self.lazy

    async def power(self, tally):
        bench = await self.on_disk()
        await selftest.control_finds_losses(bench, tally, self.lengths, 3 if self.options.quick else 20,
                                            self.options.seed)
        seed, wanted = self.options.seed, 12 if self.options.quick else self.options.cuts
        while tally.counts['cuts'] < wanted:
            await cuts.cut(bench, tally, seed, self.lengths)
            seed += 1

    async def failed(self, tally):
        bench = await self.on_disk()
        for number in range(2 if self.options.quick else self.options.failed):
            await cuts.failed_sync(bench, tally, self.options.seed + number)

    async def close(self):
        for bench in (self.bench, self.lazy):
            if bench:
                await bench.let_go()
                bench.product.kill()
                if bench.world:
                    await bench.world.stop()
                if bench.disk:
                    bench.disk.off()


def hash_of(*words):
    return sum(map(ord, ''.join(words)))


def machine(work):
    """Cores, kernel, file system; nothing that names the machine."""
    found = subprocess.run(['stat', '-f', '-c', '%T', work], capture_output=True, text=True, check=False)
    kernel = platform.release().split('-')[0]
    return f'{os.cpu_count()} cores, Linux {kernel}, {found.stdout.strip()}, Python {platform.python_version()}'


def report(rows, options, seconds, work):
    """The table, then each row's counts and what was hit, then every fault."""
    lines = [f'scripts/torture {shlex.join(options.words)}'.strip(),
             f'commit {options.commit}', machine(work), f'{seconds / 60:.0f} minutes', '',
             f'{"campaign":60} {"runs":>6} {"faults":>6} {"s":>6}']
    lines += [f'{row.name:60} {row.runs:6} {len(row.faults):6} {row.seconds:6.0f}' for row in rows]
    lines += ['', *(f'{row.name}: ' + ', '.join(f'{name} {count}' for name, count in row.counts.items() if count)
                    for row in rows)]
    sites = sum((row.sites for row in rows if row.name.startswith(('crash', 'double', 'power'))), start=Counter())
    if sites:
        lines += ['', 'where it died: ' + ', '.join(f'{name} {count}' for name, count in sites.most_common())]
    for row in rows:
        if row.name.startswith('I/O') and row.sites:
            lines += ['', f'{row.name}, by call: ' + ', '.join(f'{name} {n}' for name, n in row.sites.most_common())]
    faults = [f'{row.name}: {fault}' for row in rows for fault in row.faults]
    broken = sum(max(row.broken, bool(row.faults)) for row in rows)
    lines += ['', f'{sum(row.runs for row in rows) - broken} passed, {broken} failed', *faults]
    return '\n'.join(wrapped(lines))


def wrapped(lines):
    for line in lines:
        yield from [line] if len(line) <= 118 else textwrap.wrap(line, 118, subsequent_indent='  ',
                                                                 break_on_hyphens=False)


def some(text):
    """A count of which something comes."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'{text} would try nothing; give 1 or more')
    return int(text)


def demand_some(parser, option, parts, names):
    """What chooses nothing is a mistake: a table without rows reads like a success."""
    for part in parts or ():
        if not any(part.lower() in name.lower() for name in names):
            parser.error(f'{option} {part}: nothing is called so. There are: ' + '; '.join(names))


def arguments():
    parser = argparse.ArgumentParser(prog='scripts/torture', description=__doc__)
    parser.add_argument('--binary', required=True, help='the product, as built')
    parser.add_argument('--quick', action='store_true', help='a sample of each campaign, at most 3 minutes')
    parser.add_argument('--only', action='append', metavar='PART', help='only campaigns whose name has this part')
    parser.add_argument('--scenario', action='append', metavar='PART', help='crashes and I/O errors in these only')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kills', type=some, default=3000, help='cycles of the kill loop')
    parser.add_argument('--cuts', type=some, default=500, help='power cuts')
    parser.add_argument('--doubles', type=some, default=20, help='double crashes of each scenario')
    parser.add_argument('--rounds', type=some, default=3, help='rounds over all links and misbehaviours')
    parser.add_argument('--failed', type=some, default=40, help='failed syncs followed by a power cut')
    parser.add_argument('--report', metavar='FILE', help='append the summary to this file')
    parser.add_argument('--commit', default='unknown', help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    demand_some(parser, '--only', options.only, Torture.names())
    demand_some(parser, '--scenario', options.scenario, [scenario.name for scenario in scenarios.ALL])
    whole = ('crash', 'double', 'i/o')
    if options.scenario and options.only and not any(
            part.lower() in name.lower() for part in options.only for name in Torture.names()
            if name.lower().startswith(whole)):
        parser.error('--scenario chooses among crash points, double crashes and I/O errors; --only leaves none of them')
    words, options.words = sys.argv[1:], []
    while words:
        word = words.pop(0)
        if word in ('--binary', '--commit', '--report'):
            words.pop(0)
        else:
            options.words.append(word)
    return options


async def main(options):
    work = tempfile.mkdtemp(prefix='torture-')
    os.makedirs(os.path.join(work, 'plain'))
    os.makedirs(os.path.join(work, 'lazy'))
    torture, begun = Torture(options, work), time.monotonic()
    try:
        await torture.run()
    except shim.Missing as missing:
        print(f'torture: {missing}', file=sys.stderr)
        return 3
    finally:
        await torture.close()
        text = report(torture.rows, options, time.monotonic() - begun, work)
        shutil.rmtree(work, ignore_errors=True)
    print('\n' + text)
    if options.report:
        with open(options.report, 'a') as file:
            file.write(text + '\n\n')
    return 1 if any(row.faults for row in torture.rows) or not torture.rows else 0


if __name__ == '__main__':
    # Ended from outside, it still ends its own processes and unmounts.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(asyncio.run(main(arguments())))
