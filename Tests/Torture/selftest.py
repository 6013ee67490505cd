"""The tools against themselves: a checker must find what is planted, a shim must see what the kernel sees."""
import contextlib
import os
import re
import shutil
import subprocess
from collections import Counter

import checker
import cuts
import lazyfs
import scenarios
import shim
from campaigns import Tally
from world import Entry

TRACED = 'write,writev,pwrite64,pwritev,fdatasync,fsync,ftruncate,unlink,rename,sendto,sendmsg,connect'


def good():
    """A clean history of one order, what the ERP has, and what the product says."""
    record = {'internalId': 'R1', 'status': 'accepted', 'total': '20.00'}
    told = {'type': 'order.confirmed', 'id': 'm1', 'digest': 'd', 'total': '20.00', 'erp': 'R1', 'record': record}
    ledger = [('sent', {}), ('acknowledged', {'type': 'order.created', 'total': '20.00'}),
              ('erp created', {'total': '20.00'}), ('told', told)]
    return {'ledger': [Entry(at, kind, '1', dict(detail)) for at, (kind, detail) in enumerate(ledger)],
            'records': {'1': record}, 'exceptions': {}, 'stages': {'1': 'confirmed'}, 'file_faults': []}


def without(kind):
    def plant(run):
        run['ledger'] = [entry for entry in run['ledger'] if entry.kind != kind]
    return plant


def again(kind, **changes):
    def plant(run):
        entry = next(entry for entry in run['ledger'] if entry.kind == kind)
        run['ledger'].append(entry._replace(at=99, detail=dict(entry.detail, **changes)))
    return plant


def early(run):
    run['ledger'].insert(2, run['ledger'].pop())


def lost(run):
    without('erp created')(run)
    without('told')(run)
    run['records'] = {}


def changed(key, value):
    def plant(run):
        run[key] = value
    return plant


def cancel_ignored(run):
    run['ledger'].insert(2, Entry(1.5, 'acknowledged', '1', {'type': 'order.cancelled', 'total': '20.00'}))


def edit_lost(run):
    run['ledger'].append(Entry(9, 'acknowledged', '1', {'type': 'order.updated', 'total': '35.00'}))


def ghost(run):
    run['ledger'].append(Entry(9, 'erp created', '2', {'total': '1.00'}))


def wrong_total(run):
    run['ledger'][-1].detail['total'] = '21.00'


PLANTED = {
    'an acknowledged order is gone': ('S2', lost),
    'the product forgot an acknowledged order': ('S2', changed('stages', {})),
    'an acknowledged order is never told': ('L1', without('told')),
    'told before the ERP had it': ('S1', early),
    'told with another content': ('S1', wrong_total),
    'told under a foreign record': ('S1', again('told', erp='R7', id='m1', digest='e')),
    'told two things': ('S4', again('told', digest='other')),
    'told under two ids': ('S4', again('told', id='m2')),
    'confirmed and declined': ('S4', again('told', type='order.cannot_fulfil', id='m3', digest='x')),
    'twice in the ERP': ('S3', again('erp created')),
    'in the ERP, and nobody ordered it': ('S3', ghost),
    'an acknowledged edit never reached the ERP': ('S7', edit_lost),
    'confirmed though cancelled before the ERP had it': ('S1', cancel_ignored),
    'cancelled, and live in the ERP': ('S6', cancel_ignored),
    'an exception is nobody\'s': ('L2', changed('exceptions', {'9': {'owner': ''}})),
    'the file is damaged': ('S11', changed('file_faults', ['verify ended with 1'])),
}


def checker_can_fail(tally):
    """Each planted fault must be found, and the clean history must not."""
    for words, (rule, plant) in {'nothing planted': ('', lambda run: None), **PLANTED}.items():
        run = good()
        plant(run)
        faults = checker.check(**run).faults
        tally.runs += 1
        if rule:
            tally.counts['planted faults found'] += any(fault.startswith(rule + ' ') for fault in faults)
        if bool(rule) != any(fault.startswith(rule + ' ') for fault in faults):
            tally.faults.append(f'the checker, {words}: wanted {rule or "nothing"}, found {faults}')


def disk_forgets(tally, work):
    """The file system itself: what was synced stays, what was not may go, and sometimes does."""
    outcomes = Counter()
    for seed in range(200):
        image = os.path.join(work, 'disk test')
        os.makedirs(image, exist_ok=True)
        for name in os.listdir(image):
            os.unlink(os.path.join(image, name))
        folder = lazyfs.Folder(image)
        file = lazyfs.File()
        folder.step('create', 'kept', file)
        file.write(folder.next(), b'a' * 6000, 0)
        file.sync()
        folder.sync()
        file.write(folder.next(), b'b' * 6000, 3000)
        folder.step('create', 'unsynced', lazyfs.File(b'x'))
        folder.cut(seed)
        with open(os.path.join(image, 'kept'), 'rb') as source:
            content = source.read()
        outcomes['kept'] += content[:3000] == b'a' * 3000
        outcomes['lost'] += content == b'a' * 6000
        outcomes['whole'] += content == b'a' * 3000 + b'b' * 6000
        torn = [content[at:at + 512] for at in range(4096, 6144, 512)]
        outcomes['torn'] += any(b'a' in part for part in torn) and any(b'b' in part for part in torn)
        outcomes['name lost'] += not os.path.exists(os.path.join(image, 'unsynced'))
    tally.runs += 200
    tally.counts['cuts of a test file'] += 200
    if outcomes['kept'] != 200:
        tally.faults.append(f'the file system lost synced bytes: {outcomes}')
    for kind in ('lost', 'whole', 'torn', 'name lost'):
        if not 0 < outcomes[kind] < 200:
            tally.faults.append(f'the file system never, or always, leaves a file {kind}: {outcomes}')


async def shim_sees_all(bench, tally):
    """One scenario from the first instruction to the end under strace and the shim at once: the same calls."""
    if not shutil.which('strace'):
        raise shim.Missing('there is no strace: scripts/setup installs it')
    trace = os.path.join(bench.work, 'trace')
    await bench.begin()
    bench.page.arm(shim.COUNT)
    environment = dict(os.environ, LD_PRELOAD=bench.library, TORTURE_PAGE=bench.page.path,
                       TORTURE_DATA=bench.product.data)
    settings = [f'-E{name}={environment[name]}' for name in ('LD_PRELOAD', 'TORTURE_PAGE', 'TORTURE_DATA')]
    command = ['strace', '-f', '-yy', '-o', trace, '-e', 'trace=' + TRACED, *settings, bench.binary, 'serve',
               '--config', bench.product.config]
    with open(bench.product.log, 'ab') as log:
        bench.product.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        if not await bench.product.up(60):
            raise shim.Missing('the product does not start under strace: it needs the right to trace')
        await scenarios.FirstOrder().act(bench)
        await bench.at_rest()
    finally:
        bench.page.disarm()
        stop = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(bench.product.process.pid)], capture_output=True,
                              text=True, check=False).stdout.split()
        for pid in stop:
            os.kill(int(pid), 9)
        bench.product.process.wait(30)
    compare(tally, bench, seen_by_kernel(trace, bench.product.data))


def seen_by_kernel(trace, data):
    """Counts of the traced calls on the product's files and TCP connections, by call and kind.

    What the C library does by itself (its resolver's sockets) is no effect of the product and not counted.
    """
    counts, tail = Counter(), re.compile(r'^\d+\s+(\w+)\((?:(\d+)<([^>]*)>|"([^"]*)")')
    with open(trace, encoding='latin-1') as lines:
        for line in lines:
            found = tail.match(line)
            if not found:
                continue
            call, descriptor, path, name = found.groups()
            path = path or name or ''
            kind = 'socket' if path.startswith('TCP:') else ''
            if path == data:
                kind = 'folder'
            elif path.startswith(data + '/'):
                kind = {'.db': 'database', 'wal': 'log', 'shm': 'index'}.get(path[-3:], 'beside')
            if kind and descriptor not in ('0', '1', '2'):
                counts[call, kind] += 1
    return counts


def compare(tally, bench, kernel):
    """Both must have seen the same, to the call; creations are counted by the shim alone."""
    ours = Counter({key: count for key, count in bench.page.calls.items() if key[0] != 'create'})
    tally.runs += 1
    tally.counts['calls seen by the shim'] += sum(ours.values())
    tally.counts['calls seen by strace'] += sum(kernel.values())
    for key in sorted(set(ours) | set(kernel)):
        if ours[key] != kernel[key]:
            tally.faults.append(f'{" ".join(key)}: the shim saw {ours[key]}, strace {kernel[key]}')


async def control_finds_losses(bench, tally, calls, count, seed):
    """Without syncs a cut must lose something that was acknowledged, or the power cuts show nothing."""
    control, bench.patience = Tally('control'), 4
    with open(os.devnull, 'w') as nowhere, contextlib.redirect_stdout(nowhere):
        for number in range(max(count, 20)):
            if number >= count and control.faults:
                break
            await cuts.cut(bench, control, seed + number, calls, honest=False)
    bench.patience = 30
    losing = {fault.split(':')[0] for fault in control.faults}
    tally.runs += control.counts['cuts']
    tally.counts['cuts without syncs'] += control.counts['cuts']
    tally.counts['of them with losses found'] += len(losing)
    tally.counts['faults found'] += len(control.faults)
    if not losing:
        tally.faults.append(f'{control.counts["cuts"]} cuts without any sync, and the checker found no loss')
