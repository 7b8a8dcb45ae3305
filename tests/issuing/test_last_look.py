"""What was committed before the permit, or stands against a kind, is never missed."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from cardauth import credential_key
from issuance_db import credentials, intents
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import IssuanceRequest, ResidentRecordOptions
from tests.issuing.city import CENTRE, City
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.issuing.read_pdf import text_of
from tests.sync.registry_rows import CITY

SUPPRESS = (
    "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
)
RELATIONSHIP = ResidentRecordOptions(relationship=True)


async def code_of(city: City, request: IssuanceRequest) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, request)
    return caught.value.code


async def test_card_stopped_while_the_permit_waits_for_that_very_stop_is_refused(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", CITY)
    stopping = staff.transaction()

    async def begin() -> None:
        await stopping.start()
        await staff.execute("SELECT shared.lock_for_write('092029', ARRAY['101'], ARRAY[]::text[])")

    once_made(ashikaga, monkeypatch, begin)
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    assert await waits_for_lock(await ashikaga.database.connect(), asking)
    ashikaga.clock.advance(seconds=1)
    await credentials.revoke(staff, credential_key(card), ashikaga.clock.now)
    await stopping.commit()
    with pytest.raises(Refusal):
        await asking


async def test_permit_that_waited_past_midnight_prints_the_new_date(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await ashikaga.database.connect("staff", CITY)
    for opens, closes in (("00:00", "06:30"), ("23:00", "24:00")):
        await staff.execute(
            "INSERT INTO issuance.service_hours SELECT '092029', 'resident_record', d, $1::text::time, $2::text::time "
            "FROM generate_series(1, 7) AS d",
            opens,
            closes,
        )
    card = await ashikaga.credential("101", "7001")
    ashikaga.clock.now = datetime(2026, 12, 31, 14, 59, 58, tzinfo=UTC)
    writer = await ashikaga.database.connect("registry", CITY)
    writing = writer.transaction()

    async def begin() -> None:
        await writing.start()
        await writer.execute("SELECT shared.lock_for_write('092029', ARRAY['101'], ARRAY[]::text[])")

    once_made(ashikaga, monkeypatch, begin)
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    assert await waits_for_lock(await ashikaga.database.connect(), asking)
    ashikaga.clock.advance(seconds=3)
    await writing.rollback()
    certificate = await asking
    assert certificate.issuance_number.startswith("20270101-")


@pytest.mark.parametrize(
    "statement",
    [SUPPRESS, "UPDATE issuance.credential SET revoked_at = '2026-11-01T00:00:00Z' WHERE serial = '7001'"],
    ids=["suppression", "stop"],
)
async def test_plain_statement_of_staff_committed_before_the_permit_is_seen(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", CITY)
    writing = staff.transaction()
    permit = intents.permit

    async def begin() -> None:
        await writing.start()
        await staff.execute(statement)

    async def after_the_commit(*arguments: Any) -> bool:
        # The last look is over, the permit is not committed: whoever wrote without the lock commits first.
        await writing.commit()
        return await permit(*arguments)

    once_made(ashikaga, monkeypatch, begin)
    monkeypatch.setattr(intents, "permit", after_the_commit)
    asking = asyncio.create_task(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)))
    if await waits_for_lock(await ashikaga.database.connect(), asking):
        await writing.commit()
    with pytest.raises(Refusal):
        await asking


async def test_snapshot_read_after_its_kind_was_stopped_is_not_issued(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await ashikaga.database.connect("staff", CITY)

    async def stop_and_move() -> None:
        ashikaga.clock.advance(seconds=1)
        await staff.execute(
            "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) "
            "VALUES ('092029', 'resident_record', $1, 'mismatch', 'PersonDiffers')",
            ashikaga.clock.now,
        )
        await ashikaga.registry.person("103", name="足利　新姓")
        await ashikaga.project()

    once_made(ashikaga, monkeypatch, stop_and_move)
    card = await ashikaga.credential("101", "7001")
    assert await code_of(ashikaga, ashikaga.request(card)) is RefusalCode.CLOSED


async def test_kind_stopped_between_snapshot_and_permit_is_not_signed(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await ashikaga.database.connect("staff", CITY)

    async def stop() -> None:
        await staff.execute(
            "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) "
            "VALUES ('092029', 'resident_record', $1, 'mismatch', 'PersonDiffers')",
            ashikaga.clock.now,
        )

    once_made(ashikaga, monkeypatch, stop)
    card = await ashikaga.credential("101", "7001")
    assert await code_of(ashikaga, ashikaga.request(card)) is RefusalCode.CLOSED


async def test_replay_right_after_the_registry_suppressed_does_not_give_the_bytes(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    await ashikaga.registry.person("103", suppressed=True)  # committed, not projected yet
    assert await code_of(ashikaga, request) in {RefusalCode.NOT_FRESH, RefusalCode.NOT_AVAILABLE}


async def test_household_with_a_member_the_projection_set_aside_is_not_certified_as_whole(ashikaga: City) -> None:
    admin = await ashikaga.database.connect()
    await admin.execute("ALTER TABLE issuance.resident_record ADD CONSTRAINT no_poison CHECK (name <> '毒')")
    async with ashikaga.registry.connection.transaction():
        await ashikaga.registry.person("104", "900", name="毒", member_order=4, relationship="子")
        await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    card = await ashikaga.credential("101", "7001")
    try:
        certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    except Refusal:
        return
    assert "世帯全員" not in text_of(certificate.content)


async def test_household_without_a_head_is_not_certified_with_an_empty_head(ashikaga: City) -> None:
    await ashikaga.registry.household("900", None)
    await ashikaga.project()
    card = await ashikaga.credential("101", "7001")
    assert await code_of(ashikaga, ashikaga.request(card, options=RELATIONSHIP)) is RefusalCode.NOT_AVAILABLE


async def test_name_of_a_head_who_left_the_register_under_protection_is_not_printed(ashikaga: City) -> None:
    await ashikaga.registry.person("101", state="removed", suppressed=True)
    await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    card = await ashikaga.credential("102", "7002")
    assert await code_of(ashikaga, ashikaga.request(card, options=RELATIONSHIP)) is RefusalCode.NOT_AVAILABLE
