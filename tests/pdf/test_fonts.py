import random
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pdf import FontChain, FontUnsuitable
from pdf.font_chain import IPAEX_MINCHO
from pdf.font_subset import FontSubset
from pdf.outline_source import OutlineSource
from pdf.truetype import TrueTypeFont


@pytest.mark.parametrize("text", ["葛󠄂", "邉󠄏", "辻󠄃", "𠮷", "䶒", "藤󠄃", "A", "　", "髙", "﨑"])
def test_c4_the_characters_of_names_are_drawn(fonts: FontChain, text: str) -> None:
    assert fonts.missing(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "住\U000e01ef",  # a sequence that no font here lists, though both draw 住
        "\ue000",  # gaiji
        "\u200b",  # invisible
        "か\u309a",  # needs two glyphs
        "字\U000e0100\U000e0101",  # two selectors
    ],
)
def test_what_no_font_draws_exactly_is_missing_and_never_replaced(fonts: FontChain, text: str) -> None:
    assert fonts.missing(f"見{text}本") == (text,)


def test_without_ipamj_a_name_outside_jis_x_0213_is_missing() -> None:
    assert FontChain([IPAEX_MINCHO]).missing("𠮷田葛󠄂") == ("𠮷", "葛󠄂")


def test_a_character_is_taken_from_the_first_font_that_has_it(fonts: FontChain) -> None:
    turned = FontChain(tuple(reversed(fonts.paths)))
    runs = [(font.name, "".join(glyph.text for glyph in glyphs)) for font, glyphs in turned.runs("見𠮷本")]
    assert runs == [("IPAexMincho", "見"), ("IPAmjMincho", "𠮷"), ("IPAexMincho", "本")]


@pytest.mark.parametrize("path", FontChain().paths, ids=lambda path: path.stem)
def test_both_font_readers_agree_on_outlines_and_widths(path: Path) -> None:
    ours, other = TrueTypeFont(path), OutlineSource(path)
    with TTFont(path, lazy=True) as font:
        sequences = next(table.uvsDict for table in font["cmap"].tables if table.format == 14)
        every = [chr(code) for code in font["cmap"].getBestCmap()]
    every += [chr(base) + chr(selector) for selector, bases in sequences.items() for base, _ in bases]
    for text in random.Random(1).sample(every, 3000):
        glyph = ours.glyph_id(text)
        assert glyph is not None
        assert (ours.outline(glyph), ours.advance(glyph)) == other.outline(text)


def test_an_embedded_subset_is_a_sound_font_file(fonts: FontChain, tmp_path: Path) -> None:
    subset = FontSubset(fonts.fonts[0])
    for glyph in fonts.glyphs("葛󠄂西𠮷田A 1"):
        assert glyph is not None
        subset.code(glyph)
    file = tmp_path / "subset.ttf"
    file.write_bytes(b"".join(subset.file()))
    with TTFont(file, checkChecksums=2) as font:
        assert font["maxp"].numGlyphs == 8
        assert [len(font["glyf"][name].getCoordinates(font["glyf"])[0]) > 0 for name in font.getGlyphOrder()[:3]] == [
            False, True, True,
        ]  # fmt: skip


def test_another_kind_of_file_is_no_font(tmp_path: Path) -> None:
    file = tmp_path / "no.ttf"
    file.write_bytes(b"\0\1\0\0" + bytes(60))
    with pytest.raises(FontUnsuitable):
        FontChain([file])
