"""Whose certificate a PDF is, as an independent reader finds it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tests.issuing.read_pdf import pages_of
from tests.system.running import Sample

_NAME_ROW: Final = re.compile(r"氏名 (?P<name>.*?)(?: (?:旧氏|通称) .*)?")
"""A 旧氏 or 通称 stands in the cell beside the name."""


def wrong_names(content: bytes, sample: Sample, everybody: Iterable[str]) -> list[str]:
    """What is wrong with the names of a certificate: nothing, when it shows exactly this household and nobody else.

    Somebody of another household may be called the same; a name that is also one of the household is no finding.
    """
    pages = pages_of(content)
    found = names_in(pages)
    complaints = [] if found == sample.household else [f"氏名 {found}, not {sample.household}"]
    rest = "\n".join(pages)
    for name in sample.household:
        rest = rest.replace(name, "")
    return [*complaints, *(f"{name} of another household" for name in everybody if name in rest)]


def names_in(pages: Sequence[str]) -> tuple[str, ...]:
    """The contents of the 氏名 cells, in order."""
    rows = (_NAME_ROW.fullmatch(line) for page in pages for line in page.splitlines())
    return tuple(row["name"] for row in rows if row is not None)
