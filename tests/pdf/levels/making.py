"""Files of each level, made with the authorities of `pki`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from pdf import SignPermit, UnsignedDocument, Verification, sign, verify
from pdf.levels.asking import Asking, AskingLimits
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import Authorities, Raised, TimeStamping, raise_level
from pdf.levels.revocation import KeepingLimits, Revocation
from pdf.levels.trust import Trust
from tests.pdf.levels.pki import Pki


@asynccontextmanager
async def authorities(
    pki: Pki,
    tsa: str = "tsa",
    limits: AskingLimits | None = None,
    keeping: KeepingLimits | None = None,
    **stamping: Any,
) -> AsyncIterator[Authorities]:
    """The product's side of the authorities; its clock is theirs unless a test moves one of them."""
    async with Asking(limits) as asking:
        yield Authorities(
            asking,
            replace(TimeStamping(pki.url(f"tsa/{tsa}"), Trust((pki.certificate("tsa-root"),))), **stamping),
            Trust((pki.certificate("root"),)),
            Revocation(asking, lambda: pki.now, keeping),
            lambda: pki.now,
        )


def signed_by(pki: Pki, document: UnsignedDocument, label: str = "signer") -> bytes:
    return sign(document, SignPermit("n", document.digest), pki.document_key(label))


async def raised(
    pki: Pki, document: UnsignedDocument, level: SignatureLevel, label: str = "signer", **options: Any
) -> Raised:
    """A file signed now and raised to `level`."""
    async with authorities(pki, **options) as ours:
        return await raise_level(signed_by(pki, document, label), level, ours)


async def told(pki: Pki, content: bytes, at: datetime | None = None) -> Verification:
    """What whoever kept the file is told, at `at` or now by the authorities' clock."""
    roots = [pki.certificate("root")], [pki.certificate("tsa-root")]
    return await asyncio.to_thread(verify, content, roots[0], at or pki.now, roots[1])
