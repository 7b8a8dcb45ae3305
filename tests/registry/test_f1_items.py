"""F1: all 169 items of the PIA are there, with type and bound, in the program and in the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import asyncpg
import pytest

from registry.residents import F1Item, ItemMalformed, city_transaction, f1_items, number_of
from registry.residents.f1_items import FURTHER, Kept
from registry.residents.further_items import FurtherValue, require_further
from registry.residents.person_record import MAIN_ITEMS
from tests.registry.office import Office, days_ago, someone

ONE, TWO = number_of(1), number_of(2)
_ALL: Final = f1_items()
_GOOD: Final[Mapping[str, FurtherValue]] = {
    "DATE": date(2026, 4, 1), "FLAG": True, "INT": 12, "MUNICIPALITY": "092029", "POSTAL": "3260053", "TELEPHONE": "0284-20-2222",
    "NUMBERED": ONE, "TOWN": "0001000", "X3": "NPL", "X10": "A12", "X10D": "1234567890", "MONTH": "2026-04",
    "LIST<DATE>": (date(2020, 1, 1), None), "LIST<N100>": ("見本", "通称"), "LIST<MUNICIPALITY>": ("092029", None),
}  # fmt: skip
_BAD: Final[Mapping[str, tuple[object, ...]]] = {
    "DATE": ("2026-13-01",), "FLAG": ("はい",), "INT": (-1, 2**31, "十"), "MUNICIPALITY": ("092028", "09202", "ア"),
    "POSTAL": ("326-0053", "３２６００５３"), "TELEPHONE": ("0284 20", "0" * 16), "NUMBERED": ("1" * 16, "A"), "TOWN": ("123456",),
    "X3": ("np",), "X10": ("A" * 11, ""), "X10D": ("123456789",), "MONTH": ("2026-13", "2026-4"),
    "LIST<DATE>": ("2026-04-01",), "LIST<N100>": (("",),), "LIST<MUNICIPALITY>": (("1",),), "CODE": ("ほか",),
}  # fmt: skip
_COLUMN_TYPES: Final = {"DATE": "date", "FLAG": "boolean", "INT": "integer", "SEALED": "bytea"}


def _good(item: F1Item) -> FurtherValue:
    if item.type == "CODE":
        return item.values[0]
    return _GOOD.get(item.type, "見本")


def _bad(item: F1Item) -> tuple[object, ...]:
    return _BAD[item.type] if item.type in _BAD else ("", "字" * (int(item.type[1:]) * 3 + 1))


def _column_type(item: F1Item) -> str:
    if item.type.startswith("LIST"):
        return "ARRAY"
    return _COLUMN_TYPES.get(item.type, "text")


def test_f1_has_the_169_items_of_the_source_in_their_order() -> None:
    assert [item.id for item in _ALL] == [f"F1-{number:03}" for number in range(1, 170)]
    assert len({item.item for item in _ALL}) == 169
    assert (_ALL[0].item, _ALL[150].item, _ALL[168].item) == ("異動事由", "個人番号", "選挙人名簿登録状況")
    assert [item.source_line for item in _ALL] == sorted(item.source_line for item in _ALL)
    assert (_ALL[0].source_line, _ALL[168].source_line) == (2379, 2398)


def test_f1_every_item_is_kept_where_it_says() -> None:
    for item in _ALL:
        if item.kept is Kept.COLUMN:
            assert item.name in {*MAIN_ITEMS, "member_order"}
        assert (item.type == "CODE") <= (bool(item.values) or item.kept is Kept.EVENT), item.id
    assert set(MAIN_ITEMS) - {item.name for item in _ALL} == {
        "former_surname", "former_surname_furigana",
        "suppression_reason", "suppressed_from", "suppressed_until",
    }  # fmt: skip


async def test_f1_the_file_shows_every_item_under_its_own_name_and_type(office: Office) -> None:
    columns = await office.rows(
        "SELECT column_name, data_type, domain_name FROM information_schema.columns "
        "WHERE table_schema = 'registry' AND table_name = 'resident_file' ORDER BY ordinal_position"
    )
    shown = {column["column_name"]: column["data_type"] for column in columns[2:]}
    assert list(shown) == [item.item for item in _ALL]
    assert {item.id: shown[item.item] for item in _ALL} == {item.id: _column_type(item) for item in _ALL}


async def test_f1_the_column_of_further_items_has_exactly_these(office: Office) -> None:
    parts = await office.rows(
        "SELECT attribute_name FROM information_schema.attributes "
        "WHERE udt_schema = 'registry' AND udt_name = 'further_items' ORDER BY ordinal_position"
    )
    assert [part["attribute_name"] for part in parts] == list(FURTHER)


async def test_f1_every_further_item_is_kept_and_read_back_and_shown(office: Office) -> None:
    full = {name: _good(item) for name, item in FURTHER.items()}
    await office.load(someone(1, further=full))
    assert (await office.person(ONE)).record.further == full
    (shown,) = await _file(office)
    for name, item in FURTHER.items():
        value = full[name]
        assert shown[item.item] == (list(value) if isinstance(value, tuple) else value), item.id


@pytest.mark.parametrize("item", FURTHER.values(), ids=lambda item: item.id)
def test_f1_what_an_item_cannot_hold_is_refused_by_name(item: F1Item) -> None:
    require_further({item.name: _good(item)})
    for bad in (*_bad(item), None, 1.5):
        with pytest.raises(ItemMalformed) as refused:
            require_further({item.name: bad})
        assert refused.value.item == item.name
        assert " / " in str(refused.value)


async def test_f1_what_an_item_cannot_hold_is_refused_by_the_database_too(office: Office) -> None:
    admin = await office.database.connect()
    for item in FURTHER.values():
        for bad in _bad(item):
            if item.type in {"FLAG", "LIST<N100>"}:
                continue
            with pytest.raises(asyncpg.PostgresError):
                await admin.fetchval(
                    "SELECT jsonb_populate_record(NULL::registry.further_items, jsonb_build_object($1::text, to_jsonb($2::text)))",
                    item.name, str(bad) if not isinstance(bad, tuple) else "{" + str(bad[0]) + "}",
                )  # fmt: skip


def test_f1_an_item_that_is_none_is_refused() -> None:
    with pytest.raises(ItemMalformed):
        require_further({"shoe_size": 27})


async def test_f1_an_event_changes_a_further_item_and_leaves_the_others(office: Office) -> None:
    await office.load(someone(1, further={"telephone": "0284", "lot_ban": 7}))
    await office.file("MI", {ONE: {"name": "見本　改"}}, identity_check=None)
    assert (await office.person(ONE)).record.further == {"telephone": "0284", "lot_ban": 7}


async def test_f1_histories_are_read_from_the_rows(office: Office) -> None:
    await office.load(someone(1, name="見本　一"), someone(2, "子", name="見本　二"))
    await office.file("MI", {ONE: {"name": "見元　一"}}, identity_check=None)
    await office.file("MV", {TWO: {"address": "栃木県足利市通二丁目１番地"}}, occurred=days_ago(2))
    await office.file("DE", {TWO: {}}, occurred=days_ago(1), identity_check=None)
    head, child = await _file(office)
    assert (head["氏名履歴"], head["世帯主名履歴"]) == (["見本　一", "見元　一"], ["見本　一", "見元　一"])
    assert (child["世帯主名"], child["世帯主名履歴"]) == ("見元　一", ["見本　一", "見元　一"])
    assert (child["転居住所履歴"], child["転居異動日履歴"]) == (["栃木県足利市通二丁目１番地"], [str(days_ago(2).on)])
    assert (child["住民区分"], child["有効フラグ"], child["除票異動事由"], child["除票無効区分"]) == (
        "除票",
        False,
        "DE",
        "有効",
    )
    assert (head["除票異動事由"], head["除票無効区分"], head["有効フラグ"]) == (None, None, True)


async def _file(office: Office) -> list[dict[str, Any]]:
    async with city_transaction(office.connection, office.city):
        rows = await office.connection.fetch("SELECT * FROM registry.resident_file ORDER BY person_number")
    return [dict(row) for row in rows]
