"""The outside world: a storefront, an ERP and a receiver of confirmations, with one ledger and one clock.

Nothing here believes the product. What was acknowledged is what the storefront read off the wire; what the ERP has is
what this ERP did; what the customer was told is what this receiver took.
"""
import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import namedtuple
from urllib.parse import parse_qs, urlsplit

import wire

SECRET = base64.b64encode(b'torture-torture-torture-secret!!').decode()
Entry = namedtuple('Entry', 'at kind order detail')


class Faults:
    """What an ERP or receiver does wrong: a queue of behaviours for each operation, then a default."""

    def __init__(self):
        self.queued, self.default, self.pause = {}, {}, {}

    def next(self, operation, order):
        for name in (f'{operation} {order}', operation):
            if self.queued.get(name):
                return self.queued[name].pop(0)
        default = self.default.get(operation, 'ok')
        return default(order) if callable(default) else default


class World:
    """One ledger, one ERP, one receiver; a storefront that repeats until it is answered 2xx."""

    def __init__(self):
        self.ledger, self.records, self.versions, self.faults = [], {}, {}, Faults()
        self.changed = asyncio.Condition()
        self.erp, self.sink = wire.Server(self._erp), wire.Server(self._sink)
        self.port = 0
        self.sends = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def start(self):
        await self.erp.start()
        await self.sink.start()

    async def stop(self):
        await self.erp.stop()
        await self.sink.stop()

    def note(self, kind, order, **detail):
        self.ledger.append(Entry(time.monotonic(), kind, order, detail))
        asyncio.ensure_future(self._tell())

    async def _tell(self):
        async with self.changed:
            self.changed.notify_all()

    def find(self, kind, order=None):
        return [entry for entry in self.ledger if entry.kind == kind and order in (None, entry.order)]

    async def until(self, condition, seconds=20):
        """Waits for the ledger to satisfy a condition; False when it does not."""
        async def wait():
            async with self.changed:
                await self.changed.wait_for(condition)
        try:
            await asyncio.wait_for(wait(), seconds)
            return True
        except asyncio.TimeoutError:
            return bool(condition())

    # ---- the ERP: generic contract, two creates under one external id never both succeed ----

    async def _erp(self, method, target, fields, body):
        parts = urlsplit(target)
        path = parts.path.strip('/').split('/')
        if method == 'GET' and path == ['orders']:
            order = parse_qs(parts.query).get('externalId', [''])[0]
            return await self._misbehave('look-up', order, lambda: self._found(order))
        if method == 'GET':
            return wire.answer_bytes(404, {})
        content = json.loads(body) if body else {}
        if path == ['orders']:
            order = content['externalId']
            return await self._misbehave('create', order, lambda: self._create(order, content))
        order = next((name for name, record in self.records.items() if record['internalId'] == path[1]), '')
        if not order:
            return wire.answer_bytes(404, {})
        if method == 'PUT':
            version = int(fields.get('countersign-version', 0))
            return await self._misbehave('update', order, lambda: self._update(order, content, version))
        return await self._misbehave('cancel', order, lambda: self._cancel(order))

    async def _misbehave(self, operation, order, effect):
        fault = self.faults.next(operation, order)
        self.note('erp asked', order, operation=operation, fault=str(fault))
        pause = self.faults.pause.get(operation, 0)
        if isinstance(fault, (int, float)):
            pause, fault = fault, 'ok'
        if pause:
            await asyncio.sleep(pause)
        if fault == 'busy':
            return wire.answer_bytes(503, {})
        if fault == 'refuse':
            return wire.answer_bytes(422, {'reasons': ['unknown SKU']})
        if fault == 'lose request':
            return None
        await self.gate.wait()
        answer = effect()
        if fault == 'hang':
            await asyncio.sleep(600)
        if fault in ('lose reply', 'hang'):
            return None
        if fault == 'cut reply':
            return wire.Cut(answer[:len(answer) // 2])
        return answer

    def _create(self, order, content):
        if order in self.records:
            self.note('erp refused a second create', order)
            return wire.answer_bytes(409, {'externalId': order})
        allocation = [{'sku': line['sku'], 'ordered': line['quantity'], 'allocated': line['quantity']}
                      for line in content['lines']]
        self.records[order] = {
            'internalId': f'R{len(self.records) + 1}', 'externalId': order, 'status': 'accepted',
            'digest': content['digest'], 'total': content['total'], 'currency': content['currency'],
            'allocation': allocation}
        self.versions[order] = 0
        self.note('erp created', order, total=content['total'], digest=content['digest'])
        return wire.answer_bytes(201, self.records[order])

    def _update(self, order, content, version):
        if version < self.versions[order]:
            return wire.answer_bytes(412, {})
        if self.records[order]['status'] != 'accepted':
            return wire.answer_bytes(409, {})
        self.versions[order] = version
        self.records[order].update(digest=content['digest'], total=content['total'])
        self.note('erp updated', order, total=content['total'], version=version)
        return wire.answer_bytes(200, self.records[order])

    def _cancel(self, order):
        if self.records[order]['status'] != 'cancelled':
            self.records[order]['status'] = 'cancelled'
            self.note('erp cancelled', order)
        return wire.answer_bytes(200, self.records[order])

    def _found(self, order):
        record = self.records.get(order)
        return wire.answer_bytes(200, record) if record else wire.answer_bytes(404, {})

    # ---- the receiver of confirmations ----

    async def _sink(self, method, target, fields, body):
        event = json.loads(body)
        order = event['data']['orderId']
        fault = self.faults.next('message', order)
        if isinstance(fault, (int, float)):
            await asyncio.sleep(fault)
        if fault == 'busy':
            return wire.answer_bytes(503, {})
        record = self.records.get(order, {})
        self.note('told', order, type=event['type'], id=fields['webhook-id'], digest=hashlib.sha256(body).hexdigest(),
                  total=event['data'].get('total'), erp=event['data'].get('erpId'), record=dict(record))
        return None if fault == 'lose reply' else wire.answer_bytes(200, {})

    # ---- the storefront ----

    def order(self, number, total=20, lines=1, note=''):
        """A canonical order; `updatedAt` comes from the clock when it is sent."""
        content = {'id': str(number), 'number': f'#{number}', 'currency': 'USD', 'total': f'{total}.00',
                   'email': f'buyer{number}@example.com', 'payment': 'paid',
                   'lines': [{'id': str(i), 'sku': f'SKU-{i}', 'quantity': 1, 'unitPrice': f'{total / lines:.2f}'}
                             for i in range(lines)]}
        if note:
            content['note'] = note
        return content

    async def send(self, content, kind='order.created', copies=1, seconds=60):
        """Sends an event, several copies of it at once if so wanted, until each is answered 2xx; False when not."""
        self.sends += 1
        delivery = f'd{self.sends}'
        order = content['id']
        stamp = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime()) + f'.{self.sends % 1_000_000:06d}Z'
        event = {'type': kind, 'timestamp': stamp, 'data': dict(content, updatedAt=stamp)}
        body = json.dumps(event).encode()
        self.note('sent', order, type=kind, total=content['total'])
        answers = [self._repeat(delivery, order, body, seconds) for _ in range(copies)]
        done = all(await asyncio.gather(*answers))
        if done:
            self.note('acknowledged', order, type=kind, total=content['total'])
        return done

    async def _repeat(self, delivery, order, body, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                status, _ = await wire.request(self.port, 'POST', '/v1/storefronts/shop/orders',
                                               signed(delivery, body), body, seconds=5)
                self.note('answered', order, status=status)
                if 200 <= status < 300:
                    return True
            except wire.Broken:
                pass
            await asyncio.sleep(0.03)
        return False


def signed(delivery, body):
    """Standard Webhooks 1.0.0: HMAC-SHA-256 over id, time and raw body."""
    stamp = str(int(time.time()))
    code = hmac.new(base64.b64decode(SECRET), f'{delivery}.{stamp}.'.encode() + body, hashlib.sha256).digest()
    return {'Content-Type': 'application/json', 'webhook-id': delivery, 'webhook-timestamp': stamp,
            'webhook-signature': 'v1,' + base64.b64encode(code).decode()}
