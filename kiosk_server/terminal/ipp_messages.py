"""Messages of the Internet Printing Protocol as bytes (RFC 8010), as far as a terminal needs them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_VERSION: Final = b"\x02\x00"
_HEAD_BYTES: Final = 8
_OPERATION_GROUP: Final = 0x01
_END: Final = 0x03
_FIRST_VALUE_TAG: Final = 0x10
_SUCCESSFUL_BELOW: Final = 0x0100
_INTEGER_BYTES: Final = 4


class Operation(IntEnum):
    """RFC 8011 5.4.15."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class Tag(IntEnum):
    """Kinds of values, RFC 8010 3.5.2."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


Value = int | bool | str | bytes
Attribute = tuple[Tag, str, Value | Sequence[str]]
_NUMBERS: Final = frozenset({Tag.INTEGER, Tag.ENUM})
_TEXTS: Final = range(0x41, 0x4B)


class IppMalformed(Exception):
    """Not a message of the protocol."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A printer's answer: its status, and the attributes of each group after the operation's own, by name."""

    status: int
    groups: tuple[Mapping[str, tuple[Value, ...]], ...]

    @property
    def is_successful(self) -> bool:
        """Whether the printer did as it was asked."""
        return self.status < _SUCCESSFUL_BELOW

    @property
    def first(self) -> Mapping[str, tuple[Value, ...]]:
        """The attributes of the first group, or none."""
        return self.groups[0] if self.groups else {}


def request(operation: Operation, number: int, attributes: Sequence[Attribute]) -> bytes:
    """A request with its operation attributes; a document follows as it is."""
    head = _VERSION + operation.to_bytes(2) + number.to_bytes(4) + bytes([_OPERATION_GROUP])
    given: list[Attribute] = [
        (Tag.CHARSET, "attributes-charset", "utf-8"),
        (Tag.LANGUAGE, "attributes-natural-language", "en"),
        *attributes,
    ]
    return head + b"".join(_attribute(*attribute) for attribute in given) + bytes([_END])


def read_answer(raw: bytes) -> Answer:
    """Take an answer apart. Raises IppMalformed."""
    if len(raw) < _HEAD_BYTES:
        raise IppMalformed
    groups: list[dict[str, tuple[Value, ...]]] = []
    name = ""
    for tag, named, value in _fields(raw[_HEAD_BYTES:]):
        if tag < _FIRST_VALUE_TAG:
            groups.append({})
            continue
        if not groups:
            raise IppMalformed
        name = named or name
        groups[-1][name] = (*groups[-1].get(name, ()), _value(tag, value))
    # The first group repeats the charset and language of the request, and a message for people.
    return Answer(int.from_bytes(raw[2:4]), tuple(groups[1:]))


def _attribute(tag: Tag, name: str, value: Value | Sequence[str]) -> bytes:
    values = [value] if isinstance(value, (int, str, bytes)) else list(value)
    names = [name.encode("ascii"), *[b""] * (len(values) - 1)]
    return b"".join(bytes([tag]) + _sized(one) + _sized(_bytes(part)) for one, part in zip(names, values, strict=True))


def _bytes(value: Value | str) -> bytes:
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return value.to_bytes(_INTEGER_BYTES, signed=True)
    return value if isinstance(value, bytes) else value.encode()


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(2) + part


def _fields(raw: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Each delimiter as (tag, "", b""), each value as (tag, name or "", bytes), up to the end tag."""
    at = 0
    while at < len(raw):
        tag = raw[at]
        at += 1
        if tag == _END:
            return
        if tag < _FIRST_VALUE_TAG:
            yield tag, "", b""
            continue
        name, at = _part(raw, at)
        value, at = _part(raw, at)
        yield tag, name.decode("utf-8", errors="replace"), value
    raise IppMalformed


def _part(raw: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(raw[at : at + 2])
    if at + 2 > len(raw) or end > len(raw):
        raise IppMalformed
    return raw[at + 2 : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in _NUMBERS and len(raw) == _INTEGER_BYTES:
        return int.from_bytes(raw, signed=True)
    if tag == Tag.BOOLEAN and len(raw) == 1:
        return bool(raw[0])
    return raw.decode("utf-8", errors="replace") if tag in _TEXTS else raw
