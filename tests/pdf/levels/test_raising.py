"""Each level, made with authorities over real HTTP, and what whoever receives the file is told about it."""

from datetime import timedelta

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


async def test_an_archive_holds_when_the_authorities_have_gone_and_ten_years_have_passed(
    pki: Pki, document: UnsignedDocument
) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    pki.faults = {}
    found = await told(pki, content, START + timedelta(days=365 * 4))
    assert found.problems == ()
