"""印影: the image of a resident's registered seal, printed in the size in which it was registered."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from pdf.errors import SnapshotInvalid

SMALLEST_MM = 8.0
"""印鑑登録証明事務処理要領 第2-2-(2): a seal inside a square of 8 mm is not registered …"""

LARGEST_MM = 25.0
"""… nor one that does not fit into a square of 25 mm."""

_MM_PER_INCH = 25.4
_ROUNDING_MM = 0.5


@dataclass(frozen=True, slots=True)
class RegisteredSeal:
    """A PNG with its resolution (pHYs), and the SHA-256 that the registration gives for it.

    Raises `SnapshotInvalid` if the image is not of that digest, is no PNG, or has no possible size.
    """

    png: bytes
    sha256: bytes

    def __post_init__(self) -> None:
        if hashlib.sha256(self.png).digest() != self.sha256:
            raise SnapshotInvalid("印影が登録と一致しません / the image is not the registered one")
        if not all(SMALLEST_MM - _ROUNDING_MM <= side <= LARGEST_MM + _ROUNDING_MM for side in self.size_mm()):
            raise SnapshotInvalid("印影の寸法がありえません / no seal of that size can be registered")

    def size_mm(self) -> tuple[float, float]:
        """Width and height on paper, from the image's own resolution."""
        try:
            with Image.open(BytesIO(self.png), formats=["PNG"]) as image:
                across, down = image.info.get("dpi", (0.0, 0.0))
                width, height = image.size
        except (OSError, SyntaxError, ValueError) as broken:
            raise SnapshotInvalid("印影を読めません / the registered seal is no PNG image") from broken
        if not (across > 0 and down > 0):
            raise SnapshotInvalid("印影に解像度がありません / the registered seal has no resolution")
        return width / across * _MM_PER_INCH, height / down * _MM_PER_INCH
