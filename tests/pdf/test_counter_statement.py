"""S1-3: statements that only the counter makes, composed and inspected as the 住民票記載事項証明書 of kiosks, with what a kiosk never prints."""

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from pdf import (
    FontChain,
    LikeMoveOutSnapshot,
    MoveOutSnapshot,
    PrintedPerson,
    RemovedStatementSnapshot,
    ResidentStatementSnapshot,
    StatementNotes,
    TextOverflow,
    compose,
    counter_statement_plan,
    inspect,
    plan,
)
from tests.pdf.samples import FOREIGN
from tests.pdf.statement_samples import RENAMED, STATEMENT, items
from tests.pdf.test_counter_record import told_by

CHOSEN = items("relationship", "domicile", "nationality", "residence_status", "residence_card_number")
HEAD = (("転出先", "東京都足立区見本町１番地"), ("転出予定年月日", "令和8年11月30日"))
WORDS = "一二三四五六七八九十百千町市県住所氏名年月日"
NUMBERS = (("個人番号", "1234 5678 9018"), ("住民票コード", "12345678903"))
LONG = "、".join(
    f"見本　名前{number}　令和2年4月{number}日本市記載　令和3年4月{number}日削除" for number in range(1, 17)
)


def _statement(kind: type[ResidentStatementSnapshot], *persons: PrintedPerson) -> ResidentStatementSnapshot:
    without = tuple(replace(one, my_number=None) for one in persons or STATEMENT.persons)
    base = replace(STATEMENT, options=CHOSEN, persons=without)
    return kind(**{field.name: getattr(base, field.name) for field in fields(base)})


def _texts(snapshot: ResidentStatementSnapshot, notes: StatementNotes, fonts: FontChain) -> list[dict[str, str]]:
    pages = counter_statement_plan(snapshot, notes, fonts)
    document = compose(snapshot, pages, fonts)
    assert inspect(document.content, pages, fonts).page_count == len(pages)
    with PdfDocument(document.content) as file:
        assert file.get_metadata_value("Title").startswith(snapshot.document_title)
    return told_by(pages)


@pytest.mark.parametrize("kind", [MoveOutSnapshot, LikeMoveOutSnapshot])
def test_s1_3_where_to_stands_on_every_page_and_numbers_below_each_person(
    kind: type[ResidentStatementSnapshot], fonts: FontChain
) -> None:
    notes = StatementNotes(HEAD, (NUMBERS, NUMBERS, NUMBERS), "（再交付）")
    first, second = _texts(_statement(kind, *STATEMENT.persons, FOREIGN), notes, fonts)
    for page in (first, second):
        assert (page["title"], page["mark"], page["転出先"]) == (kind.document_title, "（再交付）", HEAD[0][1])
    assert (first["person1.個人番号"], second["person3.住民票コード"]) == ("1234 5678 9018", "12345678903")
    assert ("certification" in first, second["certification"]) == (False, kind.certification)


def test_s1_3_a_removed_record_is_stated_as_such(fonts: FontChain) -> None:
    notes = StatementNotes(people=((("消除", "令和8年11月20日　転出"),),))
    (page,) = _texts(_statement(RemovedStatementSnapshot, RENAMED), notes, fonts)
    assert (page["title"], page["person1.消除"]) == ("除票記載事項証明書", "令和8年11月20日　転出")
    assert page["certification"] == "上記の事項は、除票に記載があることを証明する。"
    assert "mark" not in page


def test_a_statement_of_kiosks_is_what_it_was_without_notes(fonts: FontChain) -> None:
    pages = plan(STATEMENT, fonts)
    assert counter_statement_plan(STATEMENT, StatementNotes(), fonts) == pages
    again = plan(STATEMENT, fonts)
    assert all(
        one is other
        for page, same in zip(pages, again, strict=True)
        for one, other in zip(page.tables, same.tables, strict=True)
    )


def test_s1_3_the_longest_history_of_an_alias_has_room_and_a_longer_text_is_refused_by_its_name(
    fonts: FontChain,
) -> None:
    noted = (*NUMBERS, ("通称の履歴", LONG))
    (page,) = _texts(_statement(MoveOutSnapshot, FOREIGN), StatementNotes(HEAD, (noted,)), fonts)
    assert page["person1.通称の履歴"] == LONG
    for text in (LONG * 3, LONG * 30):
        with pytest.raises(TextOverflow) as refused:
            counter_statement_plan(
                _statement(MoveOutSnapshot, FOREIGN), StatementNotes(HEAD, ((("通称の履歴", text),),)), fonts
            )
        assert refused.value.field == "person1.通称の履歴"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 400), max_size=4), st.integers(1, 5))
def test_s1_3_whatever_is_noted_stands_whole_on_the_paper_or_is_refused(
    fonts: FontChain, lengths: list[int], persons: int
) -> None:
    """And what stands below each other never overlaps, which the inspection sees."""
    noted = tuple((f"欄{place}", (WORDS[place:] * length)[:length]) for place, length in enumerate(lengths))
    people, refused = ((RENAMED, FOREIGN) * 3)[:persons], ""
    try:
        pages = _texts(_statement(MoveOutSnapshot, *people), StatementNotes(HEAD, (noted,) * persons), fonts)
    except TextOverflow as overflow:
        pages, refused = [], overflow.field
    assert bool(pages) or refused.partition(".")[2] in dict(noted)
    for number in range(1, persons + 1) if pages else ():
        for label, text in noted:
            field = f"person{number}.{label}"
            assert [page[field] for page in pages if field in page] == [text]
