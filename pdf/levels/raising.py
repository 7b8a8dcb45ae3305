"""Raises a signed and compared file to a level. Nothing leaves here but a file whose every update was read back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pdf.contents import signature_parts
from pdf.levels.asking import Asking
from pdf.levels.canonical import canonical_token
from pdf.levels.errors import LevelUnreached, UpdateMismatch
from pdf.levels.level import SignatureLevel
from pdf.levels.reading import FoundFile, read_updates
from pdf.levels.revocation import Revocation
from pdf.levels.time_stamp import TimeStampQuery, answered_token, check_answer, read_token
from pdf.levels.trust import Trust, document_chain, stamp_chain
from pdf.levels.updates import UpdatedFile, ValidationData, place_for_stamp, with_data

_QUERY: Final = "application/timestamp-query"
_CONTENTS: Final = b"/Contents "


@dataclass(frozen=True, slots=True)
class TimeStamping:
    """The time-stamping authority: where it answers, whom to trust for it, and what it may answer."""

    url: str
    trust: Trust
    policy: str | None = None
    """The OID that a time-stamp must be made under, if one is wanted."""
    tolerance: timedelta = timedelta(seconds=60)
    """How far its time may be from this machine's."""
    room: int = 8192
    """Bytes reserved for one time-stamp."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """Everything that levels are made with; held by a process."""

    asking: Asking
    stamping: TimeStamping
    signers: Trust
    """The roots of the document key's certificate."""
    revocation: Revocation
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Raised:
    """A file, the level it has, and what stood in the way of the level that was wanted."""

    content: bytes
    level: SignatureLevel
    failure: LevelUnreached | None


@dataclass(frozen=True, slots=True)
class _Work:
    """A file on its way up, and its newest time-stamp: the token and the digest of its place."""

    authorities: Authorities
    signed: bytes
    file: UpdatedFile
    token: bytes = b""
    digest: bytes = b""


async def raise_level(signed: bytes, wanted: SignatureLevel, authorities: Authorities) -> Raised:
    """Append what `wanted` asks for to a B-B file, as far as the authorities allow.

    Never raises for what an authority does: `failure` says it, and whoever asked decides whether a lower level will do.
    Raises UpdateMismatch for a file that is not ours.
    """
    work = _Work(authorities, signed, UpdatedFile.of(signed))
    reached, failure = SignatureLevel.B_B, None
    try:
        for level in list(SignatureLevel)[1 : wanted.rank + 1]:
            work = await (_with_signing_data(work) if level == SignatureLevel.B_LT else _stamped(work))
            reached = level
    except UpdateMismatch:
        raise
    except LevelUnreached as unreached:
        failure = unreached
    return Raised(check_raised(work.file.content, signed, reached).end.content, reached, failure)


async def renew(found: FoundFile, authorities: Authorities) -> bytes:
    """Append the newest time-stamp's validation data and a new time-stamp over everything. Raises LevelUnreached."""
    newest = found.stamps[-1]
    work = _Work(authorities, found.signed, found.end, newest.token, newest.place.digest)
    data = (await _stamp_data(work)).without(found.data_before(None))
    work = await _stamped(replace(work, file=with_data(work.file, data)))
    return check_raised(work.file.content, found.signed, SignatureLevel.B_LTA).end.content


def check_raised(content: bytes, signed: bytes, level: SignatureLevel) -> FoundFile:
    """The file behind `signed` is time-stamps and validation data in our spelling, of this level, and nothing else.

    Raises UpdateMismatch otherwise.
    """
    found = read_updates(content, len(signed))
    if found.signed != signed or found.level != level:
        raise UpdateMismatch
    return found


async def _stamped(work: _Work) -> _Work:
    stamping, clock = work.authorities.stamping, work.authorities.clock
    place = place_for_stamp(work.file, stamping.room)
    query = TimeStampQuery.of(place.digest, stamping.policy)
    answer = await work.authorities.asking.post(stamping.url, query.encoded(), _QUERY)
    stamp = check_answer(answered_token(answer), query, clock(), stamping.tolerance)
    chain = await stamp_chain(stamp.token, place.digest, stamping.trust.context(clock()))
    token = canonical_token(stamp.token, set(chain) & set(stamp.certificates))
    return replace(work, file=place.filled(token), token=token, digest=place.digest)


async def _with_signing_data(work: _Work) -> _Work:
    data = await _signer_data(work) + await _stamp_data(work)
    return replace(work, file=with_data(work.file, data))


async def _stamp_data(work: _Work) -> ValidationData:
    """What shows that the authority of the newest time-stamp is not revoked."""
    trust = work.authorities.stamping.trust
    chain = await stamp_chain(work.token, work.digest, trust.context(work.authorities.clock()))
    data = await work.authorities.revocation.of_chain(chain, trust)
    return ValidationData(_absent(chain, read_token(work.token).certificates)) + data


async def _signer_data(work: _Work) -> ValidationData:
    trust = work.authorities.signers
    start = work.signed.index(_CONTENTS + b"<") + len(_CONTENTS)
    parts = signature_parts(work.signed[start : work.signed.index(b">", start) + 1])
    chain = await document_chain(parts.certificate_der, parts.chain_der, trust.context(work.authorities.clock()))
    data = await work.authorities.revocation.of_chain(chain, trust)
    return ValidationData(_absent(chain, (parts.certificate_der, *parts.chain_der))) + data


def _absent(chain: Sequence[bytes], known: Sequence[bytes]) -> tuple[bytes, ...]:
    """A certificate that stands in the signature already is not stored again: no copy of it may go unnoticed."""
    return tuple(one for one in chain if one not in known)
