"""Looking at an image that is to be an official seal, in a process of its own: it holds no key and no connection.

As a program: the PNG on standard input, what was found as JSON on standard output.
"""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from typing import Final

from PIL import Image

from civil.errors import KioskError
from issuance_db.city_settings import CityRows, SealTerm
from kiosk_server.city_file.printing import unprintable
from kiosk_server.staff.own_process import told_of

_MODULE: Final = "kiosk_server.staff.seal_check"
_SECONDS: Final = 60
_MOST_MEMORY: Final = 2 << 30
_MOST_PIXELS: Final = 4000 * 4000
FEW_PIXELS: Final = 250
"""Printed 21 mm wide, this is what a printer of 300 dots to the inch shows."""


class SealUnreadable(KioskError):
    """公印の画像として使えません。PNG(縦横4,000画素まで)で、壊れていないものを選んでください。何も変えていません。 /
    This cannot be an official seal. Choose a PNG of at most 4,000 by 4,000 pixels that is not damaged. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class SeenSeal:
    """What was seen, in pixels; a certificate was drawn with it."""

    width: int
    height: int
    has_clear_ground: bool

    @property
    def is_square(self) -> bool:
        """As it is printed: 21 mm by 21 mm."""
        return self.width == self.height

    @property
    def is_coarse(self) -> bool:
        """Whether its edges show on paper."""
        return min(self.width, self.height) < FEW_PIXELS


async def look_at_seal(png: bytes) -> SeenSeal:
    """Draw a page with it. Raises SealUnreadable, also for one that takes too long."""
    try:
        found = json.loads(await told_of(_MODULE, png, _SECONDS))
        return SeenSeal(int(found["width"]), int(found["height"]), bool(found["has_clear_ground"]))
    except (TimeoutError, ValueError, KeyError, TypeError):
        raise SealUnreadable from None


def _look(png: bytes) -> SeenSeal | None:
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        if image.width * image.height > _MOST_PIXELS:
            return None
        lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
        seen = SeenSeal(image.width, image.height, has_clear_ground=lowest == 0)
    seal = SealTerm(date(2000, 1, 1), None, png)
    return None if list(unprintable(CityRows(seals=(seal,)))) else seen


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    if (looked := _look(sys.stdin.buffer.read())) is not None:
        sys.stdout.write(json.dumps(asdict(looked)))
