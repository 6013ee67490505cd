#!/usr/bin/env python3
"""Print every SKU mentioned in the JSON files below some folders, one per line, sorted, each once.

usage: skus_from_json.py FOLDER...
"""
import json
import pathlib
import sys

KEYS = {'sku', 'sellersku', 'seller_sku'}


def skus(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.lower() in KEYS and isinstance(inner, str):
                yield inner.strip()
            yield from skus(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from skus(inner)


def main(folders):
    found = set()
    for folder in folders:
        for file in pathlib.Path(folder).rglob('*.json'):
            try:
                found.update(skus(json.loads(file.read_text(encoding='utf-8-sig'))))
            except ValueError as error:
                print(f'{file}: not read: {error}', file=sys.stderr)
    for sku in sorted(found):
        if sku and '\n' not in sku:
            print(sku)


if __name__ == '__main__':
    main(sys.argv[1:])
