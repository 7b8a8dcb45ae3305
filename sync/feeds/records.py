"""The lines of a file put together: what belongs to one record."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from sync.feeds.items import Items

_MOST_PARTS: Final = 10_000
_MOST_CHARACTERS: Final = 1_000_000
"""Of one record with its lines: a koseki of a large family has some thousands."""


def in_records(lines: Iterable[Items]) -> Iterator[Items]:
    """Each D line with the lines of other parts behind it. Raises FileRefused for a part of nothing, and for too many of them."""
    record: Items | None = None
    parts: list[Items] = []
    characters = 0
    for line in lines:
        if line.part == "D":
            if record is not None:
                yield replace(record, parts=tuple(parts))
            record, parts, characters = line, [], 0
        elif record is None:
            raise line.refused("type", "先に D の行が要ります。 / A line D has to come first.")
        elif len(parts) == _MOST_PARTS:
            raise line.refused("type", f"1件に{_MOST_PARTS}行までです。 / A record has at most {_MOST_PARTS} lines.")
        else:
            parts.append(line)
        characters += sum(map(len, line.texts.values()))
        if characters > _MOST_CHARACTERS:
            most = f"{_MOST_CHARACTERS:,}"
            raise line.refused("type", f"1件に{most}文字までです。 / A record has at most {most} characters.")
    if record is not None:
        yield replace(record, parts=tuple(parts))
