"""Countersign as a process: started, killed, started again; and what it says of itself when asked."""
import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time

import wire
from world import SECRET

CONFIGURATION = '''store: {{ sqlite: "{data}/countersign.db" }}
http: {{ host: 127.0.0.1, port: {port} }}
log: warning
storefronts:
  shop:
    kind: generic
    webhookSecret: whsec_{secret}
    erp: books
    externalId: "{{orderId}}"
    backfill: off
    retry: {{ first: 50ms, longest: 400ms, lookups: 20, requestLife: 3s }}
    confirmation: {{ kind: webhook, url: "http://127.0.0.1:{sink}/told", secret: whsec_{secret} }}
erps:
  books: {{ kind: generic, url: "http://127.0.0.1:{erp}", concurrency: 16, timeout: 2s }}
rollout: {{ shop: {{ watermark: "2000-01-01T00:00:00Z" }} }}
owners: {{ default: ops@example.com }}
'''


def free_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Product:
    """One database folder and the process on it; `shim` and `page` are for the runs that need them."""

    def __init__(self, binary, data, work, shim=None, page=None):
        self.binary, self.data, self.work, self.shim, self.page = binary, os.path.realpath(data), work, shim, page
        self.port, self.process, self.starts, self.kills = free_port(), None, 0, 0
        self.config = os.path.join(work, 'countersign.yaml')
        self.log = os.path.join(work, 'serve.log')
        open(self.log, 'wb').close()

    @property
    def database(self):
        return os.path.join(self.data, 'countersign.db')

    def configure(self, erp, sink):
        with open(self.config, 'w') as file:
            file.write(CONFIGURATION.format(data=self.data, port=self.port, secret=SECRET, erp=erp, sink=sink))
        if self.page:
            self.page.ports = (erp, sink, self.port)

    def start(self):
        """Begins the process; whether it is up is another question."""
        environment = dict(os.environ)
        if self.shim:
            environment.update(LD_PRELOAD=self.shim, TORTURE_PAGE=self.page.path, TORTURE_DATA=self.data)
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen([self.binary, 'serve', '--config', self.config], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.starts += 1

    @property
    def ended(self):
        return self.process is None or self.process.poll() is not None

    async def up(self, seconds=20):
        """Waits for /readyz; False when the process ended, or not in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ended:
                return False
            try:
                if (await wire.request(self.port, 'GET', '/readyz', seconds=2))[0] == 200:
                    return True
            except wire.Broken:
                pass
            await asyncio.sleep(0.005)
        return False

    def kill(self):
        """SIGKILL, and gone."""
        if not self.ended:
            self.process.send_signal(signal.SIGKILL)
            self.kills += 1
        if self.process:
            self.process.wait()

    def signal(self, number):
        if not self.ended:
            self.process.send_signal(number)

    async def terminate(self, seconds=15):
        """SIGTERM; the exit status, or None when it would not end."""
        self.signal(signal.SIGTERM)
        end = time.monotonic() + seconds
        while not self.ended and time.monotonic() < end:
            await asyncio.sleep(0.005)
        return self.process.poll()

    async def ask(self, target):
        status, body = await wire.request(self.port, 'GET', target)
        if status != 200:
            raise wire.Broken(f'{target}: {status}')
        return json.loads(body)

    async def exceptions(self):
        """Open exceptions as anybody can read them, by order."""
        found = (await self.ask('/v1/exceptions?limit=500'))['exceptions']
        return {entry['orderId']: entry for entry in found}

    async def decide(self, order, decision):
        """A person's decision about an order's open exception; True when it was taken."""
        entry = (await self.exceptions()).get(order)
        if entry is None:
            return False
        body = json.dumps({'decision': decision, 'by': 'clerk'}).encode()
        fields = {'Content-Type': 'application/json'}
        status, _ = await wire.request(self.port, 'POST', f'/v1/exceptions/{entry["id"]}/resolve', fields, body)
        return status == 200

    async def faults(self):
        """What `countersign verify` and SQLite's own check find wrong with the file; nothing is good."""
        verify = await asyncio.create_subprocess_exec(
            self.binary, 'verify', '--config', self.config, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = (await verify.communicate())[0].decode(errors='replace')
        found = [] if verify.returncode == 0 else [f'verify ended with {verify.returncode}: {text.strip()[:400]}']
        try:
            file = sqlite3.connect(f'file:{self.database}?mode=ro', uri=True, timeout=10)
            try:
                answer = file.execute('PRAGMA integrity_check').fetchall()
            finally:
                file.close()
            if answer != [('ok',)]:
                found.append(f'integrity_check: {answer[:3]}')
        except sqlite3.Error as error:
            found.append(f'integrity_check: {error}')
        return found

    def said(self, count=3):
        """The last lines of the log, for a report."""
        with open(self.log, 'rb') as file:
            return file.read()[-2000:].decode(errors='replace').splitlines()[-count:]
