"""Where things stand on the page. Points (1/72 inch), from the lower left corner of an A4 portrait page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

MM = 72 / 25.4
PAGE_WIDTH = 210 * MM
PAGE_HEIGHT = 297 * MM
_PATH = "%.2f %.2f %.2f %.2f re\n"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: lower left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def path(self) -> str:
        """The operator that draws it as a path."""
        return _PATH % (self.x, self.y, self.width, self.height)


def is_blank(text: str) -> bool:
    """Whether `text` would leave no ink: it is empty, or spaces only."""
    return not text.strip(" \u3000")


def from_top(left: float, top: float, width: float, height: float) -> Box:
    """A box given in millimetres from the upper left corner of the page, as forms are drawn up."""
    return Box(left * MM, PAGE_HEIGHT - (top + height) * MM, width * MM, height * MM)


Spelling = tuple[str, str]
_BESIDE, _BELOW, _HEIGHT = 0.1, 0.17, 1.07
"""What a line takes, in its font size: to each side, below its base line, and in all upwards."""


@lru_cache(maxsize=4096)
def _begun(x: float, y: float, size: float) -> tuple[str, str, str]:
    """How a line is spelled but for its width: the operator that goes to it; its space before the width, and after it.

    Kept, because a form has its lines in the same places for whoever it is filled.
    """
    space = f"{x - _BESIDE * size:.2f} {y - _BELOW * size:.2f} "
    return f"1 0 0 1 {x:.2f} {y:.2f} Tm ", space, f" {_HEIGHT * size:.2f} re\n"


class _Kept:
    """A property that is made when it is first asked for; `functools.cached_property` takes a lock for each text."""

    def __init__(self, made: Callable[["PlacedText"], Spelling]) -> None:
        self._made = made
        self.__doc__ = made.__doc__

    def __get__(self, text: "PlacedText", _owner: object) -> Spelling:
        text.__dict__["spelled"] = known = self._made(text)
        return known


@dataclass(frozen=True)
class PlacedText:
    """One line of text on the page. `x`, `y` is the start of its base line, `size` the font size.

    Several lines of one field follow each other with the same `field`. `angle` is in degrees, `grey` 0 is black,
    `width` how far the line reaches, for the ground to leave it free (0: there is nothing to leave free).
    """

    field: str
    text: str
    x: float
    y: float
    size: float
    box: Box
    angle: float = 0.0
    grey: float = 0.0
    width: float = 0.0

    @property
    def space(self) -> Box:
        """The line with a hair's breadth around it, and no more, so that lines below each other do not overlap."""
        beside = _BESIDE * self.size
        return Box(self.x - beside, self.y - _BELOW * self.size, self.width + 2 * beside, _HEIGHT * self.size)

    @_Kept
    def spelled(self) -> Spelling:
        """The operator that goes to its place, for a text that is not turned, and its space as a path.

        Spelled once, since composing and inspection ask, and a form's labels stay from one certificate to the next.
        """
        place, before, after = _begun(self.x, self.y, self.size)
        return place, f"{before}{self.width + 2 * _BESIDE * self.size:.2f}{after}"


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """A PNG image and the box it fills."""

    png: bytes
    box: Box
