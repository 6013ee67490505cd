"""The page that a process under the shim shares with the harness, and how the shim is built and compared."""
import mmap
import os
import struct
import subprocess

COUNT, KILL_BEFORE, KILL_AFTER, FAIL, SHORT_WRITE, NO_SYNC = range(6)
CALLS = ('write writev pwrite64 pwritev64 fdatasync fsync ftruncate unlink rename create send sendto sendmsg '
         'connect').split()
KINDS = 'other database log index beside folder socket'.split()
EVERYTHING, FILES = 0, 1

HEAD = struct.Struct('<8I3Q4I')
TABLE = struct.Struct('<%dQ' % (len(CALLS) * len(KINDS)))


class Missing(Exception):
    """A capability that this machine lacks; the run fails in words and never skips."""


def build(source_folder, work):
    """Compiles the shim; gcc is demanded."""
    target = os.path.join(work, 'shim.so')
    command = ['gcc', '-Wall', '-Wextra', '-Werror', '-O2', '-shared', '-fPIC', '-o', target,
               os.path.join(source_folder, 'shim.c'), '-ldl']
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f'the shim cannot be compiled ({error}); install gcc: scripts/setup') from error
    return target


class Page:
    """One page per process: orders to the shim on the way in, its counts on the way out."""

    def __init__(self, path):
        self.path = path
        with open(path, 'wb') as file:
            file.write(bytes(4096))
        self.file = open(path, 'r+b')
        self.memory = mmap.mmap(self.file.fileno(), 4096)
        self.ports = (0, 0, 0)

    def close(self):
        self.memory.close()
        self.file.close()

    def arm(self, mode=COUNT, at=0, error=0, scope=EVERYTHING, sticky=False):
        """Begins to count at zero; what a mode does, it does at the n-th call in scope."""
        self.memory[:] = bytes(4096)
        HEAD.pack_into(self.memory, 0, 0, mode, error, scope, int(sticky), *self.ports, at, 0, 0, 0, 0, 0, 0)
        struct.pack_into('<I', self.memory, 0, 1)

    def disarm(self):
        struct.pack_into('<I', self.memory, 0, 0)

    @property
    def _head(self):
        return HEAD.unpack_from(self.memory, 0)

    @property
    def counter(self):
        return self._head[9]

    @property
    def failed(self):
        return self._head[10]

    @property
    def hit(self):
        """What was hit, as text; nothing when the n-th call never came."""
        head = self._head
        if not head[11]:
            return ''
        kind = KINDS[head[13]]
        if kind == 'socket':
            erp, sink, http = head[5:8]
            kind = {erp: 'to ERP', sink: 'to receiver', http: 'to storefront'}.get(head[14], 'to a socket')
        return f'{CALLS[head[12]]} {kind}'

    @property
    def calls(self):
        """Counts by (call, kind)."""
        values = TABLE.unpack_from(self.memory, HEAD.size)
        names = [(call, kind) for call in CALLS for kind in KINDS]
        return {name: count for name, count in zip(names, values) if count}
