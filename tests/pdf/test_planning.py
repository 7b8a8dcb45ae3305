from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdf import FontChain, GlyphMissing, Mayor, PrintedPerson, TextOverflow, plan
from pdf.layout import Box
from pdf.printed_values import person_values
from pdf.snapshot import Form
from pdf.typesetting import SMALLEST, Style, fit
from tests.pdf.samples import ALL, FOREIGN, JAPANESE, SNAPSHOT, named, texts

BOX = Box(100, 100, 120, 18)


@pytest.mark.parametrize(("persons", "pages"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_c2_the_household_list_has_four_persons_a_page(fonts: FontChain, persons: int, pages: int) -> None:
    snapshot = replace(SNAPSHOT, persons=named(*["見本　太郎"] * persons))
    assert len(plan(snapshot, fonts)) == pages


def test_c2_the_individual_form_has_one_person_a_page(fonts: FontChain) -> None:
    assert len(plan(replace(SNAPSHOT, form="individual", persons=(JAPANESE, FOREIGN)), fonts)) == 2


def test_mis_06_every_page_carries_number_and_count_and_only_the_last_certifies(fonts: FontChain) -> None:
    snapshot = replace(SNAPSHOT, persons=named(*"一二三四五六七八九"))
    pages = [texts(snapshot, fonts, page) for page in (1, 2, 3)]
    assert {page["issuance_number"] for page in pages} == {SNAPSHOT.issuance_number}
    assert [page["page_number"] for page in pages] == ["1/3", "2/3", "3/3"]
    assert ["certification" in page for page in pages] == [False, False, True]
    assert [page.seal is not None for page in plan(snapshot, fonts)] == [False, False, True]
    assert [page["municipality"] for page in pages] == ["見本市"] * 3


def test_persons_keep_their_order_and_running_number(fonts: FontChain) -> None:
    second = texts(replace(SNAPSHOT, persons=named(*"一二三四五")), fonts, page=2)
    assert (second["person5.order"], second["person5.name"]) == ("5", "五")


@pytest.mark.parametrize("form", ["household_list", "individual"])
@pytest.mark.parametrize(
    "person",
    [
        JAPANESE,
        replace(JAPANESE, former_surname="手本"),
        replace(JAPANESE, former_surname_furigana="テホン"),
        FOREIGN,
        replace(FOREIGN, alias=None),
    ],
)
def test_every_value_has_its_place_on_every_form(fonts: FontChain, form: Form, person: PrintedPerson) -> None:
    placed = texts(replace(SNAPSHOT, form=form, persons=(person,)), fonts)
    for field, value in person_values(person, ALL).items():
        assert placed[f"person1.{field}"] == value


def test_spaces_alone_count_as_not_recorded(fonts: FontChain) -> None:
    blank = replace(JAPANESE, name="　", furigana=" ", former_surname="　", domicile="", address_before_move="　 ")
    placed = texts(replace(SNAPSHOT, persons=(blank,)), fonts)
    fields = ("name", "domicile", "address_before_move")
    assert {placed[f"person1.{field}"] for field in fields} == {"【空欄】"}
    assert not {"person1.furigana", "person1.former_surname"} & set(placed)


def test_a_mayor_without_a_name_is_refused(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        plan(replace(SNAPSHOT, mayor=Mayor("見本市長", "　")), fonts)
    assert refused.value.field == "mayor_name"


def test_a_specimen_says_so_across_every_page(fonts: FontChain) -> None:
    pages = plan(replace(SNAPSHOT, specimen=True, persons=named(*"一二三四五")), fonts)
    assert [page.texts[0].text for page in pages] == ["見本", "見本"]
    assert not [text for page in plan(SNAPSHOT, fonts) for text in page.texts if text.field == "specimen"]


def test_room_that_is_left_is_declared_empty(fonts: FontChain) -> None:
    assert "nothing_below" in texts(SNAPSHOT, fonts)
    assert "nothing_below" not in texts(replace(SNAPSHOT, persons=named(*"一二三四")), fonts)


def test_long_text_shrinks_first_then_wraps_then_is_refused(fonts: FontChain) -> None:
    whole = fit("f", "見本" * 4, BOX, Style(10), fonts)
    shrunk = fit("f", "見本" * 7, BOX, Style(10), fonts)
    wrapped = fit("f", "見本" * 10, BOX, Style(10), fonts)
    assert (len(whole), whole[0].size) == (1, 10)
    assert len(shrunk) == 1
    assert SMALLEST <= shrunk[0].size < 10
    assert len(wrapped) == 2
    assert wrapped[0].size > SMALLEST
    with pytest.raises(TextOverflow):
        fit("f", "見本" * 40, BOX, Style(10), fonts)


def test_j1070_an_overflow_names_the_field_and_never_the_text(fonts: FontChain) -> None:
    with pytest.raises(TextOverflow) as refused:
        plan(replace(SNAPSHOT, persons=named("見本" * 200)), fonts)
    assert refused.value.field == "person1.name"
    assert "見本見本" not in str(refused.value)


def test_a_character_without_a_glyph_names_the_field_and_never_the_text(fonts: FontChain) -> None:
    with pytest.raises(GlyphMissing) as refused:
        plan(replace(SNAPSHOT, persons=named("見本　\ue000")), fonts)
    assert refused.value.field == "person1.name"
    assert "\ue000" not in str(refused.value)


def test_latin_names_break_between_words(fonts: FontChain) -> None:
    first, *_ = fit("f", "MAXIMILIAN ALEXANDER CHRISTOPHER JONATHAN", BOX, Style(12), fonts)
    assert first.text.endswith(" ")


@given(text=st.text("住民太郎　見本A1 葛", min_size=1, max_size=80), size=st.floats(6.5, 16))
def test_lines_joined_are_the_text_and_stay_in_their_box(text: str, size: float) -> None:
    fonts = _FONTS
    try:
        lines = fit("f", text, BOX, Style(size), fonts)
    except (GlyphMissing, TextOverflow):
        return
    assert "".join(line.text for line in lines) == text
    for line in lines:
        width = sum(glyph.advance for glyph in fonts.glyphs(line.text) if glyph is not None) * line.size
        assert BOX.x <= line.x
        assert line.x + width <= BOX.x + BOX.width
        assert BOX.y <= line.y <= BOX.y + BOX.height - line.size * 0.88 + 0.5
    bases = [line.y for line in lines]
    assert all(upper - lower >= line.size for upper, lower, line in zip(bases, bases[1:], lines, strict=False))


_FONTS = FontChain()
