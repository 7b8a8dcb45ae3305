"""One attempt to issue: authorise, snapshot, seal, compose, inspect, permit, sign, compare, level. Recording follows in ``recording``."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hmac import compare_digest

import asyncpg

import pdf
from civil.calendar import jst_date
from issuance_db import history, intents
from issuance_db.history import RecordedLevel
from issuance_db.intents import Intent
from issuance_db.koseki_access import is_registration
from issuance_db.requests import Lease
from issuance_db.seal_places import StatusListFull, take_place
from issuance_db.sources import SourceRead
from kiosk_server.issuing.acceptance import RETRY_SECONDS
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.ending import cannot_be_printed, contradicts_itself, quarantine, status_list_full, void
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.findings import DayChanged, PersonDiffers, RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.kinds.kind import Moment, Reading
from kiosk_server.issuing.levels import raised
from kiosk_server.issuing.opening import concerned, open_city
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed
from kiosk_server.issuing.paper_worker import PaperWorkerDied
from kiosk_server.issuing.permit import grant_permit
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.sealing import seal
from kiosk_server.issuing.signing import sign


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signed document that compares with the inspected one, ready to be recorded."""

    intent: Intent
    content: bytes = field(repr=False)
    document_digest: bytes
    asked_by: str
    level: RecordedLevel | None


async def attempt(environment: Environment, asked: Asked, lease: Lease) -> Prepared:
    """Make and sign one certificate, recording nothing yet.

    Raises ``RecordMoved`` and ``DayChanged`` after voiding what was made; ``Refusal`` when the answer is no, and then
    whoever ends the request voids what is open.
    """
    try:
        with environment.step("snapshot"):
            intent, snapshot, place = await _propose(environment, asked, lease)
    except RecordContradictsItself as fault:
        raise await contradicts_itself(environment, lease, fault) from fault
    except StatusListFull:
        raise await status_list_full(environment, lease) from None
    try:
        return await _make(environment, asked, intent, snapshot, place)
    except (RecordMoved, DayChanged) as cause:
        await void(environment, intent, type(cause).__name__)
        raise
    except (pdf.GlyphMissing, pdf.TextOverflow) as refused:
        raise await cannot_be_printed(environment, intent, refused) from refused


async def _propose(
    environment: Environment, asked: Asked, lease: Lease
) -> tuple[Intent, pdf.Snapshot, pdf.StatusPlace]:
    """Read once, decide by what was read, and store the intent before anything is drawn."""
    async with environment.database.city(lease.key.municipality_code) as connection:
        moment = await _moment(connection, environment, asked, lease)
        reading = _with_residents(await KINDS[asked.request.kind].read(connection, asked, moment), moment)
        number = await intents.next_issuance_number(connection, jst_date(lease.accepted_at))
        store = partial(_store, environment, asked, lease, reading, moment.city.fee_yen or 0, number)
        if not reading.my_numbers_of:
            return await store(connection)
    await _log_my_number_reads(environment, lease, reading.my_numbers_of, number)
    async with environment.database.city(lease.key.municipality_code) as connection:
        return await store(connection)


async def _store(
    environment: Environment,
    asked: Asked,
    lease: Lease,
    reading: Reading,
    fee_yen: int,
    number: str,
    connection: asyncpg.Connection,
) -> tuple[Intent, pdf.Snapshot, pdf.StatusPlace]:
    snapshot = reading.snapshot(number)
    intent = _intent(asked, lease, reading, fee_yen, snapshot)
    if not await intents.propose(connection, intent, environment.clock()):
        raise Refusal(RefusalCode.TIMED_OUT, "lease_lost", retry_after=RETRY_SECONDS)
    place = await take_place(connection, lease.key.municipality_code, number, jst_date(lease.accepted_at))
    return intent, snapshot, pdf.StatusPlace(*place)


def _with_residents(reading: Reading, moment: Moment) -> Reading:
    """Where the residents come in files, the books say how old they were, as of any other source."""
    residents = moment.city.residents
    if residents is None or not reading.subjects:
        return reading
    shown = reading.subjects[0]
    read = SourceRead("resident", shown.person_number, shown.person_sequence, residents.fed_at)
    return replace(reading, sources=(*reading.sources, read))


async def _log_my_number_reads(
    environment: Environment, lease: Lease, person_numbers: tuple[str, ...], number: str
) -> None:
    """Committed before anything is unsealed: a read is logged whatever becomes of the attempt."""
    city_code = lease.key.municipality_code
    async with environment.database.city(city_code) as connection:
        for person_number in person_numbers:
            await history.add_my_number_read(
                connection, city_code, number, person_number, purpose="certificate", allowed=True
            )


async def _moment(connection: asyncpg.Connection, environment: Environment, asked: Asked, lease: Lease) -> Moment:
    """The city as it is for this kind at the accept instant; closed, there is none."""
    municipality, instant = lease.key.municipality_code, lease.accepted_at
    now: datetime = environment.clock()
    about = concerned(asked.request.kind, asked.request.terminal, {asked.authenticated.person_number})
    settings, _ = await open_city(connection, municipality, about, asked.caller.channel, instant, now)
    return Moment(instant, now, settings, environment.keys)


def _intent(asked: Asked, lease: Lease, reading: Reading, fee_yen: int, snapshot: pdf.Snapshot) -> Intent:
    asking = asked.authenticated.person_number
    return Intent(
        issuance_number=snapshot.issuance_number,
        lease=lease,
        kind=asked.request.kind,
        channel=asked.caller.channel,
        fee_yen=fee_yen,
        instant=lease.accepted_at,
        pages=pdf.page_count(snapshot),
        snapshot_digest=pdf.snapshot_digest(snapshot),
        subjects=reading.subjects,
        sources=reading.sources,
        koseki_persons=reading.koseki_persons,
        registration=asking if is_registration(asking) else None,
    )


async def _make(
    environment: Environment, asked: Asked, intent: Intent, snapshot: pdf.Snapshot, place: pdf.StatusPlace
) -> Prepared:
    with environment.step("compose"):
        sealed = seal(environment, intent, snapshot, place)
        paper = await _composed(environment, sealed)
    if isinstance(paper, PaperFailed):
        await quarantine(environment, intent, type(paper.failure).__name__, paper.content)
    if (mismatch := _of_another_request(paper, intent, sealed)) is not None:
        await quarantine(environment, intent, mismatch, paper.document.content)
    with environment.step("permit"):
        permit = await _permitted(environment, asked, intent, snapshot, paper)
    try:
        with environment.step("sign"):
            signed = await sign(environment, paper, permit)
        with environment.step("compare"):
            pdf.compare(signed, paper.inspected)
        with environment.step("level"):
            content, level = await raised(environment.levels, intent.lease.key.municipality_code, signed)
    except (pdf.InspectionFailed, pdf.PermitMismatch, pdf.PermitSpent, pdf.UpdateMismatch) as failure:
        await quarantine(environment, intent, type(failure).__name__, paper.document.content)
    return Prepared(intent, content, paper.inspected.digest, asked.authenticated.person_number, level)


async def _composed(environment: Environment, sealed: pdf.Sealed) -> InspectedPaper | PaperFailed:
    try:
        return await environment.paper.make(sealed)
    except PaperWorkerDied:
        # Nothing is known to be wrong with what is asked: the resident may come back, and the attempt is void.
        raise Refusal(RefusalCode.BUSY, "paper_worker_died", retry_after=RETRY_SECONDS) from None


def _of_another_request(paper: InspectedPaper, intent: Intent, sealed: pdf.Sealed) -> str | None:
    """What shows that this paper, sound as it is, was made for somebody else: the accident of Yokohama in 2023."""
    if paper.inspected.issuance_number != intent.issuance_number:
        return pdf.NumberMismatch.__name__
    if paper.inspected.page_count != intent.pages:
        return pdf.PageMismatch.__name__
    if not compare_digest(paper.snapshot_digest, intent.snapshot_digest):
        return pdf.SnapshotMismatch.__name__
    return None if paper.inspected.tokens == sealed.tokens else pdf.VisibleSealMismatch.__name__


async def _permitted(
    environment: Environment, asked: Asked, intent: Intent, snapshot: pdf.Snapshot, paper: InspectedPaper
) -> pdf.SignPermit:
    try:
        async with environment.database.city(intent.lease.key.municipality_code) as connection:
            return await grant_permit(connection, intent, snapshot, asked, paper.inspected.digest, environment.clock)
    except PersonDiffers:
        return await quarantine(environment, intent, "PersonDiffers", paper.document.content)
