"""戸籍個人事項証明書: one person, the layout of the whole koseki, a title and a sentence of its own."""

from dataclasses import fields, replace

import pytest

from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    KosekiPerson,
    SnapshotInvalid,
    compose,
    inspect,
    page_count,
    plan,
    snapshot_digest,
)
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, koseki_person

SPECIMEN = replace(KOSEKI_INDIVIDUAL, specimen=True)


def test_an_honest_one_passes_the_inspection(fonts: FontChain) -> None:
    pages = plan(SPECIMEN, fonts)
    inspected = inspect(compose(SPECIMEN, pages, fonts).content, pages, fonts)
    assert (inspected.page_count, inspected.issuance_number) == (page_count(SPECIMEN), SPECIMEN.issuance_number)
    assert inspected.page_count == 1


def test_the_certification_is_of_some_of_the_koseki(fonts: FontChain) -> None:
    texts = {text.field: text.text for text in plan(SPECIMEN, fonts)[-1].texts}
    assert texts["title"] == "個人事項証明"
    assert texts["certification"] == "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。"
    assert (texts["domicile"], texts["first_registrant"]) == (SPECIMEN.domicile, SPECIMEN.first_registrant)
    assert texts["item1.heading"].endswith("戸籍編製")


def test_o1_another_person_of_the_same_koseki_is_found(fonts: FontChain) -> None:
    other = replace(SPECIMEN, persons=(KOSEKI.persons[0],))
    content = compose(SPECIMEN, plan(other, fonts), fonts).content
    with pytest.raises(IdentityMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


@pytest.mark.parametrize("persons", [(), KOSEKI.persons[:2]])
def test_it_is_of_exactly_one_person(persons: tuple[KosekiPerson, ...]) -> None:
    with pytest.raises(SnapshotInvalid):
        replace(KOSEKI_INDIVIDUAL, persons=persons)


def test_the_whole_koseki_of_one_person_is_another_document() -> None:
    facts = {field.name: getattr(KOSEKI_INDIVIDUAL, field.name) for field in fields(KOSEKI_INDIVIDUAL)}
    assert snapshot_digest(type(KOSEKI)(**facts)) != snapshot_digest(KOSEKI_INDIVIDUAL)


def test_what_cannot_be_drawn_is_refused_with_the_person(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        plan(replace(KOSEKI_INDIVIDUAL, persons=(koseki_person("\ue000"),)), fonts)
    assert refused.value.field == "person1.given_name"
