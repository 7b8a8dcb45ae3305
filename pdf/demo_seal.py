"""Draws seals that do not exist, for the demo and for tests: a city's (square) and a resident's (round), vermilion."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from pdf.font_chain import IPAEX_MINCHO

_SIDE = 252
"""Pixels: 21 mm at 305 dots an inch."""

_FINE = 4
_VERMILION = (214, 52, 31)
_EDGE = 0.045
_MARGIN = 0.075
_ROUND_MARGIN = 0.17
_MOST_IN_COLUMN = 3
_RESIDENT_SIDE = 213
"""Pixels: 18 mm at 300 dots an inch, the usual 実印."""

_RESIDENT_DPI = 300
_RESIDENT_FINE = 2
_LEAST_INK = 240
"""Pixels of the 400 that a character is drawn with."""


def draw_specimen_seal(text: str) -> bytes:
    """A PNG of a square seal that reads `text` in columns from the right, such as 見本市長之印.

    Transparent where no ink is. Up to nine characters look well.
    """
    large = _SIDE * _FINE
    ink = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(ink)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), radius=large * 0.03, fill=255)
    inner = large * _EDGE
    draw.rounded_rectangle((inner, inner, large - 1 - inner, large - 1 - inner), radius=large * 0.015, fill=0)
    _write(ink, text, large, large * _MARGIN)
    small = ink.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    seal = Image.new("RGBA", (_SIDE, _SIDE), (*_VERMILION, 0))
    seal.putalpha(small)
    file = BytesIO()
    seal.save(file, "PNG")
    return file.getvalue()


def draw_registered_seal(text: str) -> bytes:
    """A PNG of a round seal, 18 mm across with its resolution, that reads `text` in columns from the right, such as 山田花子."""
    large = _RESIDENT_SIDE * _RESIDENT_FINE
    ink = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(ink)
    draw.ellipse((0, 0, large - 1, large - 1), fill=255)
    edge = large * _EDGE
    draw.ellipse((edge, edge, large - 1 - edge, large - 1 - edge), fill=0)
    _write(ink, text, large, large * _ROUND_MARGIN)
    small = ink.resize((_RESIDENT_SIDE, _RESIDENT_SIDE), Image.Resampling.LANCZOS)
    seal = Image.composite(
        Image.new("RGB", small.size, _VERMILION), Image.new("RGB", small.size, (255, 255, 255)), small
    )
    file = BytesIO()
    seal.save(file, "PNG", dpi=(_RESIDENT_DPI, _RESIDENT_DPI))
    return file.getvalue()


def _write(ink: Image.Image, text: str, large: int, margin: float) -> None:
    columns = _columns(text)
    room = large - 2 * margin
    width = room / len(columns)
    for order, column in enumerate(columns):
        height = room / len(column)
        left = margin + room - (order + 1) * width
        for row, character in enumerate(column):
            cell = _stretched(character, round(width), round(height))
            ink.paste(255, (round(left), round(margin + row * height)), cell)


def _columns(text: str) -> list[str]:
    count = -(-len(text) // _MOST_IN_COLUMN)
    height = -(-len(text) // count)
    return [text[start : start + height] for start in range(0, len(text), height)]


@lru_cache(maxsize=1024)
def _stretched(character: str, width: int, height: int) -> Image.Image:
    """The character's ink, heavy as a carved seal's, stretched to fill its cell but for a hair's breadth."""
    font = _font()
    square = Image.new("L", (600, 600), 0)
    ImageDraw.Draw(square).text((100, 100), character, font=font, fill=255, stroke_width=10, stroke_fill=255)
    carved = square.crop(_worth_a_cell(square.getbbox() or (0, 0, *square.size)))
    gap = max(width // 18, 2)
    cell = Image.new("L", (width, height), 0)
    cell.paste(carved.resize((width - 2 * gap, height - 2 * gap), Image.Resampling.LANCZOS), (gap, gap))
    return cell


def _worth_a_cell(ink: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The box of a character's ink; one that is thin, such as 一, keeps air around it."""
    left, top, right, bottom = ink
    across, down = max(_LEAST_INK - (right - left), 0) // 2, max(_LEAST_INK - (bottom - top), 0) // 2
    return left - across, top - down, right + across, bottom + down


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(IPAEX_MINCHO), 400)
