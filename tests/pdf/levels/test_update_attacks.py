"""Updates behind a signature that are not what a level asks for: refused, even with a true time-stamp over them."""

import asyncio
from dataclasses import replace

import pytest

from pdf import UnsignedDocument, verify
from pdf.levels.errors import UpdateMismatch
from pdf.levels.judging import INCOMPLETE, STAMP_UNTRUSTED, STAMP_WRONG
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import Authorities, _stamped, _Work, check_raised, raise_level
from pdf.levels.reading import FoundFile, read_updates
from pdf.levels.updates import UpdatedFile, ValidationData, with_data
from pdf.tampering import REPLACED
from pdf.verification import CHANGED, NOT_WHOLE
from tests.pdf.attacks import number_of
from tests.pdf.levels.making import authorities, raised, signed_by, told
from tests.pdf.levels.pki import Pki


async def stamped(file: UpdatedFile, signed: bytes, ours: Authorities) -> UpdatedFile:
    return (await _stamped(_Work(ours, signed, file))).file


async def refused(pki: Pki, content: bytes, *problems: str) -> None:
    found = await told(pki, content)
    assert (found.intact, found.covers_whole_file) == (False, False)
    assert set(found.problems) == set(problems)


def found_in(content: bytes, document: UnsignedDocument) -> FoundFile:
    return read_updates(content, len(document.content))


async def test_a_true_time_stamp_over_another_page(pki: Pki, document: UnsignedDocument) -> None:
    """The update that brings the time-stamp also draws a frame over the first page."""
    signed = signed_by(pki, document)
    file = UpdatedFile.of(signed)
    number, body = file.page
    drawn = number_of(signed, b"<</Length")
    other = replace(
        file, page=(number, body.replace(b"/Contents ", b"/Contents[%d 0 R " % drawn).replace(b"/Tabs", b"]/Tabs"))
    )
    assert other.page != file.page
    async with authorities(pki) as ours:
        content = (await stamped(other, signed, ours)).content
    with pytest.raises(UpdateMismatch):
        check_raised(content, signed, SignatureLevel.B_T)
    await refused(pki, content, REPLACED, CHANGED, NOT_WHOLE)


async def test_a_true_time_stamp_over_another_catalog(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    file = UpdatedFile.of(signed)
    async with authorities(pki) as ours:
        other = replace(file, catalog=file.catalog.replace(b"/Lang(ja-JP)", b"/Lang(en-US)"))
        content = (await stamped(other, signed, ours)).content
    await refused(pki, content, CHANGED, NOT_WHOLE)


async def test_two_time_stamps_without_validation_data_between(pki: Pki, document: UnsignedDocument) -> None:
    signed = signed_by(pki, document)
    async with authorities(pki) as ours:
        once = await stamped(UpdatedFile.of(signed), signed, ours)
        content = (await stamped(once, signed, ours)).content
    await refused(pki, content, CHANGED, NOT_WHOLE)


async def test_the_time_stamp_of_another_file(pki: Pki, document: UnsignedDocument) -> None:
    mine, other = (await raised(pki, document, SignatureLevel.B_T)).content, signed_by(pki, document)
    async with authorities(pki) as ours:
        foreign = found_in((await raise_level(other, SignatureLevel.B_T, ours)).content, document).stamps[0]
    place = found_in(mine, document).stamps[0].place
    await refused(pki, place.filled(foreign.token).content, STAMP_WRONG)


@pytest.mark.parametrize("behind", [b"\n", b" ", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n", b"\0" * 100])
async def test_anything_behind_the_last_update(behind: bytes, pki: Pki, document: UnsignedDocument) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    assert (await told(pki, content + behind)).intact is False


async def test_a_last_update_that_was_cut_off_is_the_level_below_or_nothing(
    pki: Pki, document: UnsignedDocument
) -> None:
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    assert (await told(pki, content[:-1])).intact is False
    found = found_in(content, document)
    cut = found.stamps[1].place.file.content[: found.stamps[1].place.byte_range[1]]
    assert (await told(pki, cut)).intact is False


async def test_a_store_with_a_certificate_that_nothing_needs(pki: Pki, document: UnsignedDocument) -> None:
    found = found_in((await raised(pki, document, SignatureLevel.B_LT)).content, document)
    more = ValidationData(certificates=(pki.certificate("stranger"),)) + found.data_before(None)
    signed = found.signed
    async with authorities(pki) as ours:
        once = await stamped(UpdatedFile.of(signed), signed, ours)
    await refused(pki, with_data(once, more).content, INCOMPLETE)


async def test_a_store_that_lacks_what_shows_that_nobody_was_revoked(pki: Pki, document: UnsignedDocument) -> None:
    found = found_in((await raised(pki, document, SignatureLevel.B_LT)).content, document)
    less = replace(found.data_before(None), lists=())
    async with authorities(pki) as ours:
        once = await stamped(UpdatedFile.of(found.signed), found.signed, ours)
    await refused(pki, with_data(once, less).content, INCOMPLETE)


async def test_a_time_stamp_of_an_authority_that_is_not_trusted_is_no_damage(
    pki: Pki, document: UnsignedDocument
) -> None:
    content = (await raised(pki, document, SignatureLevel.B_T)).content
    root = [pki.certificate("root")]
    found = await asyncio.to_thread(verify, content, root, pki.now)
    assert (found.intact, found.trusted, found.problems) == (True, False, (STAMP_UNTRUSTED,))
