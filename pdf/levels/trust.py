"""Whether a certificate leads to one that is trusted, as of an instant, by data that is at hand; nothing is fetched here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, RevokedError, ValidationError
from pyhanko_certvalidator.path import ValidationPath

from pdf.levels.errors import CertificateRevoked, RevocationUnknown, TimeStampUntrusted
from pdf.levels.updates import ValidationData

_REVOKED: Final = {AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
_BROKEN: Final = (
    InvalidSignature,
    UnsupportedAlgorithm,
    SignatureValidationError,
    ValidationError,
    PathBuildingError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates (DER) that are trusted."""

    roots: tuple[bytes, ...]

    def context(
        self, at: datetime, data: ValidationData | None = None, others: Iterable[bytes] = (), *, later_data: bool = True
    ) -> ValidationContext:
        """With `data`, everything below a root must be shown not to be revoked; without, revocation is not asked.

        `later_data` says whether data from after `at` may show it too.
        """
        known = data or ValidationData()
        return ValidationContext(
            trust_roots=[x509.Certificate.load(one) for one in self.roots],
            other_certs=[x509.Certificate.load(one) for one in (*known.certificates, *others)],
            moment=at,
            crls=known.lists,
            ocsps=known.responses,
            revocation_mode="soft-fail" if data is None else "hard-fail",
            retroactive_revinfo=later_data,
            allow_fetching=False,
        )


async def stamp_chain(token: bytes, digest: bytes, context: ValidationContext) -> tuple[bytes, ...]:
    """The certificates from a time-stamp's authority to below the root.

    Raises TimeStampUntrusted, CertificateRevoked or RevocationUnknown.
    """
    try:
        signed: cms.SignedData = cms.ContentInfo.load(token, strict=True)["content"]
        told = await validate_tst_signed_data(signed, context, _imprint(digest))
    except _BROKEN as broken:
        raise TimeStampUntrusted from broken
    if not (told["intact"] and told["valid"]):
        raise TimeStampUntrusted
    problem = told["trust_problem_indic"]
    if problem in _REVOKED:
        raise CertificateRevoked
    if problem is not None or told["validation_path"] is None:
        raise RevocationUnknown if problem == AdESIndeterminate.TRY_LATER else TimeStampUntrusted
    return below_root(told["validation_path"])


async def is_whole(token: bytes, digest: bytes, at: datetime) -> bool:
    """Whether a time-stamp is of `digest` and its signature holds, whoever made it."""
    try:
        signed: cms.SignedData = cms.ContentInfo.load(token, strict=True)["content"]
        told = await validate_tst_signed_data(signed, Trust(()).context(at), _imprint(digest))
    except _BROKEN:
        return False
    return bool(told["intact"] and told["valid"])


async def document_chain(certificate: bytes, others: Sequence[bytes], context: ValidationContext) -> tuple[bytes, ...]:
    """The certificates from a document signer to below the root. Raises CertificateRevoked or RevocationUnknown."""
    intermediates = [x509.Certificate.load(one) for one in others]
    validator: Any = CertificateValidator(x509.Certificate.load(certificate), intermediates, context)
    try:
        path = await validator.async_validate_usage(key_usage=set())
    except RevokedError as revoked:
        raise CertificateRevoked from revoked
    except _BROKEN as problem:
        raise RevocationUnknown from problem
    return below_root(path)


def below_root(path: ValidationPath) -> tuple[bytes, ...]:
    """The certificates of a path, the end's first, without the trusted one."""
    chain = [certificate.dump() for certificate in path.iter_certs(include_root=False)]
    return tuple(reversed(chain))


def _imprint(digest: bytes) -> Callable[[str], bytes]:
    """Only SHA-256 imprints are made and taken."""
    return lambda algorithm: digest if algorithm == "sha256" else b""
