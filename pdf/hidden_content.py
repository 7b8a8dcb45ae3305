"""Is there anything in a signed file that nobody is shown? What lies hidden can be brought forth after the signing
(shadow attacks, Mainka, Mladenov and Rohlmann 2021)."""

import re
from collections.abc import Sequence

from pdf.errors import PageMismatch
from pdf.strict_file import objects_of

_STREAM = b"\nstream\n"
_REFERENCE = re.compile(rb"(?<![0-9.])([1-9][0-9]*) 0 R\b")
_TABLE = b"\nxref\n"


def hides_something(content: bytes) -> bool:
    """Whether a file of one revision holds an object that nothing names, or names one that is not there.

    A file that is not one stretch of numbered objects, as ours are, counts as hiding something.
    """
    try:
        objects = objects_of(content)
    except PageMismatch:
        return True
    return reached(objects, _named(content[content.rindex(_TABLE) :])) != set(range(1, len(objects)))


def reached(objects: Sequence[bytes], first: set[int]) -> set[int]:
    """The numbers of `first`, of the objects that these name, and so on; of some there may be no object."""
    found: set[int] = set()
    new = first
    while new:
        found |= new
        new = {number for one in new for number in _named(_of(objects, one))} - found
    return found


def _named(part: bytes) -> set[int]:
    """The objects that `part` names, outside the data of its stream."""
    return {int(number) for number in _REFERENCE.findall(part.partition(_STREAM)[0])}


def _of(objects: Sequence[bytes], number: int) -> bytes:
    return objects[number] if number < len(objects) else b""
