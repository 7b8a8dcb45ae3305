"""One attempt to issue: authorise, snapshot, compose, inspect, permit, sign, compare. Recording follows in ``recording``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

import asyncpg

import pdf
from cardauth import Authenticated
from civil.calendar import jst_date
from issuance_db import city, history, intents, residents
from issuance_db.intents import Intent
from issuance_db.requests import Lease
from kiosk_server.issuing.authorise import HOUSEHOLD_INCOMPLETE, Authorised, authorise
from kiosk_server.issuing.ending import cannot_be_printed, contradicts_itself, quarantine, void
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed
from kiosk_server.issuing.permit import Chosen, DayChanged, PersonDiffers, RecordMoved, grant_permit
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, IssuanceRequest
from kiosk_server.issuing.snapshot import RecordContradictsItself, resident_record_snapshot, subjects_of

PERSONS_PER_PAGE = {"household_list": 4, "individual": 1}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signed document that compares with the inspected one, ready to be recorded."""

    intent: Intent
    content: bytes
    document_digest: bytes
    asked_by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what: the accepted request with the persons chosen, as numbers."""

    caller: Caller
    request: IssuanceRequest
    authenticated: Authenticated
    chosen: Chosen
    household_at_menu: tuple[str, int] | None = None
    """Number and sequence of the household when the menu named the chosen persons."""


async def attempt(environment: Environment, asked: Asked, lease: Lease) -> Prepared:
    """Make and sign one certificate, recording nothing yet.

    Raises ``RecordMoved`` and ``DayChanged`` after voiding what was made; ``Refusal`` when the answer is no, and then
    whoever ends the request voids what is open.
    """
    try:
        with environment.step("snapshot"):
            intent, snapshot = await _propose(environment, asked, lease)
    except RecordContradictsItself as fault:
        raise await contradicts_itself(environment, lease, fault.person_number) from fault
    try:
        return await _make(environment, asked, intent, snapshot)
    except (RecordMoved, DayChanged) as cause:
        await void(environment, intent, type(cause).__name__)
        raise
    except (pdf.GlyphMissing, pdf.TextOverflow) as refused:
        raise await cannot_be_printed(environment, intent, refused) from refused


async def _propose(environment: Environment, asked: Asked, lease: Lease) -> tuple[Intent, pdf.ResidentRecordSnapshot]:
    """Read once, decide by what was read, and store the intent before anything is drawn."""
    async with environment.database.city(lease.key.municipality_code) as connection:
        authorised, settings = await _authorised(connection, asked, lease, environment.clock())
        number = await intents.next_issuance_number(connection, jst_date(lease.accepted_at))
    if asked.request.options.my_number:
        await _log_my_number_reads(environment, lease, authorised, number)
    snapshot = resident_record_snapshot(
        asked.request, authorised, settings, number, lease.accepted_at, environment.keys
    )
    intent = _intent(asked, lease, authorised, settings.fee_yen or 0, snapshot)
    async with environment.database.city(lease.key.municipality_code) as connection:
        await intents.propose(connection, intent)
        await history.add_step(connection, lease.key, "proposed", environment.clock(), issuance_number=number)
    return intent, snapshot


async def _log_my_number_reads(environment: Environment, lease: Lease, authorised: Authorised, number: str) -> None:
    """Committed before anything is unsealed: a read is logged whatever becomes of the attempt."""
    city_code = lease.key.municipality_code
    async with environment.database.city(city_code) as connection:
        for member in authorised.printed:
            await history.add_my_number_read(
                connection, city_code, number, member.person_number, purpose="certificate", allowed=True
            )


async def _authorised(
    connection: asyncpg.Connection, asked: Asked, lease: Lease, now: datetime
) -> tuple[Authorised, city.CitySettings]:
    municipality, kind, on = lease.key.municipality_code, asked.request.kind, jst_date(lease.accepted_at)
    settings = await city.city_on(connection, municipality, kind, asked.caller.channel, on)
    if settings is None or await city.closing_time(connection, municipality, kind, lease.accepted_at, now) is None:
        raise Refusal(RefusalCode.CLOSED, "outside_service_hours", retry_after=600)
    person_number = asked.authenticated.person_number
    if await residents.is_behind(connection, municipality, person_number):
        raise RecordMoved
    household = await residents.household_of(connection, municipality, person_number)
    _require_household_of_menu(household, asked)
    try:
        return authorise(household, person_number, asked.chosen, asked.request.options, settings, on), settings
    except Refusal as refusal:
        # Somebody joined or left between the two reads: that is no refusal, the next attempt sees it whole.
        if refusal.reason == HOUSEHOLD_INCOMPLETE and await residents.is_behind(
            connection, municipality, person_number
        ):
            raise RecordMoved from None
        raise


def _require_household_of_menu(household: Sequence[residents.HouseholdMember], asked: Asked) -> None:
    now = {(member.household_number, member.household_sequence) for member in household}
    if asked.household_at_menu is not None and now != {asked.household_at_menu}:
        raise Refusal(RefusalCode.NOT_AVAILABLE, "household_changed_since_menu")


def _intent(
    asked: Asked, lease: Lease, authorised: Authorised, fee_yen: int, snapshot: pdf.ResidentRecordSnapshot
) -> Intent:
    per_page = PERSONS_PER_PAGE[asked.request.form]
    return Intent(
        issuance_number=snapshot.issuance_number,
        lease=lease,
        kind=asked.request.kind,
        channel=asked.caller.channel,
        fee_yen=fee_yen,
        instant=lease.accepted_at,
        pages=-(-len(snapshot.persons) // per_page),
        snapshot_digest=pdf.snapshot_digest(snapshot),
        subjects=subjects_of(authorised),
    )


async def _make(
    environment: Environment, asked: Asked, intent: Intent, snapshot: pdf.ResidentRecordSnapshot
) -> Prepared:
    with environment.step("compose"):
        paper = await environment.paper.make(snapshot)
    if isinstance(paper, PaperFailed):
        await quarantine(environment, intent, type(paper.failure).__name__, paper.content)
    if (mismatch := _of_another_request(paper, intent)) is not None:
        await quarantine(environment, intent, mismatch, paper.document.content)
    with environment.step("permit"):
        permit = await _permitted(environment, asked, intent, paper.document.content, paper.inspected.digest)
    try:
        with environment.step("sign"):
            signed = pdf.sign(paper.document, permit, environment.keys.document_signer())
        with environment.step("compare"):
            pdf.compare(signed, paper.inspected)
    except (pdf.InspectionFailed, pdf.PermitMismatch, pdf.PermitSpent) as failure:
        await quarantine(environment, intent, type(failure).__name__, paper.document.content)
    return Prepared(intent, signed, paper.inspected.digest, asked.authenticated.person_number)


def _of_another_request(paper: InspectedPaper, intent: Intent) -> str | None:
    """What shows that this paper, sound as it is, was made for somebody else: the accident of Yokohama in 2023."""
    if paper.inspected.issuance_number != intent.issuance_number:
        return pdf.NumberMismatch.__name__
    if paper.inspected.page_count != intent.pages:
        return pdf.PageMismatch.__name__
    return None if compare_digest(paper.snapshot_digest, intent.snapshot_digest) else pdf.SnapshotMismatch.__name__


async def _permitted(
    environment: Environment, asked: Asked, intent: Intent, content: bytes, digest: bytes
) -> pdf.SignPermit:
    try:
        async with environment.database.city(intent.lease.key.municipality_code) as connection:
            return await grant_permit(connection, intent, asked.authenticated, asked.chosen, digest, environment.clock)
    except PersonDiffers:
        return await quarantine(environment, intent, "PersonDiffers", content)
