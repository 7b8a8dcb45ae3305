"""Records as the systems of the example tables write them."""

import base64

from tests.sync.registry_rows import CITY
from tests.sync.seal_source import png

Row = dict[str, str]


def disaster_row(number: str, **other: str) -> Row:
    return {
        "action": "登録", "damage_number": number, "person_number": "0000000101", "name": "足利　太郎", "birth_on": "19800229",
        "address": "足利市本城三丁目2145番地", "disaster": "見本台風", "struck_on": "20260912", "cause": "床上浸水",
        "dwelling_address": f"足利市{number}番地", "degree": "半壊", **other,
    }  # fmt: skip


def tax_row(year: str, **other: str) -> Row:
    return {
        "action": "1", "person_number": "0000000101", "tax_year": year, "name": "足利　太郎", "birth_on": "3550229",
        "address": "足利市本城三丁目2145番地", "address_on_january_1": "足利市本城三丁目2145番地", "declared": "1",
        "amounts.total_income": "000001000000", **other,
    }  # fmt: skip


def seal_row(number: str, **other: str) -> Row:
    return {
        "action": "1", "municipality_code": CITY, "person_number": f"000000010{number}", "registration_number": f"A-{number}",
        "registered_on": "20200401", "name": "足利　太郎", "birth_on": "19800229", "address": "足利市本城三丁目2145番地",
        "image": base64.b64encode(png(1)).decode(), **other,
    }  # fmt: skip
