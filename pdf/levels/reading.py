"""Which updates a file has: each is made again from what it carries, and must be the file's own bytes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asn1crypto import parser

from pdf.levels.errors import UpdateMismatch
from pdf.levels.level import SignatureLevel
from pdf.levels.updates import StampPlace, UpdatedFile, ValidationData, place_for_stamp, with_data

_MOST_UPDATES = 64
_END = b"\nendobj\n"
_HEAD = re.compile(rb"(\d{1,9}) 0 obj\n")
_STREAM = re.compile(rb"<</Length (\d{1,9})>>\nstream\n")
_CONTENTS = re.compile(rb"<</Type/DocTimeStamp/.{0,80}?/Contents <([0-9a-f]+)>/ByteRange ")
_STORE = re.compile(rb"/(Certs|OCSPs|CRLs)\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_KINDS = (b"Certs", b"OCSPs", b"CRLs")


@dataclass(frozen=True, slots=True)
class FoundStamp:
    """A document time-stamp: its token (DER) and the SHA-256 digest that its place has."""

    token: bytes
    place: StampPlace


Update = FoundStamp | ValidationData


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A signed file as it was signed, the updates after it in order, and where the next would go on."""

    signed: bytes
    updates: tuple[Update, ...]
    end: UpdatedFile

    @property
    def level(self) -> SignatureLevel:
        """What the updates amount to. Raises UpdateMismatch for an order that we do not make."""
        stamps = "".join("T" if isinstance(update, FoundStamp) else "D" for update in self.updates)
        known = {"": SignatureLevel.B_B, "T": SignatureLevel.B_T, "TD": SignatureLevel.B_LT}
        if stamps in known:
            return known[stamps]
        if re.fullmatch(r"(TD)+T", stamps) is None:
            raise UpdateMismatch
        return SignatureLevel.B_LTA

    @property
    def stamps(self) -> tuple[FoundStamp, ...]:
        """The time-stamps, oldest first."""
        return tuple(update for update in self.updates if isinstance(update, FoundStamp))

    def data_before(self, stamp: int | None) -> ValidationData:
        """The data in front of the stamp of this number (from 0); all of it for None or where there is no such stamp."""
        found = ValidationData()
        passed = -1
        for update in self.updates:
            if isinstance(update, FoundStamp):
                passed += 1
                if passed == stamp:
                    break
            else:
                found += update
        return found


def read_updates(content: bytes, signed_end: int) -> FoundFile:
    """The updates of `content` behind its first `signed_end` bytes. Raises UpdateMismatch unless every byte is as we write it."""
    signed = content[:signed_end]
    file = UpdatedFile.of(signed)
    updates: list[Update] = []
    while len(file.content) < len(content):
        if len(updates) == _MOST_UPDATES:
            raise UpdateMismatch
        update, file = _next(content, file)
        updates.append(update)
    found = FoundFile(signed, tuple(updates), file)
    if file.content != content or not found.level:
        raise UpdateMismatch
    return found


def _next(content: bytes, file: UpdatedFile) -> tuple[Update, UpdatedFile]:
    try:
        bodies, streams = _objects(content, len(file.content))
        stamps = [found for body in bodies if (found := _CONTENTS.match(body)) is not None]
        update: Update
        if stamps:
            token, room = _token(stamps[0][1])
            place = place_for_stamp(file, room)
            update, after = FoundStamp(token, place), place.filled(token)
        else:
            update = _stored(bodies, streams, file)
            after = with_data(file, update)
    except (ValueError, IndexError, KeyError) as broken:
        raise UpdateMismatch from broken
    if not content.startswith(after.content):
        raise UpdateMismatch
    return update, after


def _objects(content: bytes, at: int) -> tuple[list[bytes], dict[int, bytes]]:
    """The objects that begin at `at`: the bodies of those without a stream, and the streams by number."""
    bodies: list[bytes] = []
    streams: dict[int, bytes] = {}
    while (head := _HEAD.match(content, at)) is not None:
        at = head.end()
        stream = _STREAM.match(content, at)
        if stream is None:
            end = content.index(_END, at)
            bodies.append(content[at:end])
            at = end + len(_END)
        else:
            end = stream.end() + int(stream[1])
            streams[int(head[1])] = content[stream.end() : end]
            at = end + len(b"\nendstream" + _END)
    return bodies, streams


def _stored(bodies: Sequence[bytes], streams: Mapping[int, bytes], file: UpdatedFile) -> ValidationData:
    """The new items of the store, of each kind."""
    (store,) = (body for body in bodies if body.startswith(b"<</Type/DSS"))
    named = {name: map(int, _REFERENCE.findall(numbers)) for name, numbers in _STORE.findall(store)}
    new = [
        tuple(streams[number] for number in sorted(set(named.get(name, ())) - set(before)))
        for name, before in zip(_KINDS, file.stored, strict=True)
    ]
    return ValidationData(*new)


def _token(digits: bytes) -> tuple[bytes, int]:
    data = bytes.fromhex(digits.decode("ascii"))
    size = int(parser.peek(data))
    return data[:size], len(data)
