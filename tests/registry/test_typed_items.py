"""What a clerk reads in a field can be typed there, and what cannot be read names the item and the way to write it."""

from datetime import date
from typing import Any

import pytest

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents import ITEMS, Entered, ItemMalformed, choices_of, entered_in, item_text, typed_item


@pytest.mark.parametrize(("item", "value"), [
    ("name", "見本　太郎"), ("sex", Sex.FEMALE), ("sex", Sex.UNKNOWN), ("birth", RecordedDate(date(1980, 4, 2))),
    ("birth", RecordedDate.uncertain("昭和10年月日不詳", date(1935, 1, 1))), ("resident_since", RecordedDate.uncertain("年月日不詳")),
    ("residence_expires_on", date(2027, 3, 31)), ("naturalised_on", date(2020, 1, 1)), ("lot_ban", 14), ("retired_insured", True),
    ("retired_insured", False), ("alias_registered_on", (date(2020, 1, 1), None, date(2021, 1, 1))), ("alias_names", ("一", "二")),
    ("guardianship", "被保佐人"), ("article_30_45_category", "特別永住者"), ("name", None), ("lot_ban", None),
])  # fmt: skip
def test_what_stands_in_a_field_reads_back_equal(item: str, value: Any) -> None:
    assert typed_item(item, item_text(value)) == value


@pytest.mark.parametrize(("typed", "read"), [
    ("S55.4.2", RecordedDate(date(1980, 4, 2))), (" 1980-04-02　", RecordedDate(date(1980, 4, 2))),
    ("昭和55年4月日不詳", RecordedDate.uncertain("昭和55年4月日不詳", date(1980, 4, 1))), ("昭和55年頃", RecordedDate.uncertain("昭和55年頃")),
    ("平成13年2月29日", RecordedDate.uncertain("平成13年2月29日", date(2001, 2, 28))),
])  # fmt: skip
def test_dates_in_the_ways_that_a_register_holds(typed: str, read: RecordedDate) -> None:
    assert typed_item("birth", typed) == read


@pytest.mark.parametrize(("item", "typed", "way_out"), [
    ("birth", "1981", "日が分からないとき"), ("birth", "春ごろ", "日が分からないとき"), ("residence_expires_on", "2027-04", "1980-04-02"),
    ("residence_expires_on", "明日", "1980-04-02"), ("sex", "male", "一覧から"), ("retired_insured", "yes", "一覧から"), ("lot_ban", "十", "数字"),
    ("alias_registered_on", "2020-01-01\nいつか", "1980-04-02"),
])  # fmt: skip
def test_what_cannot_be_read_names_the_item_and_the_way_out(item: str, typed: str, way_out: str) -> None:
    with pytest.raises(ItemMalformed, match=way_out) as refused:
        typed_item(item, typed)
    assert refused.value.item == item
    assert typed not in str(refused.value)


def test_every_item_has_a_field_and_choices_where_its_table_is_closed() -> None:
    fields = {item: entered_in(item) for item in ITEMS}
    assert {item for item, field in fields.items() if field is Entered.CHOICE} == {
        item for item in ITEMS if choices_of(item)
    }
    assert (fields["birth"], fields["planned_move_out_on"], fields["lot_go"], fields["alias_names"]) == (
        Entered.DATE, Entered.DAY, Entered.NUMBER, Entered.LIST,
    )  # fmt: skip
    assert len([item for item in ITEMS if choices_of(item)]) > 8
