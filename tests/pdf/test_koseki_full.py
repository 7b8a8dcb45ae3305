"""戸籍全部事項証明書: every page is of this koseki, in order, whole; the number of pages is known before drawing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    InspectionFailed,
    KosekiFullSnapshot,
    KosekiItem,
    KosekiParagraph,
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
from tests.pdf.other_kinds import BIRTH, KOSEKI, MARRIAGE, item, koseki_person
from tests.pdf.samples import SNAPSHOT, named

_FONTS = FontChain()
SPECIMEN = replace(KOSEKI, specimen=True)
OTHER = replace(SPECIMEN, persons=(*SPECIMEN.persons[:3], koseki_person("蓮", relationship="長女", items=(BIRTH,))))


def refuse(kind: type[InspectionFailed], pages: list[object], fonts: FontChain) -> InspectionFailed:
    content = compose(SPECIMEN, pages, fonts).content  # type: ignore[arg-type]  # pages of plans
    with pytest.raises(kind) as failed:
        inspect(content, plan(SPECIMEN, fonts), fonts)
    return failed.value


def test_an_honest_koseki_of_three_pages_passes(fonts: FontChain) -> None:
    pages = plan(SPECIMEN, fonts)
    inspected = inspect(compose(SPECIMEN, pages, fonts).content, pages, fonts)
    assert inspected.page_count == page_count(SPECIMEN) == 3


def test_mis_06_number_page_and_koseki_stand_on_every_page(fonts: FontChain) -> None:
    pages = plan(SPECIMEN, fonts)
    for number, page in enumerate(pages, 1):
        texts = {text.field: text.text for text in page.texts}
        assert texts["issuance_number"] == SPECIMEN.issuance_number
        assert texts["page_number"] == f"{number}/3"
        assert (texts["domicile"], texts["first_registrant"]) == (SPECIMEN.domicile, SPECIMEN.first_registrant)
        assert ("certification" in texts, page.seal is not None) == (number == 3, number == 3)
        assert texts.get("continued") == (None if number == 3 else "（次のページに続く）")


def test_the_certification_is_of_the_whole_koseki(fonts: FontChain) -> None:
    texts = {text.field: text.text for text in plan(SPECIMEN, fonts)[-1].texts}
    assert texts["certification"] == "これは、戸籍に記録されている事項の全部を証明した書面である。"


def test_mis_06_a_missing_page_is_found(fonts: FontChain) -> None:
    first, _, last = plan(SPECIMEN, fonts)
    refuse(PageMismatch, [first, last], fonts)


def test_mis_06_the_middle_page_of_another_koseki_is_found(fonts: FontChain) -> None:
    other = replace(SPECIMEN, persons=tuple(replace(one, father="手本　一郎") for one in SPECIMEN.persons))
    first, _, last = plan(SPECIMEN, fonts)
    found = refuse(IdentityMismatch, [first, plan(other, fonts)[1], last], fonts)
    assert found.page == 2


def test_mis_06_a_page_with_another_number_is_found(fonts: FontChain) -> None:
    other = plan(replace(SPECIMEN, issuance_number="20261123-01-00012348-0"), fonts)
    first, _, last = plan(SPECIMEN, fonts)
    assert refuse(NumberMismatch, [first, other[1], last], fonts).page == 2


def test_mis_06_pages_in_another_order_are_found(fonts: FontChain) -> None:
    first, second, third = plan(SPECIMEN, fonts)
    refuse(InspectionFailed, [second, first, third], fonts)


def test_mis_06_the_last_page_of_another_document_is_found(fonts: FontChain) -> None:
    household = replace(SNAPSHOT, persons=named(*"甲乙丙丁戊己庚辛壬"), specimen=True)
    first, second, _ = plan(SPECIMEN, fonts)
    refuse(InspectionFailed, [first, second, plan(household, fonts)[2]], fonts)


def test_d1_8_a_missing_seal_is_found(fonts: FontChain) -> None:
    *first, last = plan(SPECIMEN, fonts)
    refuse(SealMismatch, [*first, replace(last, seal=None)], fonts)


def test_o1_one_member_of_another_koseki_is_found(fonts: FontChain) -> None:
    first, second, _ = plan(SPECIMEN, fonts)
    refuse(IdentityMismatch, [first, second, plan(OTHER, fonts)[2]], fonts)


def test_who_left_the_koseki_is_marked(fonts: FontChain) -> None:
    marked = [text for page in plan(SPECIMEN, fonts) for text in page.texts if text.field.endswith(".removed")]
    assert [(text.field, text.text) for text in marked] == [("person3.removed", "　　（除　籍）")]


def test_an_item_longer_than_a_page_goes_on_under_its_heading(fonts: FontChain) -> None:
    long = item("婚姻", *((f"記録{n}", "昭和60年4月1日") for n in range(50)))
    snapshot = replace(SPECIMEN, persons=(koseki_person("太郎", items=(long,)),))
    pages = plan(snapshot, fonts)
    assert [any(text.field == "person1.item1.heading" for text in page.texts) for page in pages] == [False, True, True]
    assert inspect(compose(snapshot, pages, fonts).content, pages, fonts).page_count == len(pages)


def test_a_koseki_of_nobody_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(KOSEKI, persons=())


def test_what_cannot_be_drawn_is_refused_with_the_person(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        plan(replace(KOSEKI, persons=(koseki_person("太郎"), koseki_person("\ue000"))), fonts)
    assert refused.value.field == "person2.given_name"


_TEXTS = st.text(st.sampled_from("見本葛󠄂西花子年月日一二三　A1-"), min_size=1, max_size=120).filter(
    lambda text: not is_blank(text)
)
_ITEMS = st.builds(
    KosekiItem,
    st.sampled_from(["出生", "婚姻", "養子縁組"]),
    st.lists(st.builds(KosekiParagraph, st.sampled_from(["出生日", "従前戸籍"]), _TEXTS), max_size=9).map(tuple),
)


@settings(max_examples=60)
@given(
    items=st.lists(_ITEMS, max_size=4).map(tuple),
    persons=st.lists(st.lists(_ITEMS, max_size=6).map(tuple), min_size=1, max_size=6),
)
def test_any_koseki_has_the_pages_that_were_counted_and_every_character(
    items: tuple[KosekiItem, ...], persons: list[tuple[KosekiItem, ...]]
) -> None:
    people = tuple(koseki_person("見本", items=own) for own in persons)
    snapshot: KosekiFullSnapshot = replace(KOSEKI, items=items, persons=people)
    try:
        pages = plan(snapshot, _FONTS)
    except (GlyphMissing, TextOverflow):
        return
    assert len(pages) == page_count(snapshot)
    printed: dict[str, str] = {}
    for page in pages:
        for text in page.texts:
            printed[text.field] = printed.get(text.field, "") + text.text
    for number, own in enumerate(persons, 1):
        for order, one in enumerate(own, 1):
            for place, paragraph in enumerate(one.paragraphs, 1):
                field = f"person{number}.item{order}.paragraph{place}"
                assert printed[field] == paragraph.content


def test_the_same_koseki_gives_the_same_bytes(fonts: FontChain) -> None:
    one, other = (compose(KOSEKI, plan(KOSEKI, fonts), fonts).content for _ in range(2))
    assert one == other
    assert MARRIAGE in KOSEKI.persons[0].items
