"""A printer and a copier, as decided here: nobody has measured a shop's machines (docs/decisions/0034).

The printer sets black dots of 1/600 inch, all or nothing. The copier sees through optics that blur as a Gaussian does
(45 µm leave half the contrast at 4 line pairs a millimetre, as a good platen scanner does; 60 µm are a poorer one), takes
the mean of each sample of 300 or 600 an inch, and makes it black or white at a share of the paper's brightness (text mode).
"""

from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageFilter

PRINTER_DPI = 600
_MICROMETRES = 25_400


@dataclass(frozen=True)
class Copier:
    """`blur` in micrometres, samples per inch, and the brightness below which a sample becomes black."""

    blur: float = 45
    dpi: int = 300
    threshold: float = 0.5

    def copy(self, paper: Image.Image) -> Image.Image:
        """What it puts out, one pixel for each sample."""
        seen = paper.filter(ImageFilter.GaussianBlur(self.blur / _MICROMETRES * PRINTER_DPI))
        step = PRINTER_DPI // self.dpi
        samples = seen.resize((seen.width // step, seen.height // step), Image.Resampling.BOX)
        black_below = self.threshold * 255
        return samples.point([0 if value < black_below else 255 for value in range(256)])


def printed(content: bytes, page: int = 1) -> Image.Image:
    """The paper, one pixel for each dot of the printer."""
    with pypdfium2.PdfDocument(content) as file:
        drawn = file[page - 1].render(scale=PRINTER_DPI / 72, grayscale=True).to_pil()
    paper: Image.Image = drawn.point([0 if value < 128 else 255 for value in range(256)])
    return paper
