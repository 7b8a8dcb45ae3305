"""罹災証明書: this person, this dwelling, this degree; anything else is found before it is signed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.disaster import DEGREES
from civil.recorded_date import RecordedDate
from pdf import (
    DisasterDamageSnapshot,
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    SnapshotInvalid,
    TextOverflow,
    compose,
    inspect,
    page_count,
    plan,
)
from tests.pdf.damage_samples import DAMAGE, DISASTER_DAMAGE, HOLDER


def printed(snapshot: DisasterDamageSnapshot, fonts: FontChain) -> dict[str, str]:
    texts: dict[str, str] = {}
    for text in plan(snapshot, fonts)[0].texts:
        texts[text.field] = texts.get(text.field, "") + text.text
    return texts


def test_an_honest_certificate_passes_on_one_page(fonts: FontChain) -> None:
    specimen = replace(DISASTER_DAMAGE, specimen=True)
    pages = plan(specimen, fonts)
    document = compose(specimen, pages, fonts)
    inspected = inspect(document.content, pages, fonts)
    assert (inspected.page_count, page_count(specimen)) == (1, 1)
    assert (inspected.digest, inspected.issuance_number) == (document.digest, specimen.issuance_number)


def test_it_says_whose_dwelling_which_disaster_and_how_far(fonts: FontChain) -> None:
    texts = printed(DISASTER_DAMAGE, fonts)
    assert (texts["title"], texts["name"], texts["address"]) == ("罹災証明書", HOLDER.name, HOLDER.address)
    assert (texts["birth"], texts["struck_on"]) == ("昭和60年4月1日", "令和8年9月12日")
    assert (texts["damage_number"], texts["disaster"], texts["cause"]) == ("R8-00012", DAMAGE.disaster, DAMAGE.cause)
    assert (texts["dwelling_address"], texts["degree"]) == (DAMAGE.dwelling_address, "大規模半壊")
    assert texts["certification"] == "上記のとおり相違ないことを証明する。"


def test_a_foreign_residents_birth_is_western(fonts: FontChain) -> None:
    holder = replace(HOLDER, is_foreign=True, birth=RecordedDate(date(1990, 12, 31)))
    assert printed(replace(DISASTER_DAMAGE, holder=holder), fonts)["birth"] == "1990年12月31日"


@pytest.mark.parametrize("degree", DEGREES)
def test_every_degree_is_printed_as_the_guideline_names_it(fonts: FontChain, degree: str) -> None:
    assert printed(replace(DISASTER_DAMAGE, damage=replace(DAMAGE, degree=degree)), fonts)["degree"] == DEGREES[degree]


def test_a_degree_that_there_is_not_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(DAMAGE, degree="slight")


@pytest.mark.parametrize(
    "other",
    [
        {"holder": replace(HOLDER, name="手本　花子")},
        {"damage": replace(DAMAGE, degree="total")},
        {"damage": replace(DAMAGE, damage_number="R8-00013")},
    ],
)
def test_o1_another_person_degree_or_dwelling_is_found(fonts: FontChain, other: dict[str, object]) -> None:
    drawn = replace(DISASTER_DAMAGE, **other)  # type: ignore[arg-type]  # the fields that differ
    with pytest.raises(IdentityMismatch):
        inspect(compose(drawn, plan(drawn, fonts), fonts).content, plan(DISASTER_DAMAGE, fonts), fonts)


@pytest.mark.parametrize(("cause", "error"), [("浸水\ue000", GlyphMissing), ("浸水" * 400, TextOverflow)])
def test_what_cannot_be_printed_is_refused_with_its_field(
    fonts: FontChain, cause: str, error: type[GlyphMissing | TextOverflow]
) -> None:
    with pytest.raises(error) as refused:
        plan(replace(DISASTER_DAMAGE, damage=replace(DAMAGE, cause=cause)), fonts)
    assert refused.value.field == "cause"


@given(st.text(alphabet="栃木県見本市通二丁目番地０９", min_size=1, max_size=400))
def test_any_address_is_printed_whole_or_refused(fonts: FontChain, address: str) -> None:
    snapshot = replace(DISASTER_DAMAGE, damage=replace(DAMAGE, dwelling_address=address))
    try:
        assert printed(snapshot, fonts)["dwelling_address"] == address
    except TextOverflow as refused:
        assert refused.field == "dwelling_address"  # noqa: PT017 - one of the two must be
