"""住民票記載事項証明書: the items that were chosen, of everyone chosen, and no other item."""

from dataclasses import fields, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    NumberMismatch,
    PageMismatch,
    PrintedPerson,
    ResidentOptions,
    ResidentRecordSnapshot,
    ResidentStatementSnapshot,
    SnapshotInvalid,
    TextOverflow,
    compose,
    inspect,
    page_count,
    plan,
)
from pdf.forms.resident_statement import PERSONS_FOOT
from pdf.layout import is_blank
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT, named
from tests.pdf.statement_samples import ITEMS, RENAMED, STATEMENT, items, statement

_FONTS = FontChain()
SPECIMEN = replace(STATEMENT, specimen=True)
EVERYTHING = items(*ITEMS)
NAMES = {"furigana", "name", "birth", "sex"}
FIELDS = {
    "relationship": ({"relationship"}, {"relationship"}),
    "domicile": ({"domicile", "first_registrant"}, set[str]()),
    "my_number": ({"my_number"}, {"my_number"}),
    "nationality": (set[str](), {"nationality"}),
    "residence_status": (
        set[str](),
        {"residence_category", "residence_status", "residence_period", "residence_expires_on"},
    ),
    "residence_card_number": (set[str](), {"residence_card_number"}),
    "resident_since": ({"resident_since"}, {"foreign_resident_since"}),
    "address_since": ({"address_since", "notified_on"},) * 2,
    "previous_address": ({"address_before_move_in", "address_before_move"},) * 2,
}
"""Item to the fields that it puts on the paper, of a Japanese and of a foreign resident."""


def printed(snapshot: ResidentStatementSnapshot | ResidentRecordSnapshot, fonts: FontChain) -> dict[str, str]:
    """Field to its whole text, over all pages and lines."""
    texts: dict[str, str] = {}
    for page in plan(snapshot, fonts):
        repeated = texts.keys() & {"address", "head_name"} if page.number > 1 else set()
        for text in page.texts:
            if text.field not in repeated:
                texts[text.field] = texts.get(text.field, "") + text.text
    return texts


def person_fields(texts: dict[str, str], number: int) -> set[str]:
    prefix = f"person{number}."
    return {field.removeprefix(prefix) for field in texts if field.startswith(prefix)} - {"order"}


@pytest.mark.parametrize(
    ("snapshot", "pages"),
    [
        (SPECIMEN, 1),
        (replace(SPECIMEN, persons=(JAPANESE, RENAMED, FOREIGN, JAPANESE), options=EVERYTHING), 3),
        (replace(SPECIMEN, persons=named(*"甲乙丙丁戊己庚辛壬"), options=items()), 2),
    ],
    ids=["two items", "everything", "nine persons"],
)
def test_an_honest_one_passes_the_inspection(fonts: FontChain, snapshot: ResidentStatementSnapshot, pages: int) -> None:
    planned = plan(snapshot, fonts)
    inspected = inspect(compose(snapshot, planned, fonts).content, planned, fonts)
    assert inspected.page_count == page_count(snapshot) == pages


def test_title_and_certification_are_its_own(fonts: FontChain) -> None:
    texts = printed(SPECIMEN, fonts)
    assert texts["title"] == "住民票記載事項証明書"
    assert texts["certification"] == "上記の事項は、住民票に記載があることを証明する。"


def test_every_item_has_its_fields() -> None:
    assert set(FIELDS) == set(ITEMS)
    assert set(ITEMS) > {field.name for field in fields(ResidentOptions)}


@settings(max_examples=60)
@given(chosen=st.sets(st.sampled_from(ITEMS)))
def test_the_chosen_items_are_on_it_and_no_others(chosen: set[str]) -> None:
    texts = printed(statement(JAPANESE, FOREIGN, options=items(*chosen)), _FONTS)
    japanese, foreign = (set[str]().union(*(FIELDS[item][of] for item in chosen)) for of in (0, 1))
    assert person_fields(texts, 1) == NAMES | japanese
    assert person_fields(texts, 2) == (NAMES - {"furigana"}) | {"alias"} | foreign
    assert ("head_name" in texts) == ("relationship" in chosen)
    assert "【省略】" not in texts.values()


def test_what_is_chosen_and_not_recorded_is_blank(fonts: FontChain) -> None:
    bare = replace(JAPANESE, address_before_move=None, domicile=None)
    texts = printed(statement(bare, options=items("domicile", "previous_address")), fonts)
    assert (texts["person1.domicile"], texts["person1.address_before_move"]) == ("【空欄】", "【空欄】")


def test_o1_another_person_is_found(fonts: FontChain) -> None:
    other = replace(SPECIMEN, persons=(replace(JAPANESE, name="手本　一郎"), RENAMED))
    content = compose(SPECIMEN, plan(other, fonts), fonts).content
    with pytest.raises(IdentityMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


def test_an_item_that_was_not_chosen_is_found(fonts: FontChain) -> None:
    more = replace(SPECIMEN, options=items("relationship", "address_since", "my_number"))
    content = compose(SPECIMEN, plan(more, fonts), fonts).content
    with pytest.raises(IdentityMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


def test_mis_06_an_exchanged_and_a_missing_page_are_found(fonts: FontChain) -> None:
    long = replace(SPECIMEN, persons=named(*"甲乙丙丁戊己庚辛壬"))
    first, *_, last = plan(long, fonts)
    other = plan(replace(long, issuance_number="20261123-01-00012353-7"), fonts)
    with pytest.raises(NumberMismatch) as failed:
        inspect(compose(long, [first, other[1], last], fonts).content, plan(long, fonts), fonts)
    assert failed.value.page == 2
    with pytest.raises(PageMismatch):
        inspect(compose(long, [last], fonts).content, plan(long, fonts), fonts)


def test_one_of_nobody_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(STATEMENT, persons=())


@settings(max_examples=60)
@given(
    chosen=st.sets(st.sampled_from(ITEMS)),
    people=st.lists(st.sampled_from([JAPANESE, RENAMED, FOREIGN]), min_size=1, max_size=12),
)
def test_everyone_stands_above_the_certification_on_the_pages_that_were_counted(
    chosen: set[str], people: list[PrintedPerson]
) -> None:
    snapshot = statement(*people, options=items(*chosen))
    pages = plan(snapshot, _FONTS)
    assert len(pages) == page_count(snapshot)
    assert sum(len(page.tables) - 1 for page in pages) == len(people)
    for page in pages:
        for above, below in zip(page.tables, page.tables[1:], strict=False):
            assert above.top + above.height < below.top
        assert page.tables[-1].top + page.tables[-1].height <= PERSONS_FOOT


# By whole characters: a selector that follows any other character is no glyph of any font.
_TEXTS = (
    st.lists(
        st.sampled_from(
            ["見", "本", "葛\U000e0102", "西", "市", "町", "番", "地", "一", "二", "三", "　", "A", "1", "-"]
        ),
        min_size=1,
        max_size=90,
    )
    .map("".join)
    .filter(lambda text: not is_blank(text))
)


@settings(max_examples=60)
@given(name=_TEXTS, furigana=_TEXTS, former=_TEXTS, address=_TEXTS, before=_TEXTS, domicile=_TEXTS)
def test_what_fits_the_record_fits_the_statement(
    name: str, furigana: str, former: str, address: str, before: str, domicile: str
) -> None:
    person = replace(
        JAPANESE,
        name=name,
        furigana=furigana,
        former_surname=former,
        domicile=domicile,
        first_registrant=name,
        address_before_move_in=before,
        address_before_move=before,
    )
    record = replace(SNAPSHOT, persons=(person,), address=address, head_name=name)
    try:
        plan(record, _FONTS)
    except (GlyphMissing, TextOverflow):
        assume(False)
    stated = replace(statement(person, options=EVERYTHING), address=address, head_name=name)
    texts = printed(stated, _FONTS)
    assert (texts["person1.name"], texts["person1.domicile"], texts["address"]) == (name, domicile, address)
