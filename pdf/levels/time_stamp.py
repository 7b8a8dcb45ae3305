"""A time-stamp as RFC 3161 has it: what is asked, and whether the answer is what was asked."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

from asn1crypto import cms, core, tsp

from pdf.levels.canonical import canonical_token, is_canonical_token
from pdf.levels.errors import TimeStampOffClock, TimeStampRefused, TimeStampWrong

_NONCE_BITS: Final = 64
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_BROKEN: Final = (ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class TimeStampQuery:
    """What is asked: the SHA-256 digest to be stamped, a number never used before, and under which policy (OID or None)."""

    digest: bytes
    nonce: int
    policy: str | None

    @classmethod
    def of(cls, digest: bytes, policy: str | None) -> "TimeStampQuery":
        """A new query with a random nonce."""
        return cls(digest, secrets.randbits(_NONCE_BITS) | 1 << (_NONCE_BITS - 1), policy)

    def encoded(self) -> bytes:
        """The TimeStampReq in DER; the authority's certificate is to come along."""
        asked = {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": self.digest},
            "nonce": self.nonce,
            "cert_req": True,
        }
        return bytes(tsp.TimeStampReq(asked | ({} if self.policy is None else {"req_policy": self.policy})).dump())


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A token that is well formed: when (UTC), of what, by whom."""

    token: bytes
    at: datetime
    digest: bytes
    authority: str
    certificates: tuple[bytes, ...]
    signer: bytes
    """The authority's certificate, DER."""


def answered_token(answer: bytes) -> bytes:
    """The token in a TimeStampResp (DER), in our spelling. Raises TimeStampRefused."""
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native not in _GRANTED:
            raise TimeStampRefused
        return canonical_token(response["time_stamp_token"].dump())
    except _BROKEN as broken:
        raise TimeStampRefused from broken


def check_answer(token: bytes, query: TimeStampQuery, now: datetime, tolerance: timedelta) -> TimeStamp:
    """The token, if it answers `query`. Raises TimeStampWrong or TimeStampOffClock; whom it is from is not asked here."""
    stamp = read_token(token)
    info = _info(_signed(token))
    if not compare_digest(stamp.digest, query.digest) or info["nonce"].native != query.nonce:
        raise TimeStampWrong
    if query.policy is not None and info["policy"].dotted != query.policy:
        raise TimeStampWrong
    if abs(stamp.at - now) > tolerance:
        raise TimeStampOffClock
    return stamp


def read_token(token: bytes) -> TimeStamp:
    """A time-stamp token over a SHA-256 digest, in the one spelling in which it may stand in a file. Raises TimeStampWrong."""
    try:
        signed = _signed(token)
        info = _info(signed)
        imprint = info["message_imprint"]
        signer = _signer(signed)
        if imprint["hash_algorithm"]["algorithm"].native != "sha256" or not is_canonical_token(token):
            raise TimeStampWrong
        return TimeStamp(
            token=token,
            at=info["gen_time"].native.astimezone(UTC),
            digest=bytes(imprint["hashed_message"].native),
            authority=signer.subject.native.get("common_name", signer.subject.human_friendly),
            certificates=tuple(choice.chosen.dump() for choice in signed["certificates"]),
            signer=signer.dump(),
        )
    except _BROKEN as broken:
        raise TimeStampWrong from broken


def _signed(token: bytes) -> cms.SignedData:
    return cms.ContentInfo.load(token, strict=True)["content"]


def _info(signed: cms.SignedData) -> tsp.TSTInfo:
    content = signed["encap_content_info"]["content"]
    if not isinstance(content, core.ParsableOctetString) or not isinstance(content.parsed, tsp.TSTInfo):
        raise TimeStampWrong
    return content.parsed


def _signer(signed: cms.SignedData) -> Any:
    (info,) = signed["signer_infos"]
    certificates = [choice.chosen for choice in signed["certificates"]]
    (found,) = (one for one in certificates if _is_named(info["sid"].chosen, one))
    return found


def _is_named(identifier: Any, certificate: Any) -> bool:
    if isinstance(identifier, cms.IssuerAndSerialNumber):
        return bool(
            identifier["issuer"] == certificate.issuer
            and identifier["serial_number"].native == certificate.serial_number
        )
    return bool(identifier.native == certificate.key_identifier)
