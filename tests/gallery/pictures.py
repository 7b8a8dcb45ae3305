"""Pages as pictures small enough for a page of documentation, and that page."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from kiosk_server.issuing.request import Kind
from tests.gallery.exhibits import Exhibit

_DOTS_PER_POINT: Final = 1.5
_GREYS: Final = 86
_REDS: Final = 32
_VERMILION: Final = (214, 52, 31)
_THUMBNAIL_WIDTH: Final = 300
_HEAD: Final = """# Gallery

Every kind of certificate and the hard cases, asked for at a running demo service over mutual TLS and turned into pictures.
Everybody here is invented. `make gallery` makes this page anew; click on a page to see it at full size.
"""


def pages_of(content: bytes) -> Iterator[Image.Image]:
    """Each page of a PDF, at 108 dots per inch."""
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            yield page.render(scale=_DOTS_PER_POINT).to_pil()


def keep(pages: Iterator[Image.Image], directory: Path, name: str) -> None:
    """Write `name-1.png` and so on, in place of those that are there."""
    for old in pictures_of(directory, name):
        old.unlink()
    for number, page in enumerate(pages, 1):
        file = directory / f"{name}-{number}.png"
        page.convert("RGB").quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, optimize=True)


@cache
def _palette() -> Image.Image:
    """Greys, and what lies between paper and vermilion; one fitted to a page spends itself on the greys of the ground."""
    greys = [round(255 * step / (_GREYS - 1)) for step in range(_GREYS)]
    reds = [round(255 + (channel - 255) * step / _REDS) for step in range(1, _REDS + 1) for channel in _VERMILION]
    palette = Image.new("P", (1, 1))
    palette.putpalette([grey for grey in greys for _ in range(3)] + reds)
    return palette


def pictures_of(directory: Path, name: str) -> list[Path]:
    """The pages that are there, in order."""
    return sorted(directory.glob(f"{name}-[0-9].png"))


def index(exhibits: Sequence[Exhibit], directory: Path) -> str:
    """The page of the gallery, by kind, of the pictures that are there."""
    parts = [_HEAD]
    for kind in Kind:
        parts.append(f"\n## {kind.label} (`{kind}`)\n")
        parts += [_entry(one, pictures_of(directory, one.name)) for one in exhibits if one.kind is kind]
    return "".join(parts)


def _entry(exhibit: Exhibit, files: Sequence[Path]) -> str:
    pictures = " ".join(
        f'<a href="{file.name}"><img src="{file.name}" alt="{exhibit.ja} {number}/{len(files)}" width="{_THUMBNAIL_WIDTH}"></a>'
        for number, file in enumerate(files, 1)
    )
    return f"\n**{exhibit.ja}** — {exhibit.en}\n\n{pictures}\n"
