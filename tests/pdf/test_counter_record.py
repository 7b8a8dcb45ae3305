"""S1-3: the counter's 住民票の写し, composed and inspected as a kiosk's, with what a kiosk never prints."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pdf import (
    CounterNotes,
    FontChain,
    PastLine,
    PrintedPerson,
    ResidentOptions,
    ResidentRecordSnapshot,
    TextOverflow,
    compose,
    counter_plan,
    inspect,
)
from pdf.page_plan import PagePlan
from tests.pdf.samples import ALL, FOREIGN, JAPANESE, NONE, SNAPSHOT

PAST = tuple(PastLine(f"令和{year}年4月1日", f"転居　住所（変更前）　見本市緑町{year}番地") for year in range(1, 41))


def told_by(pages: Sequence[PagePlan]) -> list[dict[str, str]]:
    """What each field of each page says."""
    told: list[dict[str, str]] = []
    for page in pages:
        texts: dict[str, str] = {}
        for text in page.texts:
            texts[text.field] = texts.get(text.field, "") + text.text
        told.append(texts)
    return told


def _texts(record: ResidentRecordSnapshot, notes: list[CounterNotes], fonts: FontChain) -> list[dict[str, str]]:
    pages = counter_plan(record, notes, fonts)
    document = compose(record, pages, fonts)
    assert inspect(document.content, pages, fonts).page_count == len(pages)
    return told_by(pages)


def _record(*persons: PrintedPerson, options: ResidentOptions = ALL) -> ResidentRecordSnapshot:
    without = tuple(replace(one, my_number=None) for one in persons)
    return replace(SNAPSHOT, form="individual", persons=without, options=replace(options, my_number=False))


def test_s1_3_each_person_has_a_page_with_code_and_history_below(fonts: FontChain) -> None:
    notes = [CounterNotes("12345678903", past=PAST[:2]), CounterNotes()]
    first, second = _texts(_record(JAPANESE, FOREIGN), notes, fonts)
    assert first["title"] == second["title"] == "住　民　票"
    assert first["person1.resident_code"] == "12345678903"
    assert (first["person1.past_day2"], first["person1.past2"]) == (PAST[1].occurred, PAST[1].text)
    assert not any("past" in field or "resident_code" in field for field in second)
    assert "certification" not in first
    assert second["certification"].endswith("相違ないことを証明する。")


@pytest.mark.parametrize("person", [JAPANESE, FOREIGN], ids=["japanese", "foreign"])
def test_s1_3_a_long_history_goes_on_on_further_pages_and_nothing_of_it_is_lost(
    person: PrintedPerson, fonts: FontChain
) -> None:
    pages = _texts(_record(person), [CounterNotes("12345678903", past=PAST)], fonts)
    assert len(pages) > 2
    told = [
        text
        for page in pages
        for field, text in page.items()
        if field.startswith("person1.past") and "day" not in field
    ]
    assert told == [line.text for line in PAST]
    assert all(page["issuance_number"] == pages[0]["issuance_number"] for page in pages)
    assert ["certification" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_s1_3_a_removed_record_says_so_and_when_why_and_where_to(fonts: FontChain) -> None:
    notes = CounterNotes(removed="令和8年11月20日　転出", moved_to="東京都足立区見本町１番地")
    (page,) = _texts(_record(JAPANESE, options=NONE), [notes], fonts)
    assert page["title"] == "除　票"
    assert (page["person1.removed"], page["person1.moved_to"]) == (notes.removed, notes.moved_to)
    assert page["certification"] == "この写しは、除票の原本と相違ないことを証明する。"


def test_s1_3_a_history_that_does_not_fit_its_row_is_refused_by_its_field(fonts: FontChain) -> None:
    notes = CounterNotes(past=(PAST[0], PastLine("令和2年4月1日", "長い建物の名前" * 60)))
    with pytest.raises(TextOverflow) as refused:
        counter_plan(_record(JAPANESE), [notes], fonts)
    assert refused.value.field == "person1.past2"
