"""The visible seal on paper: what it says, that it is read back, and that another one is found before anything is signed."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from pdf import (
    FontChain,
    InspectionFailed,
    PageMismatch,
    PagePlan,
    Sealed,
    SealMismatch,
    Snapshot,
    StatusPlace,
    VisibleSealMismatch,
    compose,
    inspect,
    plan,
    with_codes,
)
from pdf.layout import MM, PAGE_HEIGHT
from pdf.snapshots import SNAPSHOTS
from pdf.visible_seal.seal_code import PLACE, SealCode
from pdf.visible_seal.statement import read_token, token_in
from pdf.visible_seal.to_compare import LONGEST_NAME_BYTES, FactsToCompare
from tests.pdf import rewriting
from tests.pdf.damage_samples import DISASTER_DAMAGE
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, SEAL_CERTIFICATE, SUPPLEMENT
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT, named
from tests.pdf.sealing import KEY, sealed, sealed_pages
from tests.pdf.statement_samples import STATEMENT
from tests.pdf.tax_samples import ASSESSMENT

HOUSEHOLD = replace(
    SNAPSHOT, persons=(*named("葛󠄂西　花子", "𠮷田　一", "見本　三", "見本　四"), FOREIGN), specimen=True
)
KINDS: dict[str, Snapshot] = {
    "resident": HOUSEHOLD,
    "seal": SEAL_CERTIFICATE,
    "koseki": KOSEKI,
    "supplement": SUPPLEMENT,
    "statement": STATEMENT,
    "individual": KOSEKI_INDIVIDUAL,
    "tax": ASSESSMENT,
    "damage": DISASTER_DAMAGE,
}


@pytest.fixture(params=sorted(KINDS))
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    return KINDS[request.param]


def composed(snapshot: Snapshot, pages: tuple[PagePlan, ...], fonts: FontChain) -> bytes:
    return compose(snapshot, pages, fonts).content


def test_every_kind_has_a_sample_here() -> None:
    families = {kind.__mro__[-2] for kind in SNAPSHOTS}
    assert {type(sample).__mro__[-2] for sample in KINDS.values()} == families


def scanned(content: bytes, dots_per_inch: int = 300) -> list[list[str]]:
    """What a reader finds on each printed page."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in document]
    return [[found.text for found in zxingcpp.read_barcodes(page)] for page in pages]


def with_tokens(snapshot: Snapshot, fonts: FontChain, tokens: tuple[bytes, ...]) -> bytes:
    """The file of `snapshot` with other tokens on its pages."""
    return composed(snapshot, with_codes(plan(snapshot, fonts), Sealed(snapshot, tokens)), fonts)


def refuse(content: bytes, snapshot: Snapshot, fonts: FontChain, kind: type[InspectionFailed]) -> InspectionFailed:
    return rewriting.refuse(kind, content, snapshot, sealed_pages(snapshot, fonts), fonts)


def test_each_page_of_every_kind_bears_one_code_that_a_reader_finds(snapshot: Snapshot, fonts: FontChain) -> None:
    pages = sealed_pages(snapshot, fonts)
    content = composed(snapshot, pages, fonts)
    codes = scanned(content)
    assert [len(found) for found in codes] == [1] * len(pages)
    tokens = [read_token(token_in(found[0])) for found in codes]
    assert all(token.is_of(KEY.public) and token.key_id == KEY.public.key_id for token in tokens)
    assert [(token.statement.page, token.statement.pages) for token in tokens] == [
        (number, len(pages)) for number in range(1, len(pages) + 1)
    ]
    assert {token.statement.issuance_number for token in tokens} == {snapshot.issuance_number}
    assert {token.statement.municipality_code for token in tokens} == {"092029"}
    assert inspect(content, pages, fonts).tokens == sealed(snapshot).tokens


def test_the_code_says_what_stands_on_the_sheet(fonts: FontChain) -> None:
    for snapshot, name, birth, persons in (
        (HOUSEHOLD, "葛󠄂西　花子", "昭和60年4月1日", 5),
        (replace(SNAPSHOT, persons=(FOREIGN,)), FOREIGN.name, "1990年12月31日", 1),
        (SEAL_CERTIFICATE, "見本　花子", "昭和60年4月1日", 1),
        (KOSEKI, "見本　太郎", "昭和60年4月1日", 4),
    ):
        statement = read_token(sealed(snapshot).tokens[0]).statement
        assert (statement.subject_name, statement.subject_birth, statement.persons) == (name, birth, persons)
        printed = "".join(text.text for page in plan(snapshot, fonts) for text in page.texts)
        assert name in printed
        assert birth in printed


def test_texts_planned_without_fonts_are_those_planned_with_them(snapshot: Snapshot, fonts: FontChain) -> None:
    tokens = [read_token(token) for token in sealed(snapshot).tokens]
    digests = [token.statement.page_digest for token in tokens]
    assert len(set(digests)) == len(plan(snapshot, fonts))
    # The inspection makes the digest anew, from the texts that the fonts have wrapped.
    inspect(composed(snapshot, sealed_pages(snapshot, fonts), fonts), sealed_pages(snapshot, fonts), fonts)


def test_same_snapshot_same_bytes(snapshot: Snapshot, fonts: FontChain) -> None:
    one, other = (composed(snapshot, sealed_pages(snapshot, fonts), fonts) for _ in range(2))
    assert one == other


def test_the_code_and_its_quiet_zone_touch_no_text(snapshot: Snapshot, fonts: FontChain) -> None:
    for page in plan(snapshot, fonts):
        assert all(table.frame().y > PLACE.y + PLACE.height for table in page.tables)
        for text in page.texts:
            across = sum(glyph.advance for glyph in fonts.glyphs(text.text) if glyph is not None) * text.size
            beside = text.x > PLACE.x + PLACE.width or text.x + across < PLACE.x
            above = text.y > PLACE.y + PLACE.height or text.y + text.size < PLACE.y
            assert text.angle or beside or above, text.field


def test_the_place_is_in_the_foot_area_of_the_sheet() -> None:
    assert PAGE_HEIGHT - PLACE.y <= 279 * MM
    assert PLACE.width == PLACE.height == 20 * MM


def test_a_file_without_its_code_is_found(snapshot: Snapshot, fonts: FontChain) -> None:
    refuse(composed(snapshot, plan(snapshot, fonts), fonts), snapshot, fonts, SealMismatch)


def test_codes_of_two_pages_that_changed_places_are_found(fonts: FontChain) -> None:
    swapped = with_tokens(HOUSEHOLD, fonts, tuple(reversed(sealed(HOUSEHOLD).tokens)))
    assert refuse(swapped, HOUSEHOLD, fonts, VisibleSealMismatch).page == 1


def test_the_code_of_another_certificate_is_found(fonts: FontChain) -> None:
    other = sealed(replace(SNAPSHOT, issuance_number="092029-20261123-0000012346"))
    refuse(with_tokens(SNAPSHOT, fonts, other.tokens), SNAPSHOT, fonts, VisibleSealMismatch)


@pytest.mark.parametrize(
    "change",
    [
        {"issuance_number": "092029-20261123-0000012346"},
        {"address": "栃木県見本市緑町1番地"},
        {"salt": bytes(15) + b"\1"},
        {"persons": (replace(JAPANESE, name="見本　次郎"),)},
    ],
    ids=["number", "address", "salt", "name"],
)
def test_a_token_that_is_about_another_text_is_found_though_it_is_the_planned_one(
    fonts: FontChain, change: dict[str, object]
) -> None:
    foreign = Sealed(SNAPSHOT, sealed(replace(SNAPSHOT, **change)).tokens)  # type: ignore[arg-type]
    pages = with_codes(plan(SNAPSHOT, fonts), foreign)
    with pytest.raises(VisibleSealMismatch):
        inspect(composed(SNAPSHOT, pages, fonts), pages, fonts)


def edited(content: bytes, edit: Callable[[pikepdf.Pdf], None]) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(content)) as file:
        edit(file)
        file.save(result)
    return result.getvalue()


def _blacken(body: bytes) -> bytes:
    return _image(body, lambda pixels: bytes(len(pixels)))


def _one_pixel(body: bytes) -> bytes:
    """Too little for a reader of codes to see."""
    return _image(body, lambda pixels: bytes((pixels[0] ^ 0x80,)) + pixels[1:])


def _more_than_shown(body: bytes) -> bytes:
    return rewriting.with_length(body.removesuffix(b"\nendstream") + b"hidden" + b"\nendstream")


def _image(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    head, _, rest = body.partition(b"\nstream\n")
    return head + b"\nstream\n" + change(rest.removesuffix(b"\nendstream")) + b"\nendstream"


def _other_salt(body: bytes) -> bytes:
    return re.sub(rb"/SealSalt<..", b"/SealSalt<ee", body)


def _no_salt(body: bytes) -> bytes:
    return re.sub(rb"/SealSalt<[0-9a-f]+>", b"", body)


def _masked(body: bytes) -> bytes:
    return body.replace(b"/ColorSpace/DeviceGray", b"/Mask[0 0]/ColorSpace/DeviceGray")


@pytest.mark.parametrize(
    ("begins", "change"),
    [
        (b"/BitsPerComponent 1/", _blacken),
        (b"/BitsPerComponent 1/", _one_pixel),
        (b"/BitsPerComponent 1/", _more_than_shown),
        (b"/BitsPerComponent 1/", _masked),
        (b"<</Title", _other_salt),
        (b"<</Title", _no_salt),
    ],
)
def test_a_code_that_was_spoilt_in_the_file_is_found(
    fonts: FontChain, begins: bytes, change: Callable[[bytes], bytes]
) -> None:
    content = composed(SNAPSHOT, sealed_pages(SNAPSHOT, fonts), fonts)
    spoilt = rewriting.rewritten(content, lambda _, body: change(body) if begins in body[:200] else body)
    assert spoilt != content
    refuse(spoilt, SNAPSHOT, fonts, VisibleSealMismatch)


def test_a_file_that_another_program_saved_is_found(fonts: FontChain) -> None:
    content = composed(SNAPSHOT, sealed_pages(SNAPSHOT, fonts), fonts)
    refuse(edited(content, lambda _: None), SNAPSHOT, fonts, PageMismatch)


def test_a_second_code_on_the_page_is_found(fonts: FontChain) -> None:
    def twice(file: pikepdf.Pdf) -> None:
        page = file.pages[0]
        again = b"\n/Artifact<</Type/Pagination>>BDC q 56.69 0 0 56.69 300 120 cm /SealCode Do Q EMC\n"
        page.Contents = file.make_stream(page.Contents.read_bytes() + again)

    content = edited(composed(SNAPSHOT, sealed_pages(SNAPSHOT, fonts), fonts), twice)
    refuse(content, SNAPSHOT, fonts, SealMismatch)


def test_a_code_where_none_is_planned_is_found(fonts: FontChain) -> None:
    content = composed(SNAPSHOT, sealed_pages(SNAPSHOT, fonts), fonts)
    with pytest.raises((SealMismatch, PageMismatch)):
        inspect(content, plan(SNAPSHOT, fonts), fonts)


def test_the_salt_of_the_snapshot_stays_with_us(fonts: FontChain) -> None:
    secret = replace(SNAPSHOT, salt=b"sixteen secrets!")
    content = composed(secret, sealed_pages(secret, fonts), fonts)
    assert secret.salt not in content
    assert secret.salt.hex().encode() not in content
    code = sealed_pages(secret, fonts)[0].seal_code
    assert code is not None
    assert code.salt.hex().encode() in content
    assert code.salt not in code.token


@given(st.text(min_size=1, max_size=300))
def test_a_name_of_any_length_leaves_a_code_that_a_phone_reads(name: str) -> None:
    short = FactsToCompare(name, "昭和60年4月1日", 1).short_name
    assert len(short.encode()) <= max(LONGEST_NAME_BYTES, 0)
    assert short == name or (short.endswith("…") and name.startswith(short[:-1]))


def test_the_longest_code_still_has_modules_of_a_quarter_millimetre(fonts: FontChain) -> None:
    longest = replace(SNAPSHOT, persons=(replace(JAPANESE, name="𠮷" * 60),), issuance_number="20261123-01-00012345-6")
    tokens = sealed(longest, "koseki_individual", StatusPlace((1 << 18) - 1, bytes(8))).tokens
    code = SealCode(tokens[0], bytes(16))
    assert len(code.text) <= 483  # ISO/IEC 18004, version 13-M: 69 modules and 8 of quiet zone on 20 mm
