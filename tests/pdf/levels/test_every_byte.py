"""One changed byte anywhere is found: in the signed file, in a time-stamp, in the validation data, in what holds them together."""

import asyncio
import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from pdf import UnsignedDocument, verify
from pdf.levels.level import SignatureLevel
from tests.pdf.levels.making import raised
from tests.pdf.levels.pki import START, Pki, running_pki

LEVELS = [SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA]
ROOM = 2048


async def made(level: SignatureLevel, document: UnsignedDocument, directory: Path) -> tuple[bytes, Pki]:
    async with running_pki(directory) as pki:
        return (await raised(pki, document, level, room=ROOM)).content, pki


def accepted(content: bytes, position: int, change: int, pki: Pki) -> bool:
    """Whether the file still passes with this byte changed."""
    changed = bytearray(content)
    changed[position] ^= change
    return holds(bytes(changed), pki)


def holds(content: bytes, pki: Pki) -> bool:
    found = verify(content, [pki.certificate("root")], START, [pki.certificate("tsa-root")])
    return found.intact and found.trusted and not found.problems


@pytest.mark.parametrize("level", LEVELS)
async def test_a_changed_byte_is_found_wherever_it_is(
    level: SignatureLevel, document: UnsignedDocument, tmp_path: Path
) -> None:
    content, pki = await made(level, document, tmp_path)
    chance = random.Random(level)
    behind = len(document.content)
    places = [*chance.sample(range(behind), 30), *chance.sample(range(behind, len(content)), 150)]
    passed = await _passed(content, places, chance, pki)
    assert passed == []


async def test_a_letter_of_a_name_that_counts_as_equal_is_a_changed_byte(
    document: UnsignedDocument, tmp_path: Path
) -> None:
    content, pki = await made(SignatureLevel.B_T, document, tmp_path)
    name = b"root".hex().encode()
    places = [found.start() for found in re.finditer(b"2d" + name, content)]
    changed = [content[: at + 2] + b"52" + content[at + 4 :] for at in places]
    assert len(changed) > 1
    assert not any([await asyncio.to_thread(holds, one, pki) for one in changed])


async def test_an_algorithm_that_nobody_knows_is_refused(document: UnsignedDocument, tmp_path: Path) -> None:
    content, pki = await made(SignatureLevel.B_LT, document, tmp_path)
    elliptic = bytes.fromhex("06072a8648ce3d0201")
    behind = len(document.content)
    places = [found.end() - 1 for found in re.finditer(re.escape(elliptic), content) if found.start() > behind]
    assert places
    assert await _passed(content, places, random.Random(1), pki) == []


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("level", LEVELS)
async def test_every_changed_byte_behind_the_signed_file_is_found(
    level: SignatureLevel, document: UnsignedDocument, tmp_path: Path
) -> None:
    content, pki = await made(level, document, tmp_path)
    passed = await _passed(content, range(len(document.content), len(content)), random.Random(1), pki)
    assert passed == []


async def _passed(content: bytes, places: Iterable[int], chance: random.Random, pki: Pki) -> list[int]:
    return await asyncio.to_thread(
        lambda: [place for place in places if accepted(content, place, 1 << chance.randrange(8), pki)]
    )
