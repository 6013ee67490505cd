#!/usr/bin/env python3
# Licence note: this file is test tooling.  It imports proteus (LGPL-3.0-or-later) and, through it, trytond and its
# modules (GPL-3.0-or-later) from the virtual environment that scripts/tryton-up makes.  It may be used under
# GPL-3.0-or-later.  It is never part of, linked into, or shipped with the product, which talks HTTP to Tryton.
"""Fill an activated Tryton database with a small trading company, and write down every id a client needs.

Each part looks before it makes, so running it again (say, with more SKUs) adds only what is missing.

usage: setup_db.py CONFIG DATABASE IDS.json < SKUS     (one SKU per line)
"""
import datetime
import json
import os
import sys
from decimal import Decimal

from proteus import Model, config

OPENING_STOCK = 100
LOGIN, PASSWORD = 'countersign', 'countersign-Passw0rd'
# Not "Sale Stock Quantity": its members may wave a shortage through, everybody else gets a refusal.
GROUPS = [
    'Sales', 'Sales Administrator', 'Gift Card Administration', 'Stock', 'Accounting', 'Account',
    'Party Administration', 'Accounting Party']


def first(model, *domain):
    found = Model.get(model).find(list(domain), limit=1)
    return found[0] if found else None


def named(model, name, **values):
    """The record of that name, made when there is none."""
    record = first(model, ('name', '=', name))
    if record is None:
        record = Model.get(model)(name=name, **values)
        record.save()
    return record


def make_company():
    from trytond.modules.company.tests.tools import create_company, get_company
    from trytond.modules.currency.tests.tools import get_currency
    usd = get_currency('USD')
    for code in ('EUR', 'PLN', 'HKD', 'GBP', 'CAD', 'JPY'):
        get_currency(code)
    if first('company.company') is None:
        create_company(party=named('party.party', 'Countersign Test Company'), currency=usd)
    else:
        config.get_config()._context = Model.get('res.user').get_preferences(True, {})
    return get_company(), usd


def make_accounting(company):
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
    from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
    if first('account.account', ('company', '=', company.id)) is None:
        create_chart(company)
    if first('account.fiscalyear') is None:
        today = datetime.date.today()
        year = create_fiscalyear(
            company, (datetime.date(today.year, 1, 1), datetime.date(today.year + 1, 12, 31)))
        year = set_fiscalyear_invoice_sequences(year)
        year.save()
        year.click('create_period')
    if first('account.invoice.payment_term') is None:
        create_payment_term().save()
    return get_accounts(company)


def make_gift_card_account(company, accounts):
    book = Model.get('account.configuration')(1)
    if book.gift_card_account_revenue:
        return
    kind, = accounts['payable'].type.duplicate({'gift_card': True})
    account = Model.get('account.account')(
        name='Gift cards outstanding', code='2.9', company=company, type=kind, deferral=True)
    account.save()
    book.gift_card_account_revenue = account
    book.save()
    numbers = named(
        'ir.sequence', 'Gift Card', sequence_type=first('ir.sequence.type', ('name', '=', 'Gift Card')),
        type='hexadecimal timestamp')
    sales = Model.get('sale.configuration')(1)
    sales.gift_card_sequence = numbers
    sales.save()


def make_category(accounts):
    category = first('product.category', ('name', '=', 'Merchandise'))
    if category is None:
        category = Model.get('product.category')(name='Merchandise', accounting=True)
        category.account_expense = accounts['expense']
        category.account_revenue = accounts['revenue']
        category.save()
    return category


def template(sku, name, price, unit, **values):
    made = Model.get('product.template')(name=name, default_uom=unit, salable=True, **values)
    made.list_price = Decimal(price)
    product, = made.products
    product.suffix_code = sku
    product.cost_price = Decimal('2.50') if made.type == 'goods' else Decimal(0)
    return made


def make_products(skus, unit, category):
    """Products for the SKUs that have none yet, and the services every shop sells.  Gives the new SKUs."""
    have = {product.code for product in Model.get('product.product').find([])}
    new = [sku for sku in skus if sku not in have]
    made = [
        template(sku, f'Item {sku}', f'{6 + number % 40}.99', unit, type='goods', account_category=category)
        for number, sku in enumerate(new)]
    if 'GIFT50' not in have:
        made.append(template('GIFT50', 'Gift card 50', '50', unit, type='service', gift_card=True))
    for code, name in (('SHIP', 'Shipping'), ('DISCOUNT', 'Discount'), ('TAX', 'Tax charged by the shop')):
        if code not in have:
            made.append(template(code, name, '0', unit, type='service', account_category=category))
    # Tryton checks all records of a save in one SQL expression, and SQLite's parser has a depth.
    for start in range(0, len(made), 30):
        Model.get('product.template').save(made[start:start + 30])
    return new


def make_stock(location):
    """Opening stock of the goods that were never counted, also those of a run that was interrupted."""
    counted = {
        line.product.id for count in Model.get('stock.inventory').find([('state', '=', 'done')])
        for line in count.lines}
    goods = Model.get('product.product').find([('type', '=', 'goods')])
    uncounted = [product for product in goods if product.id not in counted]
    if not uncounted:
        return
    count = Model.get('stock.inventory')(location=location)
    for product in uncounted:
        line = count.lines.new()
        line.product = product
        line.quantity = float(OPENING_STOCK)
    count.save()
    count.click('confirm')


def make_customer():
    """One shared party: a web shop's buyers are not made into parties of their own."""
    party = first('party.party', ('code', '=', 'WEB'))
    if party is None:
        country = first('country.country', ('code', '=', 'US')) or named(
            'country.country', 'United States', code='US', code3='USA', code_numeric='840')
        party = Model.get('party.party')(name='Web customer (shared)', code='WEB')
        address, = party.addresses
        address.street, address.postal_code, address.city = '1 Main St', '97201', 'Portland'
        address.country = country
        mail = party.contact_mechanisms.new()
        mail.type, mail.value = 'email', 'web-customer@example.com'
        party.save()
    return party


def make_shop(company, currency, warehouse):
    """(web_shop, web_id) is unique on a sale: the key that makes a repeated submission harmless."""
    shop = first('web.shop', ('name', '=', 'countersign'))
    if shop is None:
        shop = Model.get('web.shop')(name='countersign', company=company, currency=currency)
        shop.warehouses.append(warehouse)
        shop.save()
    return shop


def make_user(company):
    user = first('res.user', ('login', '=', LOGIN))
    if user is None:
        user = Model.get('res.user')(name='Countersign', login=LOGIN, password=PASSWORD)
        user.companies.append(company)
        user.company = company
        for group in Model.get('res.group').find([('name', 'in', GROUPS)]):
            user.groups.append(group)
        user.save()
    key = first(
        'res.user.application', ('user', '=', user.id), ('application', '=', 'rest'), ('state', '=', 'validated'))
    if key is None:
        key = Model.get('res.user.application')(user=user, application='rest')
        key.save()
    return user, key.key


def main(config_file, database, ids_file):
    skus = list(dict.fromkeys(line.strip() for line in sys.stdin if line.strip()))
    config.set_trytond(database=f'sqlite:///{database}', user='admin', config_file=config_file)
    company, currency = make_company()
    accounts = make_accounting(company)
    make_gift_card_account(company, accounts)
    warehouse = first('stock.location', ('type', '=', 'warehouse'))
    unit = first('product.uom', ('name', '=', 'Unit'))
    new = make_products(skus, unit, make_category(accounts))
    make_stock(warehouse.storage_location)
    party = make_customer()
    address = party.addresses[0]
    shop = make_shop(company, currency, warehouse)
    user, key = make_user(company)
    ids = {
        'company': company.id, 'warehouse': warehouse.id, 'storage': warehouse.storage_location.id,
        'party': party.id, 'invoice_address': address.id, 'shipment_address': address.id,
        'currency': currency.id, 'unit': unit.id, 'web_shop': shop.id, 'user': user.id, 'rest_key': key}
    with open(ids_file + '.new', 'w', encoding='utf-8') as file:
        json.dump(ids, file, indent=2)
        file.write('\n')
    os.replace(ids_file + '.new', ids_file)
    print(f'{len(new)} products made, {OPENING_STOCK} of each in stock')


if __name__ == '__main__':
    main(*sys.argv[1:])
