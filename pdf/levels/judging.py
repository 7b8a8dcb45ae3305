"""What the updates behind a signature prove, offline: from the newest time-stamp, judged as of now, inwards.

Each time-stamp proves that everything before it existed at its time, so what stands inside is judged as of that time, by the
validation data that was there already: nothing that came later can speak for it (ETSI EN 319 102-1, clause 5.6, in short).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pyhanko_certvalidator import ValidationContext

from pdf.contents import SignatureParts
from pdf.levels.canonical import is_canonical_certificate, is_canonical_list, is_canonical_response
from pdf.levels.errors import CertificateRevoked, LevelUnreached, RevocationUnknown
from pdf.levels.level import SignatureLevel
from pdf.levels.reading import FoundFile
from pdf.levels.time_stamp import TimeStamp, read_token
from pdf.levels.trust import Trust, document_chain, is_whole, stamp_chain
from pdf.levels.updates import ValidationData

STAMP_WRONG: Final = (
    "タイムスタンプが壊れているか、別のファイルのものです。 / A time-stamp is damaged, or belongs to another file."
)
STAMP_UNTRUSTED: Final = "タイムスタンプ局を信頼できません。 / The authority of a time-stamp is not trusted."
STAMP_EXPIRED: Final = (
    "最後のタイムスタンプの有効期間が過ぎています。その前に更新(kiosk refresh)された写しがあれば、それを確かめてください。 / "
    "The newest time-stamp has run out. If there is a copy that was renewed before (kiosk refresh), check that one."
)
INCOMPLETE: Final = (
    "失効していないことを示す情報がそろっていないか、壊れています。 / "
    "What shows that no certificate was revoked is incomplete or damaged."
)
REVOKED: Final = (
    "署名またはタイムスタンプの証明書は、その時点で失効していました。 / "
    "The certificate of the signature or of a time-stamp had been revoked by then."
)
_CLOCKS: Final = timedelta(minutes=5)
_BROKEN: Final = (ValueError, KeyError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class ToldStamp:
    """A time-stamp for people: when (UTC) and by whose authority."""

    at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class Judged:
    """`proven_at`: when the signature existed. `complete` is None for B-T, which carries no validation data."""

    stamps: tuple[ToldStamp, ...]
    proven_at: datetime
    complete: bool | None
    problems: tuple[str, ...]


async def judge(found: FoundFile, signature: SignatureParts, signers: Trust, stampers: Trust, at: datetime) -> Judged:
    """Judge a file above B-B as of `at`. Whether the signature itself holds and whom it is from is not asked here.

    Raises TimeStampWrong for a time-stamp that cannot be read.
    """
    stamps = [read_token(stamp.token) for stamp in found.stamps]
    problems: list[str] = []
    used = {signature.certificate_der, *signature.chain_der}
    moment = at
    for number in reversed(range(len(stamps))):
        problem, chain = await _stamp_problem(found, number, stamps[number], stampers, moment)
        problems += [] if problem is None else [problem]
        used |= set(chain)
        moment = min(moment, stamps[number].at)
    complete = None
    if found.level != SignatureLevel.B_T:
        data = found.data_before(1)
        chain = (signature.certificate_der, *signature.chain_der, *data.certificates)
        problem = await _revocation_problem(chain, signers.context(stamps[0].at, data))
        problems += [] if problem is None else [problem]
        complete = INCOMPLETE not in problems and _nothing_is_free(found.data_before(None), used)
        problems += [] if complete else [INCOMPLETE]
    told = tuple(ToldStamp(stamp.at, stamp.authority) for stamp in stamps)
    return Judged(told, stamps[0].at, complete, tuple(dict.fromkeys(problems)))


async def _stamp_problem(
    found: FoundFile, number: int, stamp: TimeStamp, trust: Trust, moment: datetime
) -> tuple[str | None, Sequence[bytes]]:
    """What is wrong with the time-stamp of this number, judged as of `moment`, and the certificates it needs."""
    digest = found.stamps[number].place.digest
    newest = number == len(found.stamps) - 1
    data = found.data_before(None if newest else number + 1)
    chain = await _chain(stamp, digest, trust.context(stamp.at, others=data.certificates))
    if not chain and await is_whole(stamp.token, digest, stamp.at):
        return STAMP_UNTRUSTED, ()
    if not chain or set(stamp.certificates) - set(chain) or stamp.at > moment + _CLOCKS:
        return STAMP_WRONG, chain
    if not await _chain(stamp, digest, trust.context(max(moment, stamp.at), others=data.certificates)):
        return STAMP_EXPIRED, chain
    if found.level == SignatureLevel.B_T:
        return None, chain
    problem = await _revocation_problem(chain, trust.context(stamp.at, data))
    # The data of an archive time-stamp comes with the next one; until then what is stored may or may not tell of it.
    may_lack = newest and found.level == SignatureLevel.B_LTA
    return (None if may_lack and problem == INCOMPLETE else problem), chain


async def _chain(stamp: TimeStamp, digest: bytes, context: ValidationContext) -> Sequence[bytes]:
    try:
        return await stamp_chain(stamp.token, digest, context)
    except LevelUnreached:
        return ()


async def _revocation_problem(chain: Sequence[bytes], context: ValidationContext) -> str | None:
    try:
        await document_chain(chain[0], chain[1:], context)
    except CertificateRevoked:
        return REVOKED
    except RevocationUnknown:
        return INCOMPLETE
    return None


def _nothing_is_free(data: ValidationData, used: set[bytes]) -> bool:
    """Every stored byte is signed by somebody or spelled in one way, and every stored certificate is needed."""
    checks = (is_canonical_certificate, is_canonical_response, is_canonical_list)
    try:
        sound = all(check(item) for check, items in zip(checks, data.kinds, strict=True) for item in items)
    except _BROKEN:
        return False
    return sound and set(data.certificates) <= used
