"""What two readers could see differently is refused, though each of them might see the right thing."""

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest

from pdf import (
    FontChain,
    InspectionFailed,
    PageMismatch,
    SealMismatch,
    Snapshot,
    compose,
    inspect,
    plan,
)
from pdf.file_structure import forget_forms, kept_forms
from tests.pdf import rewriting
from tests.pdf.attacks import number_of
from tests.pdf.other_kinds import SEAL_CERTIFICATE
from tests.pdf.samples import SNAPSHOT, composed


@pytest.fixture(scope="module")
def content(fonts: FontChain) -> bytes:
    return composed(SNAPSHOT, fonts).content


def refuse(kind: type[InspectionFailed], content: bytes, fonts: FontChain) -> None:
    rewriting.refuse(kind, content, SNAPSHOT, plan(SNAPSHOT, fonts), fonts)


def _places(program: bytes) -> dict[bytes, tuple[int, int]]:
    """Offset and length of each table, in the order of the file."""
    records = [program[at : at + 16] for at in range(12, 12 + 16 * int.from_bytes(program[4:6]), 16)]
    return {one[:4]: (int.from_bytes(one[8:12]), int.from_bytes(one[12:])) for one in records}


def _with_second_table(program: bytes) -> bytes:
    """Two `glyf`, of which some readers take the first, where two characters have changed their outlines."""
    places = _places(program)
    start, length = places[b"glyf"]
    room = length + -length % 4
    listed = b""
    for tag, (at, size) in places.items():
        moved = at + 16 + (at > start) * room
        listed += tag + bytes(4) + moved.to_bytes(4) + size.to_bytes(4)
        listed += (tag + bytes(4) + (moved + room).to_bytes(4) + size.to_bytes(4)) if at == start else b""
    header = program[:4] + (len(places) + 1).to_bytes(2) + program[6:12]
    return header + listed + program[12 + 16 * len(places) : start] + _exchanged(program) + program[start:]


def _exchanged(program: bytes) -> bytes:
    """`glyf` with the outlines of two glyphs of one length exchanged."""
    (start, length), (offsets, size) = (_places(program)[tag] for tag in (b"glyf", b"loca"))
    edges = [start + int.from_bytes(program[at : at + 4]) for at in range(offsets, offsets + size, 4)]
    outlines = [program[begin:end] for begin, end in pairwise(edges)]
    longest = sorted(range(len(outlines)), key=lambda order: -len(outlines[order]))
    one, other = next(
        (one, other)
        for one, other in combinations(longest, 2)
        if len(outlines[one]) == len(outlines[other]) and outlines[one] != outlines[other]
    )
    outlines[one], outlines[other] = outlines[other], outlines[one]
    return b"".join(outlines) + program[start + length : start + length + -length % 4]


def _padded_otherwise(program: bytes) -> bytes:
    """Something in the room between two tables."""
    end = next(begin + length for begin, length in _places(program).values() if length % 4)
    return program[:end] + b"!" + program[end + 1 :]


def _at(place: int) -> Callable[[bytes], bytes]:
    return lambda program: program[:place] + bytes((program[place] ^ 1,)) + program[place + 1 :]


def _other_adjustment(program: bytes) -> bytes:
    return _at(_places(program)[b"head"][0] + 8)(program)


@pytest.mark.parametrize(
    "change",
    [_with_second_table, _padded_otherwise, _at(7), _at(12 + 7), _other_adjustment],
    ids=["two tables of one name", "padding", "search range", "checksum of a table", "checksum of the file"],
)
def test_a_font_program_that_readers_could_take_for_another_is_found(
    fonts: FontChain, content: bytes, change: Callable[[bytes], bytes]
) -> None:
    def changed(_: int, body: bytes) -> bytes:
        if not body.startswith(b"<</Length1"):
            return body
        program = change(body.partition(b"\nstream\n")[2].removesuffix(b"\nendstream"))
        return b"<</Length1 %d/Length %d>>\nstream\n%b\nendstream" % (len(program), len(program), program)

    tampered = rewriting.rewritten(content, changed)
    assert tampered != content
    refuse(InspectionFailed, tampered, fonts)


def test_an_object_that_nothing_names_is_found(fonts: FontChain, content: bytes) -> None:
    last = number_of(content, b"<</Type/Sig/") - 1
    for number in (last + 1, last, 5):
        refuse(PageMismatch, rewriting.with_object(content, number, b"<</Secret(of another)>>"), fonts)


def test_something_before_the_first_object_is_found(fonts: FontChain, content: bytes) -> None:
    hidden = rewriting.rewritten(content, lambda _, body: body, b"% of another\n")
    refuse(PageMismatch, hidden, fonts)


def test_a_form_part_that_was_refused_is_not_kept(fonts: FontChain, content: bytes) -> None:
    forget_forms()
    with pytest.raises(PageMismatch):
        inspect(rewriting.rewritten(content, lambda _, body: body, b"%\n"), plan(SNAPSHOT, fonts), fonts)
    assert list(kept_forms()) == []


def _of_the_picture(kind: bytes, entry: bytes) -> rewriting.Change:
    """Another entry in the picture's dictionary, or in that of its opacity."""
    begin = b"<</Type/XObject/Subtype/Image/"
    return lambda _, body: (
        body.replace(b"/Length ", entry + b"/Length ", 1) if body.startswith(begin) and kind in body[:200] else body
    )


def _behind_the_pixels(_: int, body: bytes) -> bytes:
    if not body.startswith(b"<</Type/XObject/Subtype/Image/"):
        return body
    return rewriting.with_length(body.removesuffix(b"\nendstream") + b"of another\nendstream")


_PICTURES: list[tuple[rewriting.Change, str]] = [
    (_of_the_picture(b"/DeviceGray", b"/Decode[1 0]"), "opacity turned round"),
    (_of_the_picture(b"/DeviceRGB", b"/Decode[1 0 1 0 1 0]"), "colours turned round"),
    (_of_the_picture(b"/DeviceRGB", b"/Alternates[]"), "another picture for print"),
    (_behind_the_pixels, "something behind the pixels"),
]


@pytest.mark.parametrize("change", [one for one, _ in _PICTURES], ids=[name for _, name in _PICTURES])
@pytest.mark.parametrize("snapshot", [SNAPSHOT, SEAL_CERTIFICATE], ids=["official seal", "both seals"])
def test_a_seal_that_could_be_shown_otherwise_is_found(
    fonts: FontChain, change: rewriting.Change, snapshot: Snapshot
) -> None:
    pages = plan(snapshot, fonts)
    honest = compose(snapshot, pages, fonts).content
    registered = number_of(honest, b"<</Type/Sig/")
    behind = rewriting.rewritten(honest, lambda number, body: change(number, body) if number > registered else body)
    before = rewriting.rewritten(honest, lambda number, body: change(number, body) if number < registered else body)
    assert before != honest
    for tampered in {before, behind} - {honest}:
        rewriting.refuse(SealMismatch, tampered, snapshot, pages, fonts)
    assert (behind == honest) is (snapshot is SNAPSHOT)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"<</N 3/", b"<</N 3/Alternate/DeviceRGB/"),
        lambda body: body.removesuffix(b"\nendstream") + b"of another\nendstream",
    ],
    ids=["another entry", "longer than it says"],
)
def test_another_profile_is_found(fonts: FontChain, content: bytes, change: Callable[[bytes], bytes]) -> None:
    tampered = rewriting.rewritten(content, lambda _, body: change(body) if body.startswith(b"<</N 3/") else body)
    assert tampered != content
    refuse(PageMismatch, tampered, fonts)


def test_something_behind_the_operators_of_the_ground_is_found(fonts: FontChain, content: bytes) -> None:
    def longer(_: int, body: bytes) -> bytes:
        return body.removesuffix(b"\nendstream") + b"of another\nendstream" if b"/PatternType" in body[:400] else body

    tampered = rewriting.rewritten(content, longer)
    assert tampered != content
    refuse(PageMismatch, tampered, fonts)
