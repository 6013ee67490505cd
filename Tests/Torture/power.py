"""Mounting the file system that loses what was not synced, and cutting its power."""
import os
import subprocess
import sys
import time

from shim import Missing


def environment(work):
    """The Python of a virtual environment with mfusepy in it; made when it is not there."""
    folder = os.environ.get('TORTURE_VENV') or os.path.join(work, 'venv')
    python = os.path.join(folder, 'bin', 'python')
    probe = [python, '-c', 'import mfusepy']
    if not os.path.exists(python) or subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode:
        try:
            subprocess.run([sys.executable, '-m', 'venv', folder], check=True)
            subprocess.run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check',
                            'mfusepy==3.1.1'], check=True)
            subprocess.run(probe, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f'mfusepy cannot be had ({error}); it needs python3-venv, libfuse3 and PyPI') from error
    if not os.path.exists('/dev/fuse'):
        raise Missing('there is no /dev/fuse: power cuts need FUSE (package fuse3, and a kernel that has it)')
    return python


class Disk:
    """One mounted folder; `image` is what is on the disk while the power is off."""

    def __init__(self, python, work):
        self.python, self.process = python, None
        self.mount, self.image = os.path.join(work, 'disk'), os.path.join(work, 'image')
        os.makedirs(self.mount, exist_ok=True)
        os.makedirs(self.image, exist_ok=True)
        self.cuts = 0

    def on(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lazyfs.py')
        self.process = subprocess.Popen([self.python, script, self.mount, self.image], stdin=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not os.path.ismount(self.mount):
            if self.process.poll() is not None or time.monotonic() > end:
                raise Missing('the file system cannot be mounted: FUSE needs /dev/fuse and the right to mount')
            time.sleep(0.005)

    def off(self):
        """Unmounts; whoever has a file open must be gone."""
        if self.process is None:
            return
        for _ in range(200):
            if not os.path.ismount(self.mount):
                break
            subprocess.run(['fusermount3', '-u', self.mount], stderr=subprocess.DEVNULL, check=False)
            if os.path.ismount(self.mount):
                time.sleep(0.02)
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            # Somebody's mount namespace was made meanwhile and holds a copy; nothing of ours is in it.
            self.process.kill()
            self.process.wait()
        self.process = None

    def ask(self, words):
        """A request to the file system; it answers like a folder that cannot be looked up."""
        try:
            os.mkdir(os.path.join(self.mount, words))
        except FileNotFoundError:
            pass

    def cut(self, seed):
        """The power goes and comes back."""
        self.ask(f'cut {seed}')
        self.cuts += 1
        self.off()
        self.on()
