"""The table of event kinds is complete and says what it means."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from registry.residents import (
    EVENT_KINDS,
    ITEM_NAMES,
    Alert,
    UnknownEventKind,
    event_kind,
    is_relationship,
    member_order,
)
from registry.residents.effects import end_of_protection
from registry.residents.event_kinds import Before, EventClass
from registry.residents.event_table import table
from registry.residents.person_record import ITEMS, MAIN_ITEMS
from registry.residents.rows import HISTORY_COLUMNS


def test_every_kind_is_found_by_its_code_and_named_in_japanese() -> None:
    for code, kind in EVENT_KINDS.items():
        assert event_kind(code) is kind
        assert kind.code == code
        assert not kind.name.isascii()
    with pytest.raises(UnknownEventKind):
        event_kind("mv")


def test_the_table_in_the_documents_is_this_one() -> None:
    """Renew it with `python -m registry.residents.event_table`."""
    page = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
    assert table() in page


def test_every_kind_names_its_legal_article() -> None:
    for kind in EVENT_KINDS.values():
        assert re.match(r"(法|令|番号法)\d+条", kind.article), kind.code


def test_every_alert_names_its_cause_and_the_way_out_in_japanese_and_english() -> None:
    for alert in Alert:
        japanese, english = alert.text.split(" / ")
        assert japanese.count("。") >= 2, alert
        assert english.isascii(), alert
        assert english.count(".") >= 2, alert


def test_kinds_change_only_items_that_there_are() -> None:
    assert set(ITEM_NAMES) == set(ITEMS)
    assert {kind.reversed_by for kind in EVENT_KINDS.values()} == {None, "UN+", "UN-", "UN~"}
    for kind in EVENT_KINDS.values():
        assert kind.may_change <= set(ITEMS)


def test_no_kind_names_the_number_state_codes_or_birth_of_a_person() -> None:
    fixed = {
        "person_number",
        "state",
        "resident_code",
        "my_number",
        "birth",
        "sex",
        "suppressed",
        "removed",
        "removal_reason",
    }
    own = {
        "MN1": {"my_number"},
        "MN2": {"my_number"},
        "MN3": {"my_number"},
        "CO": {"birth", "sex"},
        "CE": {"birth", "sex"},
    }
    for kind in EVENT_KINDS.values():
        assert kind.may_change & fixed == own.get(kind.code, set()), kind.code


def test_only_entries_begin_with_somebody_who_is_not_there() -> None:
    for kind in EVENT_KINDS.values():
        assert (Before.ABSENT in kind.before) is (kind.event_class is EventClass.ENTRY)


def test_every_item_has_its_columns() -> None:
    for item in set(MAIN_ITEMS) - {
        "birth",
        "resident_since",
        "address_since",
        "foreign_resident_since",
        "removed",
        "my_number",
    }:
        assert item in HISTORY_COLUMNS


def test_relationships_are_base_words_joined_at_most_four_times() -> None:
    for good in (
        "世帯主",
        "妻（未届）",
        "夫（未届）の子",
        "子の妻",
        "父の父の弟の妻",
        "子の子の子の子",
        "縁故者",
        "同居人",
    ):
        assert is_relationship(good)
    for bad in (
        "",
        "祖父",
        "孫",
        "おじ",
        "曾孫",
        "おば",
        "姪",
        "子の子の子の子の子",
        "子の",
        "の子",
        "子のの妻",
        "子 の妻",
        "妻(未届)",
        "世帯主の妻",
        "子の同居人",
        "長男",
    ):
        assert not is_relationship(bad)


def test_members_stand_in_the_order_of_the_standard() -> None:
    ranks = ["世帯主", "妻", "子", "子の妻", "父", "兄", "父の母", "妻の父", "縁故者", "同居人", None]
    born = date(1999, 12, 31)
    for earlier, later in pairwise(ranks):
        assert member_order(earlier, born) < member_order(later, date(1900, 1, 1))
    assert member_order("子", date(2010, 1, 1)) < member_order("子", date(2010, 1, 2)) < member_order("子", None)
    assert member_order(None, None) < 2**31


@pytest.mark.parametrize(("begins", "ends"), [
    (date(2020, 4, 1), date(2021, 3, 31)), (date(2024, 2, 29), date(2025, 2, 28)), (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2023, 3, 1), date(2024, 2, 29)),
])  # fmt: skip
def test_a_protection_of_one_year_ends_the_day_before(begins: date, ends: date) -> None:
    assert end_of_protection(begins) == ends
