"""A TCP relay between Countersign and a peer that does to each connection what it is told."""
import asyncio
import random

KINDS = ['delay', 'byte by byte', 'cut the request', 'cut the reply', 'half-close', 'reset the reply', 'swallow']


class Relay:
    """Listens for one peer; every connection gets a misbehaviour by chance, and some get none."""

    def __init__(self, target, kind, seed, share=0.5):
        self.target, self.kind, self.share, self.chance = target, kind, share, random.Random(seed)
        self.server, self.port, self.tasks, self.hurt, self.passed = None, 0, set(), 0, 0

    async def start(self, port=0):
        self.server = await asyncio.start_server(self._serve, '127.0.0.1', port)
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self):
        self.server.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        kind = self.kind if self.chance.random() < self.share else ''
        self.hurt, self.passed = self.hurt + bool(kind), self.passed + (not kind)
        peer = None
        try:
            back, peer = await asyncio.open_connection('127.0.0.1', self.target)
            await asyncio.wait_for(self._relay(kind, reader, writer, back, peer), 20)
        except (OSError, asyncio.TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            for side in (writer, peer):
                if side:
                    side.transport.abort()

    async def _relay(self, kind, reader, writer, back, peer):
        limit = self.chance.randint(1, 300)
        # At a half-close our side says that it will send no more as soon as the request is through.
        request = self._pump(reader, peer, kind, limit if kind == 'cut the request' else None, kind == 'half-close')
        if kind == 'swallow':
            reply = self._swallow(back)
        else:
            reply = self._pump(back, writer, kind, limit if kind in ('cut the reply', 'reset the reply') else None)
        pumps = [asyncio.ensure_future(request), asyncio.ensure_future(reply)]
        done, rest = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if kind == 'half-close' and pumps[0] in done:
            await asyncio.wait(rest, timeout=5)
        for pump in pumps:
            pump.cancel()

    async def _pump(self, reader, writer, kind, limit, half=False):
        passed = 0
        while True:
            data = await reader.read(65536)
            if not data:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            if limit is not None and passed + len(data) >= limit:
                writer.write(data[:limit - passed])
                await writer.drain()
                # An end in order, or a reset of whatever is still under way.
                if kind != 'reset the reply' and writer.can_write_eof():
                    writer.write_eof()
                await asyncio.sleep(0.005)
                return
            passed += len(data)
            await self._forward(data, writer, kind)
            if half:
                writer.write_eof()
                return

    async def _forward(self, data, writer, kind):
        if kind == 'delay':
            await asyncio.sleep(self.chance.random() * 0.3)
        if kind == 'byte by byte':
            for at in range(len(data)):
                writer.write(data[at:at + 1])
                await writer.drain()
                await asyncio.sleep(0)
            return
        writer.write(data)
        await writer.drain()

    @staticmethod
    async def _swallow(reader):
        """The reply is read and never passed on; after a moment the connection is gone."""
        await reader.read(65536)
        await asyncio.sleep(0.02)
