"""JSON read strictly: what two readers could understand differently (RFC 8259 chapter 4, I-JSON) is refused."""

import json
from collections.abc import Iterator
from typing import Final, NoReturn

from kiosk_server.web.malformed import (
    NOT_TEXT,
    REPEATED,
    TOO_DEEP,
    UNREADABLE,
    WHOLE_BODY,
    WRONG_TYPE,
    MalformedBody,
    place,
)

MOST_LEVELS: Final = 8
"""Objects and lists inside each other; the protocol needs four."""


class _Object(dict[str, object]):
    """An object that remembers a member name which came twice."""

    repeated: str | None = None


def read_json(raw: bytes) -> object:
    """Return the value of a body in UTF-8.

    Raises MalformedBody for bad UTF-8, a byte order mark, anything but JSON (NaN and Infinity are none), a member name
    that occurs twice, null (no member of the protocol takes it), lone surrogates, numbers of thousands of digits and
    more than MOST_LEVELS levels.
    """
    value = _parse(raw)
    _check(value, WHOLE_BODY, 1)
    return value


def _parse(raw: bytes) -> object:
    try:
        value: object = json.loads(raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse)
    except RecursionError:
        raise MalformedBody(WHOLE_BODY, TOO_DEEP) from None
    except ValueError:
        # The cause quotes the body.
        raise MalformedBody(WHOLE_BODY, UNREADABLE) from None
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _object(pairs: list[tuple[str, object]]) -> _Object:
    made = _Object()
    for name, value in pairs:
        if name in made:
            made.repeated = name
        made[name] = value
    return made


def _check(value: object, field: str, level: int) -> None:
    if value is None:
        raise MalformedBody(field, WRONG_TYPE)
    if isinstance(value, str):
        _require_text(value, field)
    if not isinstance(value, _Object | list):
        return
    if level > MOST_LEVELS:
        raise MalformedBody(WHOLE_BODY, TOO_DEEP)
    if isinstance(value, _Object) and value.repeated is not None:
        raise MalformedBody(place(field, value.repeated), REPEATED)
    for step, member in _members(value):
        if isinstance(step, str):
            _require_text(step, field)
        _check(member, place(field, step), level + 1)


def _members(value: "_Object | list[object]") -> Iterator[tuple[str | int, object]]:
    yield from value.items() if isinstance(value, _Object) else enumerate(value)


def _require_text(text: str, field: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MalformedBody(field, NOT_TEXT) from None
