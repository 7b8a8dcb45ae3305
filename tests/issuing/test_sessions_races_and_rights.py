"""Second look, after the last look was completed: sessions that outlive themselves, races before the snapshot, rights."""

import contextlib
from typing import Any

import asyncpg
import pytest

from issuance_db import residents
from issuance_db.grants import granted
from keys.purpose import Purpose
from keys.sealing import seal
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import IssuanceRequest, MenuRequest, ResidentRecordOptions, SessionCredential
from tests.issuing.city import CENTRE, TERMINAL, City
from tests.sync.registry_rows import CITY


async def refusal_of(city: City, request: IssuanceRequest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, request)
    return caught.value


async def test_session_that_ran_out_begins_no_new_attempt_under_an_old_id(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    menu = await ashikaga.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, card))
    request = ashikaga.request(SessionCredential(menu.session))
    paper = ashikaga.environment.paper
    make = paper.make

    async def too_slow(snapshot: Any) -> Any:
        made = await make(snapshot)
        ashikaga.clock.advance(seconds=11)
        return made

    monkeypatch.setattr(paper, "make", too_slow)
    assert (await refusal_of(ashikaga, request)).code is RefusalCode.TIMED_OUT
    monkeypatch.setattr(paper, "make", make)
    ashikaga.clock.advance(days=7)
    assert (await refusal_of(ashikaga, request)).code is RefusalCode.NOT_IDENTIFIED


async def test_birth_between_two_reads_of_the_snapshot_is_not_a_final_refusal(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    is_behind = residents.is_behind

    async def then_a_birth(*arguments: Any) -> bool:
        behind = await is_behind(*arguments)
        monkeypatch.setattr(residents, "is_behind", is_behind)
        async with ashikaga.registry.connection.transaction():
            await ashikaga.registry.person("104", "900", name="足利　子", member_order=4, relationship="子")
            await ashikaga.registry.household("900", "101")
        ashikaga.clock.advance(seconds=6)
        return behind

    monkeypatch.setattr(residents, "is_behind", then_a_birth)
    assert (await refusal_of(ashikaga, ashikaga.request(card))).code is RefusalCode.NOT_FRESH


async def _with_my_number(city: City, person: str, sealed: bytes, version: int) -> None:
    await city.registry.person(
        person, my_number_sealed=sealed, my_number_key_version=version, my_number_index=person.encode()
    )
    await city.project()


async def test_my_number_read_for_a_snapshot_that_failed_is_logged(ashikaga: City) -> None:
    key = ashikaga.environment.keys.secret(Purpose.MY_NUMBER)
    await _with_my_number(ashikaga, "101", seal(key, b"123456789018", f"{CITY}/101".encode()), key.version)
    await ashikaga.registry.person("103", alias="日本人の通称")
    await ashikaga.project()
    card = await ashikaga.credential("101", "7001")
    await refusal_of(ashikaga, ashikaga.request(card, options=ResidentRecordOptions(my_number=True)))
    reads = await ashikaga.rows("SELECT person_number FROM history.my_number_read WHERE allowed")
    assert "101" in [read["person_number"] for read in reads]


async def test_my_number_that_cannot_be_opened_refuses_that_person_and_lists_them(ashikaga: City) -> None:
    await _with_my_number(ashikaga, "102", b"\x01\x00\x00\x00\x01" + bytes(40), 1)
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(card, options=ResidentRecordOptions(my_number=True))
    assert (await refusal_of(ashikaga, request)).code is RefusalCode.NOT_AVAILABLE
    [held] = await ashikaga.rows("SELECT person_number, cause FROM issuance.person_held_back")
    assert (held["person_number"], held["cause"]) == ("102", "data")


async def test_staff_cannot_lift_what_only_an_event_of_the_registry_lifts(ashikaga: City) -> None:
    await ashikaga.registry.person("103", suppressed=True)
    await ashikaga.project()
    staff = await ashikaga.database.connect("staff", CITY)
    with contextlib.suppress(asyncpg.PostgresError):
        await staff.execute("DELETE FROM issuance.suppression WHERE person_number = '103'")
    card = await ashikaga.credential("101", "7001")
    assert (await refusal_of(ashikaga, ashikaga.request(card))).code is RefusalCode.NOT_AVAILABLE


async def test_one_person_alone_does_not_restart_a_kind_stopped_for_a_mismatch(ashikaga: City) -> None:
    front = await ashikaga.database.connect("front", CITY)
    await front.execute(
        "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) "
        "VALUES ('092029', 'resident_record', $1, 'mismatch', 'PersonDiffers')",
        ashikaga.clock.now,
    )
    staff = await ashikaga.database.connect("staff", CITY)
    with pytest.raises(asyncpg.PostgresError):
        await staff.execute("UPDATE issuance.service_stop SET ends_at = starts_at")


async def test_function_with_default_rights_is_seen_as_granted_to_everybody(ashikaga: City) -> None:
    admin = await ashikaga.database.connect()
    await admin.execute("CREATE FUNCTION issuance.open_to_all() RETURNS integer LANGUAGE sql RETURN 1")
    assert [grant.object for grant in await granted(admin) if grant.role == "-"] == ["function issuance.open_to_all"]


async def test_front_cannot_enter_an_issuance_into_the_books_that_was_never_recorded(ashikaga: City) -> None:
    front = await ashikaga.database.connect("front", CITY)
    with pytest.raises(asyncpg.PostgresError):
        await front.execute(
            "INSERT INTO history.issuance VALUES ('092029', '20261123-01-99999999-0', 'centre', 'never', 'resident_record', "
            "'centre', 'a', 'b', 'c', 200, 1, now(), now(), now(), '', '', '', 1)"
        )
