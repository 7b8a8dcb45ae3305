"""Pictures of printed pages as people take them: askew, blurred, noisy, in poor light. Everything seeded."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from pdf.layout import MM

_TABLE = 96
"""The grey of what the sheet lies on."""


def printed(file: bytes, dots_per_inch: int = 300) -> list[Image.Image]:
    """Each page on paper, by PDFium."""
    with pypdfium2.PdfDocument(file) as document:
        return [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in document]


def photographed(page: Image.Image, degrees: float = 7, blur: float = 1.0, noise: float = 18) -> Image.Image:
    """The page from a hand-held telephone: turned, seen from one side, out of focus, in the evening."""
    width, height = page.size
    seen = page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_TABLE)
    slanted = seen.transform(
        seen.size,
        Image.Transform.QUAD,
        (-0.04 * width, -0.02 * height, 0, seen.height, seen.width, 1.03 * seen.height, seen.width, 0),
        Image.Resampling.BICUBIC,
        fillcolor=_TABLE,
    )
    dim = ImageEnhance.Contrast(ImageEnhance.Brightness(slanted).enhance(0.7)).enhance(0.8)
    return _noisy(dim.filter(ImageFilter.GaussianBlur(blur)), noise)


def close_up(page: Image.Image, size: tuple[int, int] = (1280, 720)) -> Image.Image:
    """What a camera sees that is held over the code of a page at 300 dpi."""
    dot = 300 / 72 * MM
    corner = page.crop(tuple(round(edge * dot) for edge in (2, 240, 62, 290)))  # type: ignore[arg-type]
    picture = Image.new("L", size, _TABLE)
    askew = photographed(corner, degrees=-9, blur=0.8, noise=10)
    picture.paste(askew.resize((round(askew.width * 700 / askew.height), 700)), (150, 10))
    return picture


def as_video(path: Path, scenes: Sequence[Image.Image], frames: int = 20) -> Path:
    """A motion JPEG that shows each scene for `frames` frames."""
    path.write_bytes(b"".join(as_jpeg(scene.convert("RGB")) * frames for scene in scenes))
    return path


def as_jpeg(picture: Image.Image) -> bytes:
    """As telephones store it."""
    file = BytesIO()
    picture.save(file, "JPEG", quality=75)
    return file.getvalue()


def _noisy(picture: Image.Image, spread: float) -> Image.Image:
    grain = Image.effect_noise(picture.size, spread)
    return ImageChops.add(picture, grain, scale=1, offset=-128)
