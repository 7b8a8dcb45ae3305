"""The authorities of the signature level that the settings ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pdf
from civil.clock import Clock
from kiosk_server.issuing.levels import LevelRules
from kiosk_server.processes.starting import certificates_in
from kiosk_server.settings import Settings


@asynccontextmanager
async def level_rules(settings: Settings, clock: Clock) -> AsyncIterator[LevelRules | None]:
    """What certificates are raised to, or None for B-B. Raises SettingsInvalid naming what a level needs and lacks."""
    wanted = pdf.SignatureLevel(settings.signature_level)
    if wanted == pdf.SignatureLevel.B_B:
        yield None
        return
    async with authorities(settings, clock) as found:
        yield LevelRules(wanted, found, frozenset(settings.allow_lower_level))


@asynccontextmanager
async def authorities(settings: Settings, clock: Clock) -> AsyncIterator[pdf.Authorities]:
    """The time-stamping and certification authorities, their connections kept. Raises SettingsInvalid."""
    stamping = pdf.TimeStamping(
        url=settings.need("tsa_url"),
        trust=pdf.Trust(certificates_in(settings.path("tsa_ca"))),
        policy=settings.tsa_policy,
        tolerance=timedelta(seconds=settings.tsa_tolerance_seconds),
        room=settings.tsa_room_bytes,
    )
    signers = pdf.Trust(certificates_in(settings.path("document_ca")))
    async with pdf.Asking(pdf.AskingLimits(seconds=settings.authority_seconds)) as asking:
        keeping = pdf.KeepingLimits(age=timedelta(seconds=settings.validation_data_seconds))
        yield pdf.Authorities(asking, stamping, signers, pdf.Revocation(asking, clock, keeping), clock)
