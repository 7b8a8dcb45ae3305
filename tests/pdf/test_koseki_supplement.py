"""戸籍の附票の写し: every address of everyone asked for, in order; the number of pages is known before drawing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    KosekiSupplementSnapshot,
    NumberMismatch,
    PageMismatch,
    SealMismatch,
    SnapshotInvalid,
    TextOverflow,
    compose,
    inspect,
    page_count,
    plan,
)
from pdf.layout import is_blank
from tests.pdf.other_kinds import SUPPLEMENT, supplement_person

_FONTS = FontChain()
SPECIMEN = replace(SUPPLEMENT, specimen=True)
ALONE = replace(
    SPECIMEN, whole=False, domicile=None, first_registrant=None, persons=(supplement_person("花子", "栃木県見本市通"),)
)


def printed(snapshot: KosekiSupplementSnapshot, fonts: FontChain) -> dict[str, str]:
    """Field to its whole text, over all pages and lines."""
    texts: dict[str, str] = {}
    for page in plan(snapshot, fonts):
        for text in page.texts:
            texts[text.field] = texts.get(text.field, "") + text.text
    return texts


@pytest.mark.parametrize(("snapshot", "pages"), [(SPECIMEN, 2), (ALONE, 1)], ids=["whole", "alone"])
def test_an_honest_one_passes_the_inspection(fonts: FontChain, snapshot: KosekiSupplementSnapshot, pages: int) -> None:
    planned = plan(snapshot, fonts)
    inspected = inspect(compose(snapshot, planned, fonts).content, planned, fonts)
    assert inspected.page_count == page_count(snapshot) == pages


def test_it_says_whether_it_is_of_everyone(fonts: FontChain) -> None:
    whole, alone = plan(SPECIMEN, fonts)[0], plan(ALONE, fonts)[0]
    scopes = [next(text.text for text in page.texts if text.field == "scope") for page in (whole, alone)]
    assert scopes == ["附票に記録されている者の全員", "附票に記録されている者の一部（請求者本人）"]
    sentence = next(text.text for text in alone.texts if text.field == "certification")
    assert sentence == "この写しは、戸籍の附票の原本と相違ないことを証明する。"


def test_what_was_not_asked_for_is_omitted_and_what_is_not_recorded_is_blank(fonts: FontChain) -> None:
    texts = printed(ALONE, fonts)
    assert (texts["domicile"], texts["first_registrant"]) == ("【省略】", "【省略】")
    whole = printed(SPECIMEN, fonts)
    assert (whole["person3.birth"], whole["person3.sex"]) == ("【空欄】", "【空欄】")
    undated = replace(SUPPLEMENT.persons[0].addresses[0], since=None)
    without = replace(SPECIMEN, persons=(replace(SUPPLEMENT.persons[0], addresses=(undated,)),))
    assert printed(without, fonts)["person1.address1.since"] == "【空欄】"


def test_mis_06_each_address_says_whose_it_is(fonts: FontChain) -> None:
    for page in plan(SPECIMEN, fonts):
        told = {text.field: text.text for text in page.texts if text.field.endswith(".of")}
        assert told == {field: f"（{field.removeprefix('person').split('.')[0]}）の住所" for field in told}
        assert told


def test_o1_an_address_of_another_person_is_found(fonts: FontChain) -> None:
    first, second, *others = SPECIMEN.persons
    swapped = replace(first, addresses=second.addresses), replace(second, addresses=first.addresses)
    content = compose(SPECIMEN, plan(replace(SPECIMEN, persons=(*swapped, *others)), fonts), fonts).content
    with pytest.raises(IdentityMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


def test_mis_06_an_exchanged_and_a_missing_page_are_found(fonts: FontChain) -> None:
    first, last = plan(SPECIMEN, fonts)
    other = plan(replace(SPECIMEN, issuance_number="20261123-01-00012351-0"), fonts)
    with pytest.raises(NumberMismatch) as failed:
        inspect(compose(SPECIMEN, [first, other[1]], fonts).content, plan(SPECIMEN, fonts), fonts)
    assert failed.value.page == 2
    with pytest.raises(PageMismatch):
        inspect(compose(SPECIMEN, [last], fonts).content, plan(SPECIMEN, fonts), fonts)


def test_d1_8_a_missing_seal_is_found(fonts: FontChain) -> None:
    first, last = plan(SPECIMEN, fonts)
    with pytest.raises(SealMismatch):
        inspect(compose(SPECIMEN, [first, replace(last, seal=None)], fonts).content, plan(SPECIMEN, fonts), fonts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"persons": ()},
        {"whole": False},
        {"domicile": None},
        {"first_registrant": None},
    ],
)
def test_what_is_no_supplement_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SnapshotInvalid):
        replace(SUPPLEMENT, **wrong)  # type: ignore[arg-type]  # what no snapshot may hold


def test_nobody_is_on_it_without_an_address() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(SUPPLEMENT.persons[0], addresses=())


def test_what_cannot_be_drawn_is_refused_with_the_address(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        plan(replace(SUPPLEMENT, persons=(supplement_person("太郎", "栃木県", "\ue000"),)), fonts)
    assert refused.value.field == "person1.address2"


_TEXTS = st.text(st.sampled_from("見本葛󠄂西市町番地一二三　A1-"), min_size=1, max_size=90).filter(
    lambda text: not is_blank(text)
)


@settings(max_examples=60)
@given(people=st.lists(st.lists(_TEXTS, min_size=1, max_size=12), min_size=1, max_size=7))
def test_any_supplement_has_the_pages_that_were_counted_and_every_address(people: list[list[str]]) -> None:
    persons = tuple(supplement_person("見本", *addresses) for addresses in people)
    snapshot = replace(SUPPLEMENT, persons=persons)
    try:
        pages = plan(snapshot, _FONTS)
    except (GlyphMissing, TextOverflow):
        return
    assert len(pages) == page_count(snapshot)
    texts = printed(snapshot, _FONTS)
    for number, addresses in enumerate(people, 1):
        assert [texts[f"person{number}.address{order}"] for order in range(1, len(addresses) + 1)] == addresses


def test_the_same_supplement_gives_the_same_bytes(fonts: FontChain) -> None:
    one, other = (compose(SUPPLEMENT, plan(SUPPLEMENT, fonts), fonts).content for _ in range(2))
    assert one == other
