"""Just enough HTTP/1.1 for the outside world: servers that may misbehave at every byte, and a client that notices."""
import asyncio
import json


class Broken(Exception):
    """A connection that ended, or an answer that is none."""


async def read_head(reader):
    """The first line and the fields of a message; None at the end of the connection."""
    first = await reader.readline()
    if not first.endswith(b'\n'):
        return None
    fields = {}
    while True:
        line = await reader.readline()
        if not line.endswith(b'\n'):
            return None
        line = line.strip()
        if not line:
            return first.decode('latin-1').split(), fields
        name, _, value = line.decode('latin-1').partition(':')
        fields[name.strip().lower()] = value.strip()


async def read_body(reader, fields):
    if fields.get('transfer-encoding', '').lower() != 'chunked':
        return await reader.readexactly(int(fields.get('content-length') or 0))
    body = b''
    while True:
        size = int((await reader.readline()).split(b';')[0], 16)
        body += (await reader.readexactly(size + 2))[:size]
        if size == 0:
            return body


def answer_bytes(status, body):
    data = json.dumps(body).encode()
    head = f'HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n'
    return head.encode() + data


class Cut(bytes):
    """Bytes after which the connection ends."""


class Server:
    """Serves `handle(method, target, fields, body)`, which returns bytes to send, or None to end the connection."""

    def __init__(self, handle):
        self.handle, self.port, self.server, self.tasks = handle, 0, None, set()

    async def start(self):
        self.server = await asyncio.start_server(self._serve, '127.0.0.1', self.port, backlog=512)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(asyncio.current_task())
            writer.transport.abort()

    async def _exchange(self, reader, writer):
        head = await read_head(reader)
        if head is None:
            return False
        (method, target, *_), fields = head
        answer = await self.handle(method, target, fields, await read_body(reader, fields))
        if answer is None:
            return False
        writer.write(answer)
        await writer.drain()
        if isinstance(answer, Cut):
            await asyncio.sleep(0.005)
            return False
        return True


async def request(port, method, target, fields=None, body=b'', seconds=10):
    """One exchange on a connection of its own: status and body, or Broken."""
    async def exchange():
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        try:
            head = f'{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n'
            head += ''.join(f'{name}: {value}\r\n' for name, value in (fields or {}).items())
            writer.write(head.encode() + b'Connection: close\r\n\r\n' + body)
            await writer.drain()
            answer = await read_head(reader)
            if answer is None:
                raise Broken('no answer')
            return int(answer[0][1]), await read_body(reader, answer[1])
        finally:
            writer.close()
    try:
        return await asyncio.wait_for(exchange(), seconds)
    except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError) as error:
        raise Broken(repr(error)) from error
