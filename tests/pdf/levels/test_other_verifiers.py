"""Verifiers by other people: pyHanko reads the files strictly, poppler and OpenSSL check what they can."""

import asyncio
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_timestamp, validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from pdf import UnsignedDocument
from pdf.levels.level import SignatureLevel
from pdf.levels.reading import read_updates
from tests.pdf.levels.making import raised
from tests.pdf.levels.pem import as_pem
from tests.pdf.levels.pki import Pki
from tests.pdf.preflight import preflight
from tests.pdf.test_archival_form import ALLOWED_SINCE_PART_2

ABOVE_B_B = [SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA]
levels = pytest.mark.parametrize("level", ABOVE_B_B)


@pytest.fixture(params=ABOVE_B_B)
async def content(request: pytest.FixtureRequest, pki: Pki, document: UnsignedDocument) -> bytes:
    return (await raised(pki, document, request.param)).content


async def test_pyhanko_finds_nothing_changed_that_docmdp_forbids(content: bytes, pki: Pki) -> None:
    """ISO 32000-2, table 257: time-stamps and security stores are no changes, not even under P 1, which our files carry."""
    reader = PdfFileReader(BytesIO(content), strict=True)
    (signature,) = reader.embedded_regular_signatures
    context = ValidationContext(trust_roots=[x509.Certificate.load(pki.certificate("root"))], moment=pki.now)
    status = await asyncio.to_thread(validate_pdf_signature, signature, context)
    assert (status.intact, status.valid, status.trusted, status.docmdp_ok) == (True, True, True, True)
    assert status.modification_level == ModificationLevel.LTA_UPDATES
    stampers = ValidationContext(trust_roots=[x509.Certificate.load(pki.certificate("tsa-root"))], moment=pki.now)
    for stamp in reader.embedded_timestamp_signatures:
        told = await async_validate_pdf_timestamp(stamp, stampers)
        assert (told.intact, told.valid, told.trusted, told.timestamp) == (True, True, True, pki.now)
        assert told.modification_level in {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}


async def test_pyhanko_judges_an_archive_by_the_rules_of_ades(pki: Pki, document: UnsignedDocument) -> None:
    """Its validation for archives asks for a time-stamp inside the signature, where EN 319 142-1 takes either kind.

    All else it finds in order: the chain of document time-stamps, and signer and revocation by what is stored.
    """
    content = (await raised(pki, document, SignatureLevel.B_LTA)).content
    (signature,) = PdfFileReader(BytesIO(content), strict=True).embedded_regular_signatures
    roots = [x509.Certificate.load(pki.certificate(name)) for name in ("root", "tsa-root")]
    policy = CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(REQUIRE_REVINFO))
    gathering = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = SignatureValidationSpec(policy, revinfo_gathering_policy=gathering, local_knowledge=LocalKnowledge())
    timing = ValidationTimingInfo(pki.now, pki.now, point_in_time_validation=True)
    told = await ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing_info=timing)
    assert told.oldest_evidence_record_timestamp == pki.now
    assert told.api_status is not None
    assert (told.api_status.intact, told.api_status.valid, told.api_status.trusted) == (True, True, True)
    assert told.ades_subindic == AdESIndeterminate.SIG_CONSTRAINTS_FAILURE


async def test_poppler_finds_the_signature_valid(content: bytes, tmp_path: Path) -> None:
    """It knows no document time-stamps ("Unimplemented Feature"), and the signature covers what it covered when made."""
    file = tmp_path / "file.pdf"
    file.write_bytes(content)
    said = _run(["pdfsig", "-nocert", str(file)], tmp_path)
    assert b"Signature is Valid" in said
    assert b"Digest Mismatch" not in said


async def test_openssl_finds_every_time_stamp_valid(content: bytes, pki: Pki, document: UnsignedDocument) -> None:
    directory = pki.directory
    found = read_updates(content, len(document.content))
    (directory / "tsa-root.crt").write_bytes(as_pem(pki.certificate("tsa-root")))
    for stamp in found.stamps:
        (directory / "token").write_bytes(stamp.token)
        digest = stamp.place.digest.hex()
        command = (
            f"openssl ts -verify -token_in -in token -digest {digest} -CAfile tsa-root.crt -attime {_seconds(pki)}"
        )
        assert b"Verification: OK" in _run(command.split(), directory)
        wrong = command.replace(digest, "00" * 32)
        assert b"Verification: OK" not in _run(wrong.split(), directory, fails=True)


async def test_openssl_finds_the_signature_valid(content: bytes, pki: Pki, document: UnsignedDocument) -> None:
    directory = pki.directory
    _, start, end, rest = document.byte_range
    (directory / "root.crt").write_bytes(as_pem(pki.certificate("root")))
    (directory / "cms").write_bytes(bytes.fromhex(content[start + 1 : end - 1].decode()))
    (directory / "data").write_bytes(content[:start] + content[end : end + rest])
    command = (
        "openssl cms -verify -cades -binary -inform DER -in cms -content data -CAfile root.crt -purpose any -out out"
    )
    _run([*command.split(), "-attime", _seconds(pki)], directory)


async def test_qpdf_finds_no_fault_and_the_pages_are_the_same(content: bytes, document: UnsignedDocument) -> None:
    with pikepdf.open(BytesIO(content)) as file, pikepdf.open(BytesIO(document.content)) as signed:
        assert file.check_pdf_syntax() == []
        assert [page.Contents.read_bytes() for page in file.pages] == [
            page.Contents.read_bytes() for page in signed.pages
        ]


def _run(command: Sequence[str], directory: Path, *, fails: bool = False) -> bytes:
    run = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    assert fails or run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def _seconds(pki: Pki) -> str:
    return str(int(pki.now.timestamp()))


async def test_what_is_appended_is_within_pdf_a_2(content: bytes, tmp_path: Path) -> None:
    """ISO 19005-2, 6.3.2, 6.3.3 and 6.4 for the fields that time-stamps bring; PDFBox for whatever else it knows."""
    with pikepdf.open(BytesIO(content)) as file:
        first, *stamps = file.Root.AcroForm.Fields
        assert set(file.Root.AcroForm.keys()) == {"/SigFlags", "/Fields"}
        assert set(file.Root.Perms.keys()) == {"/DocMDP"}
        assert [page.objgen for page in file.pages[0].obj.Annots] == [field.objgen for field in (first, *stamps)]
        for field in stamps:
            assert (int(field.F), [int(side) for side in field.Rect]) == (128 + 4, [0, 0, 0, 0])
            assert set(field.keys()) == set(first.keys())
            assert (str(field.V.Type), str(field.V.SubFilter)) == ("/DocTimeStamp", "/ETSI.RFC3161")
    assert stamps
    assert preflight({"file.pdf": content}, tmp_path)["file.pdf"] - ALLOWED_SINCE_PART_2 == set()
