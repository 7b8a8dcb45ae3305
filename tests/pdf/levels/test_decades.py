"""An archive file judged offline, with its authorities gone and the clock ten years on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pdf import UnsignedDocument
from pdf.levels.errors import AuthorityUnreachable
from pdf.levels.judging import STAMP_EXPIRED
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import renew
from pdf.levels.reading import read_updates
from pdf.verification import UNTRUSTED
from tests.pdf.levels.making import authorities, raised, signed_by, told
from tests.pdf.levels.pki import START, Pki, running_pki

SIGNER_EXPIRES, IN_TIME, TEN_YEARS_ON = (datetime(year, 11, 23, 3, tzinfo=UTC) for year in (2029, 2031, 2036))


async def renewed(pki: Pki, content: bytes, document: UnsignedDocument) -> bytes:
    async with authorities(pki, "tsa2") as ours:
        return await renew(read_updates(content, len(document.content)), ours)


@pytest.mark.parametrize("algorithm", ["ecdsa", "rsa"])
async def test_an_archive_holds_when_its_authorities_have_gone_and_ten_years_have_passed(
    algorithm: str, document: UnsignedDocument, tmp_path: Path
) -> None:
    async with running_pki(tmp_path, algorithm=algorithm, tsa_until="2040") as pki:
        made = await raised(pki, document, SignatureLevel.B_LTA)
    found = await told(pki, made.content, TEN_YEARS_ON)
    assert found.problems == ()
    assert (found.intact, found.trusted, found.validation_data_complete) == (True, True, True)
    assert [stamp.at for stamp in found.time_stamps] == [START, START]


async def test_a_signature_without_time_stamps_ends_with_its_certificate(pki: Pki, document: UnsignedDocument) -> None:
    content = signed_by(pki, document)
    assert (await told(pki, content)).problems == ()
    assert (await told(pki, content, TEN_YEARS_ON)).problems == (UNTRUSTED,)


@pytest.mark.parametrize("level", [SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA])
async def test_time_stamps_outlive_the_signer_and_end_with_their_own_authority(
    level: SignatureLevel, pki: Pki, document: UnsignedDocument
) -> None:
    content = (await raised(pki, document, level)).content
    assert (await told(pki, content, IN_TIME)).problems == ()
    late = await told(pki, content, TEN_YEARS_ON)
    assert (late.trusted, late.problems) == (False, (STAMP_EXPIRED,))


async def test_an_archive_renewed_in_time_goes_on(pki: Pki, document: UnsignedDocument) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    pki.now = IN_TIME
    again = await renewed(pki, content, document)
    assert again.startswith(content)
    found = await told(pki, again, TEN_YEARS_ON)
    assert found.problems == ()
    assert [stamp.at for stamp in found.time_stamps] == [START, START, IN_TIME]
    assert [stamp.authority for stamp in found.time_stamps] == ["見本 tsa", "見本 tsa", "見本 tsa2"]
    assert found.validation_data_complete is True


async def test_it_is_renewed_again_and_again(pki: Pki, document: UnsignedDocument) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    for year in range(2027, 2032):
        pki.now = datetime(year, 1, 5, tzinfo=UTC)
        content = await renewed(pki, content, document)
    found = await told(pki, content, TEN_YEARS_ON)
    assert (found.problems, len(found.time_stamps)) == ((), 7)


async def test_one_renewed_too_late_stays_unproven(pki: Pki, document: UnsignedDocument) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    pki.now = IN_TIME
    again = await renewed(pki, content, document)
    found = await told(pki, again, datetime(2046, 1, 1, tzinfo=UTC))
    assert found.problems == (STAMP_EXPIRED,)


async def test_without_its_authorities_nothing_is_renewed(document: UnsignedDocument, tmp_path: Path) -> None:
    async with running_pki(tmp_path) as pki:
        content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    with pytest.raises(AuthorityUnreachable):
        await renewed(pki, content, document)
