"""Sends every real order payload, signed, to a running coordinator, twice, and says what became of each.

Started by scripts/real-input. What became of an order is read from three places: the coordinator's API, the ERP itself,
and the mail server's own files.
"""
import argparse, base64, glob, hashlib, hmac, json, os, socket, subprocess, sys, time, urllib.error, urllib.request

ENDED = ('confirmed', 'cancelled', 'declined', 'returned', 'observed')
SHOPIFY_SECRET, WOO_SECRET = 'real-input-shopify', 'real-input-woo'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def configuration(work, port):
    ids = json.load(open(os.environ['COUNTERSIGN_TRYTON_IDS']))
    path = os.path.join(work, 'countersign.yaml')
    with open(path, 'w') as out:
        out.write(f'''
store: {{ sqlite: "{work}/countersign.db" }}
http: {{ host: 127.0.0.1, port: {port} }}
log: warning
storefronts:
  main: {{ kind: shopify, shop: real.myshopify.com, webhookSecret: {SHOPIFY_SECRET}, erp: tryton }}
  woo:
    kind: woocommerce
    site: https://woo.example.com
    webhookSecret: {WOO_SECRET}
    erp: tryton
    backfill: "off"
erps:
  tryton:
    kind: tryton
    url: "{os.environ['COUNTERSIGN_TRYTON_URL']}"
    key: "{ids['rest_key']}"
    company: {ids['company']}
    party: {ids['party']}
    invoiceAddress: {ids['invoice_address']}
    shipmentAddress: {ids['shipment_address']}
    warehouse: {ids['warehouse']}
    webShop: {ids['web_shop']}
    shippingProduct: SHIP
    discountProduct: DISCOUNT
    taxProduct: TAX
confirmation: {{ kind: smtp, url: "{os.environ['COUNTERSIGN_SMTP_URL']}", from: orders@example.com, shop: Real Input }}
rollout: {{ main: {{ watermark: "2000-01-01T00:00:00Z" }}, woo: {{ watermark: "2000-01-01T00:00:00Z" }} }}
owners: {{ default: ops@example.com, erp: erp-team@example.com }}
''')
    return path


def topic(name, body):
    if 'refund' in name: return 'refunds/create'
    if 'inventory-level' in name: return 'inventory_levels/update'
    if 'order-edit' in name: return 'orders/edited'
    if 'order-transaction' in name: return 'order_transactions/create'
    return 'orders/cancelled' if body.get('cancelled_at') else 'orders/create'


def send(base, name, raw, turn):
    body = json.loads(raw)
    inner = body.get('order', body)
    if name.startswith('woo'):
        code = base64.b64encode(hmac.new(WOO_SECRET.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {'X-WC-Webhook-Topic': 'order.created', 'X-WC-Webhook-Resource': 'order',
                   'X-WC-Webhook-Event': 'created', 'X-WC-Webhook-Source': 'https://woo.example.com/',
                   'X-WC-Webhook-Signature': code}
        path, about = '/webhooks/woo', 'order.created'
    else:
        code = base64.b64encode(hmac.new(SHOPIFY_SECRET.encode(), raw, hashlib.sha256).digest()).decode()
        about = topic(name, inner)
        headers = {'X-Shopify-Topic': about, 'X-Shopify-Shop-Domain': 'real.myshopify.com',
                   'X-Shopify-Hmac-Sha256': code, 'X-Shopify-Webhook-Id': f'{name}-{turn}',
                   'X-Shopify-API-Version': '2026-07'}
        path = '/webhooks/main'
    headers['Content-Type'] = 'application/json'
    request = urllib.request.Request(base + path, data=raw, headers=headers, method='POST')
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return about, answer.status
    except urllib.error.HTTPError as error:
        return about, error.code


def get(base, path):
    try:
        with urllib.request.urlopen(base + path, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 300: return json.load(error)
        return None


def settled(base):
    """Waits until every order has ended or is owned, and nothing has moved for five seconds; at most two minutes."""
    still, seen = 0, None
    for _ in range(240):
        orders = get(base, '/v1/orders?limit=500')['orders']
        busy = [o for o in orders if o['stage'] not in ENDED and not o['exception']]
        now = sorted((o['handoff'], o['revision']) for o in orders)
        still = still + 1 if now == seen and not busy else 0
        seen = now
        if still >= 10: break
        time.sleep(0.5)
    return orders


def mails(folder):
    found = {}
    for path in glob.glob(os.path.join(folder, '**', '*.eml'), recursive=True):
        text = open(path, 'rb').read().decode('utf-8', 'replace')
        head = text.split('\r\n\r\n', 1)[0].split('\n\n', 1)[0]
        for line in head.replace('\r', '').split('\n'):
            if line.lower().startswith('x-countersign-order:'):
                found.setdefault(line.split(':', 1)[1].strip(), []).append(path)
    return found


def main():
    parser = argparse.ArgumentParser()
    for name in ('--binary', '--payloads', '--work'): parser.add_argument(name, required=True)
    parser.add_argument('--table')
    options = parser.parse_args()
    port = free_port()
    base = f'http://127.0.0.1:{port}'
    config = configuration(options.work, port)
    log = open(os.path.join(options.work, 'serve.log'), 'w')
    server = subprocess.Popen([options.binary, 'serve', '--config', config], stdout=log, stderr=log)
    try:
        for _ in range(200):
            if server.poll() is not None: sys.exit(open(log.name).read())
            try:
                urllib.request.urlopen(base + '/readyz', timeout=1).close()
                break
            except OSError: time.sleep(0.05)
        files = sorted(f for f in glob.glob(os.path.join(options.payloads, '*.json')) if 'hmac' not in f)
        first = {os.path.basename(f): send(base, os.path.basename(f), open(f, 'rb').read(), 1) for f in files}
        orders = settled(base)
        before = (sorted((o['handoff'], o['stage'], o['revision'], o['erpId']) for o in orders), count(mails(folder())))
        for f in files: send(base, os.path.basename(f), open(f, 'rb').read(), 2)
        again = settled(base)
        after = (sorted((o['handoff'], o['stage'], o['revision'], o['erpId']) for o in again), count(mails(folder())))
        rows, unexplained = table(base, files, first)
        text = '\n'.join(rows)
        print(text)
        print(f'\n{len(files)} files, {len(orders)} orders, {before[1]} mails; a second pass changed',
              'nothing' if before == after else f'SOMETHING: {set(map(str, before[0])) ^ set(map(str, after[0]))}')
        if options.table: open(options.table, 'w').write(text + '\n')
        if before != after or unexplained or any(not 200 <= status < 300 for _, status in first.values()):
            sys.exit(1)
    finally:
        server.terminate()
        server.wait()


def folder(): return os.environ['COUNTERSIGN_SMTP_DIR']


def count(found): return sum(len(paths) for paths in found.values())


def table(base, files, first):
    exceptions = {e['orderId']: e for e in get(base, '/v1/exceptions?limit=500')['exceptions']}
    delivered = mails(folder())
    rows = ['| payload | topic | answer | stage | ERP record | mail | why |',
            '| --- | --- | --- | --- | --- | --- | --- |']
    unexplained = 0
    for path in files:
        name = os.path.basename(path)
        about, status = first[name]
        body = json.load(open(path))
        body = body.get('order', body)
        identity = str(body.get('id', ''))
        report = get(base, '/v1/orders/' + identity) if about.startswith('order') and 'line_items' in body else None
        if not report or 'matches' in report:
            rows.append(f'| {name} | {about} | {status} | – | – | – | no order: kept and answered |')
            continue
        mail = len(delivered.get(f"{report['storefront']}/{identity}", []))
        why = exceptions.get(identity)
        said = f"{why['kind']}, owner {why['owner']}: {why['reason']}" if why else report['reason']
        if report['stage'] not in ('confirmed', 'cancelled', 'observed') and not why: unexplained += 1
        said = said.replace('|', '/').replace('\n', ' ')[:260]
        record = report['erpId'] or '–'
        rows.append(f"| {name} | {about} | {status} | {report['stage']} | {record} | {mail or '–'} | {said} |")
    return rows, unexplained


main()
