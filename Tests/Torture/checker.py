"""Judges a run by the outside ledger alone; every rule names the promise of docs/evidence/promises.md it stands for."""
from collections import Counter


class Verdict:
    """What was found, and the counts that show that something was tested at all.

    `ends` counts each acknowledged order once: confirmed, cancelled, declined, waiting for its owner, or lost.
    """

    def __init__(self):
        self.faults, self.acknowledged, self.ends, self.repeated, self.refused = [], 0, Counter(), 0, 0

    def fault(self, rule, order, words):
        self.faults.append(f'{rule} order {order}: {words}')


def orders_acknowledged(ledger):
    """Events that were answered 2xx, by order, in the order in which they were sent."""
    orders = {}
    for entry in ledger:
        if entry.kind == 'acknowledged':
            orders.setdefault(entry.order, []).append(entry)
    return orders


def pending(ledger, records):
    """Acknowledged orders whose end an outsider cannot see: neither told, nor cancelled, nor as last ordered."""
    told = {entry.order for entry in ledger if entry.kind == 'told'}
    waiting = set()
    for order, events in orders_acknowledged(ledger).items():
        record = records.get(order, {})
        live = record.get('status') == 'accepted'
        if is_cancelled(events):
            done = not live
        elif live:
            done = order in told and order_total(record['total']) == order_total(events[-1].detail['total'])
        else:
            done = order in told
        if not done:
            waiting.add(order)
    return waiting


def is_cancelled(events):
    return any(event.detail['type'] == 'order.cancelled' for event in events)


def check(ledger, records, exceptions, stages, file_faults):
    """The verdict over a run that has come to rest.

    `exceptions` are the open ones that the product lists, by order; `stages` its stages by order, used only to demand
    that nothing acknowledged is unknown to it, never to excuse anything.
    """
    verdict = Verdict()
    acknowledged = orders_acknowledged(ledger)
    verdict.acknowledged = len(acknowledged)
    for order, events in sorted(acknowledged.items()):
        if order not in stages:
            verdict.fault('S2', order, 'was acknowledged, and the product does not know it')
        verdict.ends[check_outcome(verdict, ledger, records, exceptions, order, events)] += 1
    check_erp(verdict, ledger)
    check_messages(verdict, ledger)
    for order, entry in exceptions.items():
        if not entry.get('owner'):
            verdict.fault('L2', order, 'has an exception that nobody owns')
    for text in file_faults:
        verdict.fault('S11', '-', text)
    return verdict


def check_outcome(verdict, ledger, records, exceptions, order, events):
    """S2, S3, S7: what became of one acknowledged order, as the ledger tells it."""
    record = records.get(order)
    live = record is not None and record['status'] == 'accepted'
    told = [entry for entry in ledger if entry.kind == 'told' and entry.order == order]
    confirmed = [entry for entry in told if entry.detail['type'] == 'order.confirmed']
    declined = [entry for entry in told if entry.detail['type'] == 'order.cannot_fulfil']
    if is_cancelled(events):
        if live and order not in exceptions:
            verdict.fault('S6', order, 'was cancelled, and is still live in the ERP')
        cancel = next(event for event in events if event.detail['type'] == 'order.cancelled')
        created = [entry for entry in ledger if entry.kind == 'erp created' and entry.order == order]
        # A decision that was made before the cancel came may still be on its way; one made after it may not.
        if confirmed and created and created[0].at > cancel.at:
            verdict.fault('S1', order, 'was confirmed though its cancel had come before the ERP had it')
        return 'waiting for its owner' if order in exceptions else 'cancelled'
    if order in exceptions:
        return 'waiting for its owner'
    if declined:
        if live:
            verdict.fault('S6', order, 'was declined, and is live in the ERP')
        return 'declined'
    if not live:
        verdict.fault('S2', order, 'was acknowledged, and the ERP does not have it')
    if not confirmed:
        verdict.fault('L1', order, 'was acknowledged, and is neither confirmed nor anybody\'s')
    if live and order_total(record['total']) != order_total(events[-1].detail['total']):
        verdict.fault('S7', order, f'the ERP has the total {record["total"]}, last was {events[-1].detail["total"]}')
    return 'confirmed' if live and confirmed else 'lost'


def order_total(text):
    return None if text is None else round(float(text) * 100)


def check_erp(verdict, ledger):
    """S3: one create that took effect for each order, and none for an order nobody sent."""
    sent = {entry.order for entry in ledger if entry.kind == 'sent'}
    created = {}
    for entry in ledger:
        if entry.kind == 'erp created':
            created[entry.order] = created.get(entry.order, 0) + 1
        if entry.kind == 'erp refused a second create':
            verdict.refused += 1
    for order, count in created.items():
        if count > 1:
            verdict.fault('S3', order, f'came into being {count} times in the ERP')
        if order not in sent:
            verdict.fault('S3', order, 'is in the ERP, and nobody ordered it')


def check_messages(verdict, ledger):
    """S1, S4: nothing said before the ERP had it, as the ERP had it, and never two things."""
    messages, totals = {}, {}
    for entry in ledger:
        if entry.kind in ('erp created', 'erp updated'):
            totals.setdefault(entry.order, set()).add(order_total(entry.detail['total']))
        if entry.kind != 'told' or entry.detail['type'] == 'order.pending':
            continue
        said = messages.setdefault(entry.order, {})
        identity = (entry.detail['id'], entry.detail['digest'])
        said[identity] = said.get(identity, 0) + 1
        if entry.detail['type'] != 'order.confirmed' or said[identity] > 1:
            continue
        if entry.order not in totals:
            verdict.fault('S1', entry.order, 'was confirmed when the ERP did not have it')
        elif entry.detail['erp'] != entry.detail['record'].get('internalId'):
            verdict.fault('S1', entry.order, 'was confirmed under an id the ERP does not know')
        elif order_total(entry.detail['total']) not in totals[entry.order]:
            verdict.fault('S1', entry.order, 'was confirmed with a content the ERP never had')
    for order, said in messages.items():
        if len(said) > 1:
            verdict.fault('S4', order, f'was told {len(said)} different things')
        verdict.repeated += sum(said.values()) - len(said)
