"""A file system that loses what was not synced: one flat folder, in memory, over FUSE.

What a power cut leaves behind is decided by a seed, page by page: each unsynced page is kept in one of the states it
had since the last sync, lost, or torn at sectors of 512 bytes; a file's length, and the creation, renaming and removal
of names in an unsynced folder, are lost likewise. Nothing synced is ever touched: the disk honours flush.

    python lazyfs.py MOUNT IMAGE     serves the files of the folder IMAGE at MOUNT

Asked by making folders in it:  "cut SEED" writes what is left of it to IMAGE;  "fail SYNCS" fails the sync after that
many, and drops the pages it was to write, as Linux does (their content stays readable until the power goes).
"""
import errno
import os
import random
import stat
import sys

PAGE, SECTOR, REMEMBERED = 4096, 512, 6
STYLES = ['everything', 'independent', 'independent', 'in order', 'in order', 'all but one']


class File:
    """Live content, what the disk has for certain, and the states in between."""

    def __init__(self, content=b''):
        self.live, self.durable = bytearray(content), bytearray(content)
        self.states, self.sizes = {}, []

    def write(self, sequence, data, offset):
        if len(self.live) < offset:
            self.live.extend(bytes(offset - len(self.live)))
        self.live[offset:offset + len(data)] = data
        self._remember(sequence, offset, offset + len(data))

    def truncate(self, sequence, size):
        before = len(self.live)
        del self.live[size:]
        self.live.extend(bytes(size - len(self.live)))
        self._remember(sequence, min(before, size), max(before, size))

    def _remember(self, sequence, begin, end):
        for number in range(begin // PAGE, (end + PAGE - 1) // PAGE):
            states = self.states.setdefault(number, [])
            states.append((sequence, self.page(self.live, number)))
            del states[:-REMEMBERED]
        self.sizes.append((sequence, len(self.live)))
        del self.sizes[:-REMEMBERED]

    @staticmethod
    def page(content, number):
        return bytes(content[number * PAGE:(number + 1) * PAGE]).ljust(PAGE, b'\0')

    def sync(self):
        for number in self.states:
            self._settle(number, self.page(self.live, number))
        del self.durable[len(self.live):]
        self.durable.extend(bytes(len(self.live) - len(self.durable)))
        self.forget()

    def forget(self):
        """After a failed sync the pages count as clean, and nobody will write them."""
        self.states, self.sizes = {}, []

    def _settle(self, number, page):
        end = (number + 1) * PAGE
        if len(self.durable) < end:
            self.durable.extend(bytes(end - len(self.durable)))
        self.durable[number * PAGE:end] = page

    def after_cut(self, chance, style, moment, spared):
        """What is read when the power is back."""
        size = self._choose(chance, style, moment, [(0, len(self.durable))] + self.sizes)
        content = bytearray(self.durable[:size])
        content.extend(bytes(size - len(content)))
        for number, states in self.states.items():
            if number * PAGE >= size:
                continue
            old = (0, self.page(self.durable, number))
            if style == 'all but one':
                page = old[1] if (self, number) == spared else states[-1][1]
            else:
                page = self._choose(chance, style, moment, [old] + states)
            if style != 'everything' and chance.random() < 0.15:
                page = self._torn(chance, [old[1]] + [state for _, state in states])
            part = page[:size - number * PAGE]
            content[number * PAGE:number * PAGE + len(part)] = part
        return bytes(content)

    @staticmethod
    def _choose(chance, style, moment, states):
        if style == 'everything':
            return states[0][1]
        if style == 'in order':
            return [state for sequence, state in states if sequence <= moment][-1]
        if style == 'all but one':
            return states[-1][1]
        return chance.choice([states[0][1], states[-1][1], chance.choice(states)[1]])

    @staticmethod
    def _torn(chance, pages):
        return b''.join(chance.choice(pages)[at:at + SECTOR] for at in range(0, PAGE, SECTOR))


class Folder:
    """The names, live and durable, with what was done to them since the folder was synced."""

    def __init__(self, image):
        self.image, self.sequence, self.syncs_left = image, 0, None
        self.names = {}
        for name in os.listdir(image):
            with open(os.path.join(image, name), 'rb') as file:
                self.names[name] = File(file.read())
        self.durable, self.steps = dict(self.names), []

    def step(self, kind, name, other=None):
        """One change of names; told again when the power is cut."""
        self.steps.append((kind, name, other))
        self.apply(self.names, kind, name, other)

    @staticmethod
    def apply(names, kind, name, other):
        if kind == 'create':
            names[name] = other
        elif kind == 'remove':
            names.pop(name, None)
        elif name in names:
            names[other] = names.pop(name)

    def sync(self):
        self.durable, self.steps = dict(self.names), []

    def next(self):
        self.sequence += 1
        return self.sequence

    def sync_file(self, file):
        if self.syncs_left is not None:
            self.syncs_left -= 1
            if self.syncs_left < 0:
                self.syncs_left = None
                file.forget()
                raise OSError(errno.EIO, 'the disk failed')
        file.sync()

    def cut(self, seed):
        """Names lose the newest changes first, as a journaled file system does; contents as the style says."""
        chance = random.Random(seed)
        style, moment = chance.choice(STYLES), chance.randint(0, self.sequence)
        kept = 0 if style == 'everything' else chance.randint(0, len(self.steps))
        names = dict(self.durable)
        for step in self.steps[:kept]:
            self.apply(names, *step)
        pages = [(file, number) for file in names.values() for number in file.states]
        spared = chance.choice(pages) if pages else None
        for name in os.listdir(self.image):
            os.unlink(os.path.join(self.image, name))
        for name, file in names.items():
            with open(os.path.join(self.image, name), 'wb') as target:
                target.write(file.after_cut(chance, style, moment, spared))


class Face:
    """What the kernel asks of a folder; mixed with mfusepy's class of all operations."""
    use_ns = True

    def __init__(self, folder):
        self.folder, self.opened = folder, {}

    def handle(self, file):
        self.opened[len(self.opened) + 1] = file
        return len(self.opened)

    def find(self, path, handle=None):
        file = self.opened.get(handle) or self.folder.names.get(path[1:])
        if file is None:
            raise OSError(errno.ENOENT, path)
        return file

    def getattr(self, path, fh=None):
        if path == '/':
            return {'st_mode': stat.S_IFDIR | 0o755, 'st_nlink': 2, 'st_uid': os.getuid(), 'st_gid': os.getgid()}
        return {'st_mode': stat.S_IFREG | 0o600, 'st_nlink': 1, 'st_size': len(self.find(path, fh).live),
                'st_uid': os.getuid(), 'st_gid': os.getgid()}

    def readdir(self, path, fh):
        return ['.', '..', *self.folder.names]

    def create(self, path, mode, fi=None):
        file = File()
        self.folder.next()
        self.folder.step('create', path[1:], file)
        return self.handle(file)

    def open(self, path, flags):
        return self.handle(self.find(path))

    def read(self, path, size, offset, fh):
        return bytes(self.find(path, fh).live[offset:offset + size])

    def write(self, path, data, offset, fh):
        self.find(path, fh).write(self.folder.next(), data, offset)
        return len(data)

    def truncate(self, path, length, fh=None):
        self.find(path, fh).truncate(self.folder.next(), length)
        return 0

    def fsync(self, path, datasync, fh):
        self.folder.sync_file(self.find(path, fh))
        return 0

    def fsyncdir(self, path, datasync, fh):
        self.folder.sync()
        return 0

    def unlink(self, path):
        self.find(path)
        self.folder.step('remove', path[1:])
        return 0

    def rename(self, old, new):
        self.find(old)
        self.folder.step('rename', old[1:], new[1:])
        return 0

    def mkdir(self, path, mode):
        word, _, number = path[1:].partition(' ')
        if word == 'cut':
            self.folder.cut(int(number))
        elif word == 'fail':
            self.folder.syncs_left = int(number)
        else:
            raise OSError(errno.EPERM, path)
        return 0

    def chmod(self, path, mode):
        return 0

    def chown(self, path, uid, gid):
        return 0

    def utimens(self, path, times=None):
        return 0


def main():
    import mfusepy
    operations = type('Operations', (Face, mfusepy.Operations), {})(Folder(sys.argv[2]))
    mfusepy.FUSE(operations, sys.argv[1], foreground=True, nothreads=True, hard_remove=True, attr_timeout=0,
                 entry_timeout=0, negative_timeout=0)


if __name__ == '__main__':
    main()
