"""Each level, made with authorities over real HTTP, and what whoever receives the file is told about it."""

import pytest

from pdf import UnsignedDocument
from pdf.levels.level import SignatureLevel
from tests.pdf.levels.making import raised, told
from tests.pdf.levels.pki import START, Pki

STAMPS = {SignatureLevel.B_B: 0, SignatureLevel.B_T: 1, SignatureLevel.B_LT: 1, SignatureLevel.B_LTA: 2}


@pytest.mark.parametrize("level", SignatureLevel)
async def test_a_level_is_made_and_told(level: SignatureLevel, pki: Pki, document: UnsignedDocument) -> None:
    made = await raised(pki, document, level)
    assert (made.level, made.failure) == (level, None)
    assert made.content.startswith(document.content[: document.byte_range[1]])
    found = await told(pki, made.content)
    assert found.problems == ()
    assert (found.intact, found.trusted, found.level) == (True, True, level)
    assert [stamp.at for stamp in found.time_stamps] == [START] * STAMPS[level]
    assert found.validation_data_complete is (True if level.rank >= SignatureLevel.B_LT.rank else None)
