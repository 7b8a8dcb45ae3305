"""The permit: the person derived twice, the last look under locks, and what a mismatch does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest

import pdf
from issuance_db import residents
from keys.errors import KeyNotFound
from keys.file_provider import FileKeyProvider
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from kiosk_server.issuing import permit
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.issuing.city import CENTRE, City, open_at_night
from tests.issuing.read_pdf import text_of
from tests.pdf.sealing import sealed


async def refused(city: City, **changes: object) -> Refusal:
    card = await city.credential("101", "7001")
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, city.request(card, **changes))
    return caught.value


def while_made(city: City, monkeypatch: pytest.MonkeyPatch, meanwhile: object) -> None:
    """Let something happen between composing and the permit, once."""
    make = city.environment.paper.make

    async def made(own: pdf.Sealed) -> InspectedPaper | PaperFailed:
        paper = await make(own)
        monkeypatch.setattr(city.environment.paper, "make", make)
        await meanwhile()  # type: ignore[operator]  # an async function without arguments
        return paper

    monkeypatch.setattr(city.environment.paper, "make", made)


async def test_mis_16_suppression_between_authorisation_and_permit_refuses(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await ashikaga.database.connect("staff", "092029")

    async def suppress() -> None:
        await staff.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
        )

    while_made(ashikaga, monkeypatch, suppress)
    refusal = await refused(ashikaga)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "suppressed")
    assert await ashikaga.rows("SELECT FROM history.issuance") == []


async def test_mis_03_event_between_snapshot_and_permit_voids_and_starts_again(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")

    async def marry() -> None:
        await ashikaga.registry.person("103", name="足利　新姓")
        await ashikaga.project()

    while_made(ashikaga, monkeypatch, marry)
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert "足利　新姓" in text_of(certificate.content)
    states = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [state["state"] for state in states] == ["void", "recorded"]
    assert states[0]["state_cause"] == "RecordMoved"


async def test_mis_15_midnight_between_acceptance_and_permit_prints_the_new_date(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_at_night(ashikaga.database)
    card = await ashikaga.credential("101", "7001")
    ashikaga.clock.now = datetime(2026, 12, 31, 14, 59, 58, tzinfo=UTC)

    async def new_year() -> None:
        ashikaga.clock.advance(seconds=3)

    while_made(ashikaga, monkeypatch, new_year)
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert "令和9年1月1日" in text_of(certificate.content)
    assert certificate.issuance_number.startswith("20270101-")


async def test_card_stopped_between_authentication_and_permit_is_refused(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await ashikaga.database.connect("staff", "092029")

    async def stop() -> None:
        await staff.execute("UPDATE issuance.credential SET revoked_at = $1", ashikaga.clock.now)

    while_made(ashikaga, monkeypatch, stop)
    assert (await refused(ashikaga)).reason == "credential_stopped"


async def test_second_derivation_that_names_another_quarantines_and_stops_the_kind(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = residents.derive_again

    async def one_too_many(*arguments: object) -> tuple[residents.DerivedMember, ...]:
        household = await derive(*arguments)  # type: ignore[arg-type]  # passed through as they came
        return (*household, replace(household[0], person_number="999", asks=False))

    monkeypatch.setattr(permit, "derive_again", one_too_many)
    refusal = await refused(ashikaga)
    assert (refusal.code, refusal.reason) == (RefusalCode.CLOSED, "quarantined")
    [quarantined] = await ashikaga.rows("SELECT cause, sealed FROM issuance.quarantine")
    assert quarantined["cause"] == "PersonDiffers"
    assert b"%PDF" not in bytes(quarantined["sealed"])  # type: ignore[call-overload]  # a bytea column
    [alert] = await ashikaga.rows("SELECT cause FROM history.alert")
    assert alert["cause"] == "mismatch"
    monkeypatch.undo()
    card = await ashikaga.credential("102", "7002")
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert caught.value.code is RefusalCode.CLOSED


async def test_failed_inspection_quarantines_the_document(ashikaga: City, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong_page(sealed: pdf.Sealed) -> PaperFailed:
        return PaperFailed(pdf.IdentityMismatch(1, "person1.name"), sealed.snapshot.salt)

    monkeypatch.setattr(ashikaga.environment.paper, "make", wrong_page)
    assert (await refused(ashikaga)).reason == "quarantined"
    [intent] = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent")
    assert (intent["state"], intent["state_cause"]) == ("quarantined", "IdentityMismatch")


async def test_a_kind_is_stopped_for_a_mismatch_also_where_no_key_could_seal_the_document(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong_page(sealed: pdf.Sealed) -> PaperFailed:
        return PaperFailed(pdf.IdentityMismatch(1, "person1.name"), sealed.snapshot.salt)

    secret = FileKeyProvider.secret

    def none_for_quarantine(keys: FileKeyProvider, purpose: Purpose, version: int | None = None) -> SecretKey:
        if purpose is Purpose.QUARANTINE:
            raise KeyNotFound
        return secret(keys, purpose, version)

    monkeypatch.setattr(ashikaga.environment.paper, "make", wrong_page)
    monkeypatch.setattr(FileKeyProvider, "secret", none_for_quarantine)
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    with pytest.raises(KeyNotFound):
        await ashikaga.issuing.issue(CENTRE, request)
    [stop] = await ashikaga.rows("SELECT kind, cause FROM issuance.service_stop")
    assert (stop["kind"], stop["cause"]) == ("resident_record", "mismatch")
    [alert] = await ashikaga.rows("SELECT cause FROM history.alert")
    assert alert["cause"] == "mismatch"


async def test_promise_2_permit_waits_for_a_writer_and_then_sees_what_it_committed(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = await ashikaga.database.connect("registry", "092029")
    open_event = writer.transaction()

    async def begin_event() -> None:
        await open_event.start()
        await writer.execute("SELECT shared.lock_for_write('092029', ARRAY['103'], ARRAY['900'])")
        await writer.execute("UPDATE registry.person SET last_sequence = last_sequence + 1 WHERE person_number = '103'")

    while_made(ashikaga, monkeypatch, begin_event)
    card = await ashikaga.credential("101", "7001")
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    await _somebody_waits(await ashikaga.database.connect())
    assert await ashikaga.rows("SELECT FROM issuance.intent WHERE state = 'permitted'") == []
    await open_event.commit()
    ashikaga.clock.advance(seconds=6)
    with pytest.raises(Refusal) as caught:
        await asking
    assert caught.value.code is RefusalCode.NOT_FRESH


async def _somebody_waits(admin: asyncpg.Connection) -> None:
    for _ in range(1000):
        if await admin.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits for the writer")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')",
        "UPDATE issuance.credential SET revoked_at = now()",
        "DELETE FROM issuance.suppression WHERE person_number = '103'",
    ],
)
async def test_whoever_writes_what_the_last_look_reads_waits_for_a_permit(ashikaga: City, statement: str) -> None:
    await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", "092029")
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
    )
    front = await ashikaga.database.connect("front", "092029")
    open_permit = front.transaction()
    await open_permit.start()
    await front.execute("SELECT shared.lock_for_permit('092029', ARRAY['101', '103'], ARRAY['900'])")
    writing = asyncio.create_task(staff.execute(statement))
    await _somebody_waits(await ashikaga.database.connect())
    assert not writing.done()
    await open_permit.commit()
    assert await writing in {"INSERT 0 1", "UPDATE 1", "DELETE 1"}


async def test_bytes_other_than_the_permitted_ones_are_never_signed_but_quarantined(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ashikaga.environment.paper.make

    async def swapped(own: pdf.Sealed) -> InspectedPaper | PaperFailed:
        honest = await make(own)
        other = await make(sealed(replace(own.snapshot, salt=bytes(16), municipality_name="別市")))
        assert isinstance(honest, InspectedPaper)
        assert isinstance(other, InspectedPaper)
        return replace(honest, document=other.document)

    monkeypatch.setattr(ashikaga.environment.paper, "make", swapped)
    assert (await refused(ashikaga)).reason == "quarantined"
    [intent] = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent")
    assert (intent["state"], intent["state_cause"]) == ("quarantined", "PermitMismatch")
    assert await ashikaga.rows("SELECT FROM history.issuance") == []
