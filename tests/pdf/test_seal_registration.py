"""印鑑登録証明書: the registered seal, exactly, in its size; anybody else's is found before it is signed."""

import hashlib
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from civil.recorded_date import RecordedDate
from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    PageMismatch,
    RegisteredSeal,
    SealMismatch,
    SnapshotInvalid,
    compose,
    draw_registered_seal,
    inspect,
    page_count,
    plan,
    snapshot_digest,
)
from pdf.layout import MM
from pdf.metadata import issuance_number_in, title
from tests.pdf.other_kinds import HOLDER, KOSEKI, SEAL_CERTIFICATE, registered

SPECIMEN = replace(SEAL_CERTIFICATE, specimen=True)


def composed_as(drawn: object, fonts: FontChain) -> bytes:
    snapshot = replace(SPECIMEN, **drawn)  # type: ignore[arg-type]  # tests name the fields they change
    return compose(snapshot, plan(snapshot, fonts), fonts).content


def printed(fonts: FontChain, **changes: object) -> dict[str, str]:
    snapshot = replace(SPECIMEN, holder=replace(HOLDER, **changes))  # type: ignore[arg-type]
    texts: dict[str, str] = {}
    for text in plan(snapshot, fonts)[0].texts:
        texts[text.field] = texts.get(text.field, "") + text.text
    return texts


def test_an_honest_certificate_passes_on_one_page(fonts: FontChain) -> None:
    pages = plan(SPECIMEN, fonts)
    document = compose(SPECIMEN, pages, fonts)
    inspected = inspect(document.content, pages, fonts)
    assert (inspected.page_count, page_count(SPECIMEN)) == (1, 1)
    assert (inspected.digest, inspected.issuance_number) == (document.digest, SPECIMEN.issuance_number)


def test_it_says_what_is_registered_and_certifies_it(fonts: FontChain) -> None:
    texts = printed(fonts)
    assert texts["name"] == HOLDER.name
    assert texts["birth"] == "昭和60年4月1日"
    assert texts["address"] == HOLDER.address
    assert texts["certification"] == "この写しは、登録された印影と相違ないことを証明する。"
    assert not {"former_surname", "alias", "sex"} & set(texts)


def test_former_surname_alias_and_a_foreign_birth_are_printed_where_registered(fonts: FontChain) -> None:
    assert printed(fonts, former_surname="手本")["former_surname"] == "手本"
    foreign = printed(fonts, alias="阮　明英", is_foreign=True, birth=RecordedDate(date(1990, 12, 31)))
    assert (foreign["alias"], foreign["birth"]) == ("阮　明英", "1990年12月31日")


def test_mis_07_another_persons_seal_is_found(fonts: FontChain) -> None:
    content = composed_as({"registered_seal": registered("手本花子")}, fonts)
    with pytest.raises(SealMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


def test_mis_07_one_pixel_of_the_registered_seal_is_found(fonts: FontChain) -> None:
    with Image.open(BytesIO(SPECIMEN.registered_seal.png)) as image:
        image.putpixel((100, 100), (0, 0, 0))
        file = BytesIO()
        image.save(file, "PNG", dpi=(300, 300))
    content = composed_as(
        {"registered_seal": RegisteredSeal(file.getvalue(), hashlib.sha256(file.getvalue()).digest())}, fonts
    )
    with pytest.raises(SealMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


@pytest.mark.parametrize("lost", ["seal", "registered_seal"])
def test_a_seal_that_is_not_drawn_is_found(fonts: FontChain, lost: str) -> None:
    pages = plan(SPECIMEN, fonts)
    content = compose(SPECIMEN, [replace(pages[0], **{lost: None})], fonts).content  # type: ignore[arg-type]
    with pytest.raises(SealMismatch):
        inspect(content, pages, fonts)


def test_two_seals_that_changed_places_are_found(fonts: FontChain) -> None:
    (page,) = pages = plan(SPECIMEN, fonts)
    assert page.seal is not None
    assert page.registered_seal is not None
    swapped = replace(
        page,
        seal=replace(page.seal, png=page.registered_seal.png),
        registered_seal=replace(page.registered_seal, png=page.seal.png),
    )
    with pytest.raises(SealMismatch):
        inspect(compose(SPECIMEN, [swapped], fonts).content, pages, fonts)


def test_o1_another_persons_name_is_found(fonts: FontChain) -> None:
    content = composed_as({"holder": replace(HOLDER, name="手本　花子")}, fonts)
    with pytest.raises(IdentityMismatch):
        inspect(content, plan(SPECIMEN, fonts), fonts)


def test_a_certificate_of_another_kind_is_found(fonts: FontChain) -> None:
    koseki = compose(KOSEKI, plan(KOSEKI, fonts), fonts).content
    with pytest.raises(PageMismatch):
        inspect(koseki, plan(SPECIMEN, fonts), fonts)
    assert snapshot_digest(KOSEKI) != snapshot_digest(SEAL_CERTIFICATE)


def test_the_seal_has_the_size_in_which_it_was_registered(fonts: FontChain) -> None:
    (page,) = plan(SPECIMEN, fonts)
    assert page.registered_seal is not None
    assert page.registered_seal.box.width == pytest.approx(213 / 300 * 25.4 * MM, abs=0.05)
    assert page.registered_seal.box.height == pytest.approx(page.registered_seal.box.width)


def test_an_image_that_is_not_the_registered_one_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        RegisteredSeal(draw_registered_seal("見本花子"), hashlib.sha256(draw_registered_seal("手本花子")).digest())


@pytest.mark.parametrize("dpi", [None, 100, 900])
def test_a_seal_of_no_known_or_no_possible_size_is_refused(dpi: int | None) -> None:
    file = BytesIO()
    Image.new("RGB", (213, 213)).save(file, "PNG", **({} if dpi is None else {"dpi": (dpi, dpi)}))
    with pytest.raises(SnapshotInvalid):
        RegisteredSeal(file.getvalue(), hashlib.sha256(file.getvalue()).digest())


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        RegisteredSeal(b"png", hashlib.sha256(b"png").digest())


def test_a_name_that_cannot_be_drawn_is_refused_with_its_field(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        printed(fonts, name="見本\ue000")
    assert refused.value.field == "name"


@pytest.mark.parametrize("snapshot", [SEAL_CERTIFICATE, KOSEKI])
def test_the_title_of_every_kind_gives_its_number(snapshot: object) -> None:
    assert issuance_number_in(title(snapshot)) == snapshot.issuance_number  # type: ignore[arg-type, attr-defined]
    assert issuance_number_in("他の文書　1") is None
