"""Each way in which a finished file can differ from its plan is found before it is signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest

from pdf import (
    FontChain,
    FontMismatch,
    GlyphMismatch,
    IdentityMismatch,
    InspectionFailed,
    NumberMismatch,
    OfficialSeal,
    PageMismatch,
    ResidentRecordSnapshot,
    SealMismatch,
    SignatureMismatch,
    compose,
    draw_specimen_seal,
    inspect,
    plan,
)
from pdf.font_chain import IPAEX_MINCHO, Glyph
from pdf.font_subset import FontSubset
from pdf.form_drawing import foot_rule
from tests.pdf import rewriting
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT, composed, named
from tests.pdf.sealing import sealed_pages
from tests.pdf.statement_samples import STATEMENT

HOUSEHOLD = replace(
    SNAPSHOT, persons=(*named("葛󠄂西　花子", "𠮷田　一", "男女　二", "見本　三"), FOREIGN), specimen=True
)


def refuse(
    kind: type[InspectionFailed],
    content: bytes,
    fonts: FontChain,
    snapshot: ResidentRecordSnapshot = HOUSEHOLD,
) -> InspectionFailed:
    """Inspect `content` as the file of `snapshot`; it must fail as `kind`, without telling anything personal."""
    failed = rewriting.refuse(kind, content, snapshot, plan(snapshot, fonts), fonts)
    for person in snapshot.persons:
        assert person.name not in str(failed)
    return failed


def edited(content: bytes, edit: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The file after a change by another program, written out whole again."""
    result = BytesIO()
    with pikepdf.open(BytesIO(content)) as file:
        edit(file)
        file.save(result)
    return result.getvalue()


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    """The file with one string of the same length exchanged, so that every offset stays right."""
    assert len(old) == len(new)
    assert old in content
    return content.replace(old, new)


@pytest.mark.parametrize("form", ["household_list", "individual"])
def test_an_honest_file_passes(fonts: FontChain, form: str) -> None:
    snapshot = replace(HOUSEHOLD, form="individual" if form == "individual" else "household_list")
    document = composed(snapshot, fonts)
    inspected = inspect(document.content, plan(snapshot, fonts), fonts)
    assert (inspected.digest, inspected.byte_range) == (document.digest, document.byte_range)
    assert inspected.page_count == (5 if form == "individual" else 2)


def test_a_name_drawn_from_two_fonts_passes(fonts: FontChain) -> None:
    turned = FontChain(tuple(reversed(fonts.paths)))
    snapshot = replace(SNAPSHOT, persons=named("見本 𠮷 葛󠄂西 花子"))
    document = composed(snapshot, turned)
    assert inspect(document.content, plan(snapshot, turned), turned).digest == document.digest


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "見本　花子"}, "person1.name"),
        ({"my_number": "123456789019"}, "person1.my_number"),
        ({"address_before_move": "栃木県見本市緑町2番地"}, "person1.address_before_move"),
        ({"domicile": None}, "person1.domicile"),
    ],
)
def test_o1_another_persons_value_is_found(fonts: FontChain, change: dict[str, str | None], field: str) -> None:
    other = replace(SNAPSHOT, persons=(replace(JAPANESE, **change),))  # type: ignore[arg-type]
    assert refuse(IdentityMismatch, composed(other, fonts).content, fonts, SNAPSHOT).field == field


def test_two_values_that_changed_places_are_found(fonts: FontChain) -> None:
    pages = plan(SNAPSHOT, fonts)
    texts = list(pages[0].texts)
    places = {text.field: n for n, text in enumerate(texts)}
    domicile, before = places["person1.address_before_move_in"], places["person1.address_before_move"]
    one, two = texts[domicile], texts[before]
    texts[domicile], texts[before] = replace(one, y=two.y), replace(two, y=one.y)
    swapped = compose(SNAPSHOT, [replace(pages[0], texts=tuple(texts))], fonts)
    refuse(IdentityMismatch, swapped.content, fonts, SNAPSHOT)


def test_mis_06_another_number_on_one_page_is_found(fonts: FontChain) -> None:
    other = plan(replace(HOUSEHOLD, issuance_number="092029-20261123-0000012346"), fonts)
    mixed = compose(HOUSEHOLD, [plan(HOUSEHOLD, fonts)[0], other[1]], fonts)
    found = refuse(NumberMismatch, mixed.content, fonts)
    assert (found.page, found.field) == (2, "issuance_number")


def test_mis_06_another_page_count_is_found(fonts: FontChain) -> None:
    longer = plan(replace(HOUSEHOLD, persons=(*HOUSEHOLD.persons, *named(*"一二三四"))), fonts)
    refuse(NumberMismatch, compose(HOUSEHOLD, [longer[0], plan(HOUSEHOLD, fonts)[1]], fonts).content, fonts)


def test_d1_4_another_persons_middle_page_is_found(fonts: FontChain) -> None:
    snapshot = replace(SNAPSHOT, persons=named(*"甲乙丙丁戊己庚辛壬"))
    other = replace(snapshot, persons=named(*"甲乙丙丁戊己辛庚壬"))
    mine, theirs = plan(snapshot, fonts), plan(other, fonts)
    refuse(
        IdentityMismatch, compose(snapshot, [mine[0], theirs[1], mine[2]], fonts).content, fonts, snapshot
    )  # fmt: skip


@pytest.mark.parametrize("kept", [slice(0, 1), slice(1, 2), slice(0, 0)])
def test_a_removed_page_is_found(fonts: FontChain, kept: slice) -> None:
    pages = plan(HOUSEHOLD, fonts)[kept]
    if pages:
        refuse(PageMismatch, compose(HOUSEHOLD, pages, fonts).content, fonts)
    else:
        refuse(PageMismatch, b"%PDF-1.7\n", fonts)


def test_d1_8_a_missing_seal_is_found(fonts: FontChain) -> None:
    *first, last = plan(HOUSEHOLD, fonts)
    refuse(SealMismatch, compose(HOUSEHOLD, [*first, replace(last, seal=None)], fonts).content, fonts)


def test_mis_07_another_seals_image_is_found(fonts: FontChain) -> None:
    other = OfficialSeal(draw_specimen_seal("手本市長之印"), date(2020, 1, 1), None)
    refuse(SealMismatch, composed(replace(HOUSEHOLD, official_seal=other), fonts).content, fonts)


def test_a_seal_on_the_wrong_page_is_found(fonts: FontChain) -> None:
    first, last = plan(HOUSEHOLD, fonts)
    moved = compose(HOUSEHOLD, [replace(first, seal=last.seal), replace(last, seal=None)], fonts)
    refuse(SealMismatch, moved.content, fonts)


def _confused(fonts: FontChain, drawn: str, said: str) -> FontChain:
    """Fonts that draw `drawn` where the text says `said`; extraction stays right."""
    chain = FontChain(fonts.paths)
    glyph = chain.glyph(drawn)
    assert glyph is not None
    chain._known[said] = replace(glyph, text=said)
    return chain


def test_a_wrong_outline_under_the_right_text_is_found(fonts: FontChain) -> None:
    refuse(GlyphMismatch, composed(HOUSEHOLD, _confused(fonts, "女", "男")).content, fonts)


def test_the_base_character_drawn_for_a_variant_is_found(fonts: FontChain) -> None:
    refuse(GlyphMismatch, composed(HOUSEHOLD, _confused(fonts, "葛", "葛󠄂")).content, fonts)


def test_a_drawn_box_for_a_missing_character_is_found(fonts: FontChain) -> None:
    chain = FontChain(fonts.paths)
    font = chain.fonts[0]
    chain._known["男"] = Glyph("男", font, 0, font.advance(0) / font.units_per_em)
    refuse(GlyphMismatch, composed(HOUSEHOLD, chain).content, fonts)


def test_a_character_from_a_font_that_is_not_ours_is_found(fonts: FontChain) -> None:
    snapshot = replace(SNAPSHOT, persons=named("見本　一"))
    refuse(FontMismatch, composed(snapshot, FontChain([IPAEX_MINCHO])).content, FontChain(fonts.paths[:1]), snapshot)


def test_a_font_that_is_not_embedded_is_found(fonts: FontChain) -> None:
    content = replaced(composed(HOUSEHOLD, fonts).content, b"/FontFile2", b"/FontFileX")
    refuse(FontMismatch, content, fonts)


def test_a_text_layer_that_says_something_else_is_found(fonts: FontChain) -> None:
    layer = {text: f"<{text.encode('utf-16-be').hex().upper()}>\n".encode() for text in "男女"}
    refuse(IdentityMismatch, replaced(composed(HOUSEHOLD, fonts).content, layer["男"], layer["女"]), fonts)


@pytest.mark.parametrize(("told", "instead"), [(b"/DW 1000/", b"/DW 0500/"), (b"/W [1 ", b"/W [2 ")])
def test_widths_that_would_make_characters_overlap_are_found(fonts: FontChain, told: bytes, instead: bytes) -> None:
    refuse(InspectionFailed, replaced(composed(HOUSEHOLD, fonts).content, told, instead), fonts)


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        (b"q 1 g 0 0 600 850 re f Q\n", PageMismatch),
        (b"BT /F0 10 Tf 50 50 Td <0001> Tj ET\n", IdentityMismatch),
        (b"q 9 0 0 9 9 9 cm /Seal Do Q\n", SealMismatch),
        (b"0 0 300 300 re W n\n", PageMismatch),
        (b"1 g\n", PageMismatch),
        (b"3 Tr\n", InspectionFailed),
    ],
    ids=["white-out", "added text", "second seal", "clipped", "white ink", "invisible ink"],
)
def test_nothing_more_than_the_plan_is_allowed(
    fonts: FontChain, monkeypatch: pytest.MonkeyPatch, extra: bytes, kind: type[InspectionFailed]
) -> None:
    monkeypatch.setattr("pdf.content.foot_rule", lambda top: foot_rule(top) + extra)
    tampered = composed(SNAPSHOT, fonts).content
    monkeypatch.undo()
    refuse(kind, tampered, fonts, SNAPSHOT)


def _script(file: pikepdf.Pdf) -> None:
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _attachment(file: pikepdf.Pdf) -> None:
    file.attachments["a.txt"] = b"a"


def _link(file: pikepdf.Pdf) -> None:
    file.pages[1].obj.Annots = pikepdf.Array([file.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Link))])


@pytest.mark.parametrize("edit", [_script, _attachment, _link])
def test_scripts_attachments_and_links_are_found(fonts: FontChain, edit: Callable[[pikepdf.Pdf], None]) -> None:
    refuse(PageMismatch, edited(composed(HOUSEHOLD, fonts).content, edit), fonts)


def test_a_file_without_its_signature_field_is_found(fonts: FontChain) -> None:
    refuse(SignatureMismatch, replaced(composed(HOUSEHOLD, fonts).content, b"/AcroForm", b"/AcroFort"), fonts)


def test_bytes_after_the_end_are_found(fonts: FontChain) -> None:
    refuse(SignatureMismatch, composed(HOUSEHOLD, fonts).content + b"\n", fonts)


def test_contents_that_are_not_empty_yet_are_found(fonts: FontChain) -> None:
    content = bytearray(composed(HOUSEHOLD, fonts).content)
    content[content.index(b"/Contents <") + 20] = ord("1")
    refuse(SignatureMismatch, bytes(content), fonts)


def test_a_glyph_embedded_for_a_character_that_was_not_planned_is_found(
    fonts: FontChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = fonts.glyph("他")
    assert stranger is not None
    honest = FontSubset.file

    def with_stranger(subset: FontSubset) -> list[bytes]:
        subset.code(stranger)
        return honest(subset)

    monkeypatch.setattr(FontSubset, "file", with_stranger)
    tampered = composed(SNAPSHOT, fonts).content
    monkeypatch.undo()
    refuse(GlyphMismatch, tampered, fonts, SNAPSHOT)


SEALED = replace(SNAPSHOT, specimen=True)


@pytest.fixture(scope="module")
def content(fonts: FontChain) -> bytes:
    return composed(SNAPSHOT, fonts).content


def _other_hints(body: bytes) -> bytes:
    """The program of the font with one bit of its hints turned: outlines and widths are the same."""
    return body[:400] + bytes((body[400] ^ 1,)) + body[401:]


def _second_meaning(body: bytes) -> bytes:
    more = b"1 beginbfrange\n<0001><0001><4E00>\nendbfrange\n"
    return rewriting.with_length(body.replace(b"endcmap", more + b"endcmap"))


@pytest.mark.parametrize(
    ("begins", "change", "kind"),
    [
        (b"<</Length1", _other_hints, FontMismatch),
        (b"<</Type/FontDescriptor", lambda body: body.replace(b"/Flags 4", b"/Flags 5"), FontMismatch),
        (b"<</Type/Font/Subtype/Type0", lambda body: body.replace(b"/Identity-H", b"/Identity-V"), InspectionFailed),
        (b"<</Type/Font/Subtype/CIDFontType2", lambda body: body.replace(b"/DW 1000", b"/DW 0500"), GlyphMismatch),
        (b"<</Type/Metadata", lambda body: body.replace(b"12:00:00", b"13:00:00"), PageMismatch),
        (b"<</Title", lambda body: body.replace(b"/ModDate(D:2026", b"/ModDate(D:2027"), PageMismatch),
        (b"<</Title", lambda body: body.replace(b"0030", b"0031", 1), PageMismatch),
        (b"<</Type/Sig/", lambda body: body.replace(b"/P 1", b"/P 2"), SignatureMismatch),
        (b"<</Type/Sig/", lambda body: body.replace(b" <000", b" <"), SignatureMismatch),
        (b"<</Type/Sig/", lambda body: body.replace(b"/M(D:2026", b"/M(D:2027"), SignatureMismatch),
    ],
    ids=["hints", "flags", "vertical", "width", "metadata", "changed", "title", "may be changed", "room", "time"],
)
def test_one_object_that_says_something_else_is_found(
    fonts: FontChain, content: bytes, begins: bytes, change: Callable[[bytes], bytes], kind: type[InspectionFailed]
) -> None:
    tampered = rewriting.rewritten(content, lambda _, body: change(body) if body.startswith(begins) else body)
    assert tampered != content
    refuse(kind, tampered, fonts, SNAPSHOT)


def test_the_title_of_another_kind_is_found(fonts: FontChain) -> None:
    pages = plan(SNAPSHOT, fonts)
    other = replace(STATEMENT, issuance_number=SNAPSHOT.issuance_number, issued_at=SNAPSHOT.issued_at)
    rewriting.refuse(PageMismatch, compose(other, pages, fonts).content, SNAPSHOT, pages, fonts)


@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(hours=9), timedelta(days=365)])
def test_another_time_than_that_of_the_codes_is_found(fonts: FontChain, later: timedelta) -> None:
    pages = sealed_pages(SNAPSHOT, fonts)
    moved = replace(SNAPSHOT, issued_at=SNAPSHOT.issued_at + later)
    tampered = compose(moved, pages, fonts).content
    rewriting.refuse(PageMismatch, tampered, SNAPSHOT, pages, fonts)


def test_another_identity_of_the_file_is_found(fonts: FontChain, content: bytes) -> None:
    at = content.rindex(b"/ID[<") + 5
    identity = content[at : at + 32]
    refuse(PageMismatch, content.replace(identity, identity[::-1]), fonts, SNAPSHOT)


def test_a_second_way_from_glyphs_to_text_is_found(fonts: FontChain, content: bytes) -> None:
    tampered = rewriting.rewritten(content, lambda _, body: _second_meaning(body) if b"begincmap" in body else body)
    refuse(InspectionFailed, tampered, fonts, SNAPSHOT)


def test_a_stream_that_is_longer_than_it_says_is_found(fonts: FontChain, content: bytes) -> None:
    hidden = rewriting.replaced(content, b"\nendcmap", b"\nendcmap\nhidden")
    refuse(InspectionFailed, hidden, fonts, SNAPSHOT)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b" 9.50 Tf ", b" 9.40 Tf "), (b"> Tj\n", b"> Tj \n"), (b" Tm /F0 ", b" Tm /F1 "), (b"0.88 g", b"0.00 g")],
    ids=["size", "another spelling", "font that is not there", "grey of the mark"],
)
def test_a_text_shown_otherwise_is_found(fonts: FontChain, old: bytes, new: bytes) -> None:
    tampered = rewriting.replaced(composed(SEALED, fonts).content, old, new, grown=rewriting.with_length)
    refuse(InspectionFailed, tampered, fonts, SEALED)


def test_another_trailer_is_found(fonts: FontChain, content: bytes) -> None:
    refuse(PageMismatch, content.replace(b"/Root 1 0 R", b"/Root 2 0 R"), fonts, SNAPSHOT)
