"""Draws the official seal of a city that does not exist: square, vermilion, for the demo and for tests."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from pdf.font_chain import IPAEX_MINCHO

_SIDE = 252
"""Pixels: 21 mm at 305 dots an inch."""

_FINE = 4
_VERMILION = (214, 52, 31)
_EDGE = 0.045
_MARGIN = 0.075
_MOST_IN_COLUMN = 3


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
    columns = _columns(text)
    room = large * (1 - 2 * _MARGIN)
    width = room / len(columns)
    for order, column in enumerate(columns):
        height = room / len(column)
        left = large * _MARGIN + room - (order + 1) * width
        for row, character in enumerate(column):
            top = large * _MARGIN + row * height
            ink.paste(255, (round(left), round(top)), _stretched(character, round(width), round(height)))
    small = ink.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    seal = Image.new("RGBA", (_SIDE, _SIDE), (*_VERMILION, 0))
    seal.putalpha(small)
    file = BytesIO()
    seal.save(file, "PNG")
    return file.getvalue()


def _columns(text: str) -> list[str]:
    count = -(-len(text) // _MOST_IN_COLUMN)
    height = -(-len(text) // count)
    return [text[start : start + height] for start in range(0, len(text), height)]


def _stretched(character: str, width: int, height: int) -> Image.Image:
    """The character's ink, heavy as a carved seal's, stretched to fill its cell but for a hair's breadth."""
    font = ImageFont.truetype(str(IPAEX_MINCHO), 400)
    square = Image.new("L", (600, 600), 0)
    ImageDraw.Draw(square).text((100, 100), character, font=font, fill=255, stroke_width=10, stroke_fill=255)
    carved = square.crop(square.getbbox())
    gap = max(width // 18, 2)
    cell = Image.new("L", (width, height), 0)
    cell.paste(carved.resize((width - 2 * gap, height - 2 * gap), Image.Resampling.LANCZOS), (gap, gap))
    return cell
