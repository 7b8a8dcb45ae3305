"""The signature level of a certificate: raised once it is signed and compared, before anything is recorded or sent."""

from dataclasses import dataclass
from typing import Final

import pdf
from issuance_db.history import RecordedLevel
from kiosk_server.issuing.refusal import Refusal, RefusalCode

RETRY_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class LevelRules:
    """The level that is wanted, with whom it is made, and the cities that openly take a lower one when it cannot be."""

    wanted: pdf.SignatureLevel
    authorities: pdf.Authorities
    lower_allowed: frozenset[str] = frozenset()


async def raised(rules: LevelRules | None, municipality_code: str, signed: bytes) -> tuple[bytes, RecordedLevel | None]:
    """The file at the level that is wanted, and what the books say of it; without rules the file itself, B-B.

    Where the level is not reached, the city either takes what was reached, or the answer is ``busy``: raises ``Refusal``.
    Raises ``pdf.UpdateMismatch`` if the file is not what it should be.
    """
    if rules is None:
        return signed, None
    made = await pdf.raise_level(signed, rules.wanted, rules.authorities)
    reason = None if made.failure is None else type(made.failure).__name__
    if reason is not None and municipality_code not in rules.lower_allowed:
        raise Refusal(RefusalCode.BUSY, f"signature_level_{reason}", retry_after=RETRY_SECONDS)
    return made.content, RecordedLevel(rules.wanted, made.level, reason)
