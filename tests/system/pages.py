"""What every page of a certificate of any kind says of itself, and whether the pages belong together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.issuing.read_pdf import pages_of

_FOOT: Final = re.compile(r"発行番号 (?P<number>\S+) ページ (?P<place>[0-9]+)/(?P<pages>[0-9]+)")


@dataclass(frozen=True, slots=True)
class Foot:
    """Issuance number and n/m of one page, and everything else on it."""

    issuance_number: str
    place: int
    pages: int
    text: str


def feet(content: bytes) -> tuple[Foot, ...]:
    """One for each page. Fails on a page that has no foot, or two."""
    return tuple(_foot(text) for text in pages_of(content))


def _foot(text: str) -> Foot:
    (found,) = _FOOT.finditer(text)
    return Foot(found["number"], int(found["place"]), int(found["pages"]), text)


def strangers(content: bytes, issuance_number: str, words: Sequence[Sequence[str]]) -> list[str]:
    """Everything that shows a page to be of another document: its number, its place, or a word it should have and has not.

    `words` are those that each page must bear, page by page.
    """
    found = feet(content)
    wrong = [] if len(found) == len(words) else [f"{len(found)} pages, not {len(words)}"]
    for place, (foot, expected) in enumerate(zip(found, words, strict=False), 1):
        if foot.issuance_number != issuance_number:
            wrong.append(f"page {place} is of {foot.issuance_number}")
        if (foot.place, foot.pages) != (place, len(words)):
            wrong.append(f"page {place} says {foot.place}/{foot.pages}")
        wrong += [f"page {place} lacks one of its words" for word in expected if word not in foot.text]
    return wrong
