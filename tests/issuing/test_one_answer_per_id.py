"""One answer for one id, every state accounted for, and faults that refuse only whom they concern."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import pdf
from cardauth import UserCertificate
from issuance_db.database import Database as CityDatabase
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.environment import Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import PaperFailed, PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import CentreAlert, IssuanceRequest, Menu, MenuRequest, SessionCredential
from kiosk_server.processes.sweeper import sweep
from tests.issuing.city import CENTRE, ISSUER, TERMINAL, City, city
from tests.servers import Database
from tests.sync.registry_rows import CITY


async def menu_of(city: City, credential: UserCertificate) -> Menu:
    return await city.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, credential))


async def refusal_of(city: City, request: IssuanceRequest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, request)
    return caught.value


async def test_replay_with_a_session_past_its_time_gives_the_same_bytes(ashikaga: City) -> None:
    menu = await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    ashikaga.clock.advance(minutes=9)
    request = ashikaga.request(SessionCredential(menu.session))
    first = await ashikaga.issuing.issue(CENTRE, request)
    ashikaga.clock.advance(minutes=2)
    assert await ashikaga.issuing.issue(CENTRE, request) == first


async def test_replay_with_person_refs_past_their_time_gives_the_same_bytes(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    menu = await menu_of(ashikaga, card)
    ashikaga.clock.advance(minutes=9)
    request = ashikaga.request(card, persons=(menu.kinds[0].persons[1].person_ref,))
    first = await ashikaga.issuing.issue(CENTRE, request)
    ashikaga.clock.advance(minutes=2)
    assert await ashikaga.issuing.issue(CENTRE, request) == first
    ashikaga.clock.advance(minutes=15)
    assert (await refusal_of(ashikaga, request)).code is RefusalCode.ALREADY_ANSWERED


async def test_menu_that_was_answered_is_not_swept_as_timed_out(ashikaga: City) -> None:
    await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    ashikaga.clock.advance(minutes=1)
    async with CityDatabase.open(ashikaga.database.dsn("sweeper"), max_size=2) as sweeper:
        await sweep(sweeper, CITY, ashikaga.clock)
    [request] = await ashikaga.rows("SELECT state, result_code FROM issuance.request WHERE call = 'menus'")
    assert (request["state"], request["result_code"]) != ("abandoned", "timed_out")


async def test_session_of_a_credential_locked_since_is_not_identified(ashikaga: City) -> None:
    menu = await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    for pin in ("0001", "0002", "0003"):
        await refusal_of(ashikaga, ashikaga.request(UserCertificate(ISSUER, "7001", pin)))
    request = ashikaga.request(SessionCredential(menu.session))
    assert (await refusal_of(ashikaga, request)).code is RefusalCode.NOT_IDENTIFIED


async def test_mismatch_found_at_the_deadline_still_stops_the_kind(
    database: Database, keys: FileKeyProvider, paper: PaperWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with city(database, keys, paper, Limits(deadline=timedelta(seconds=1))) as made:
        await made.registry.family("900", "101")
        await made.project()
        card = await made.credential("101", "7001")

        async def wrong_page(sealed: pdf.Sealed) -> PaperFailed:
            await asyncio.sleep(0.5)
            return PaperFailed(pdf.IdentityMismatch(1, "person1.name"), sealed.snapshot.salt)

        monkeypatch.setattr(paper, "make", wrong_page)
        admin = await database.connect()
        async with admin.transaction():
            await admin.execute("LOCK TABLE issuance.quarantine IN ACCESS EXCLUSIVE MODE")
            asking = asyncio.create_task(refusal_of(made, made.request(card)))
            await asyncio.sleep(1.5)
        await asking
        for _ in range(100):
            if await made.rows("SELECT FROM issuance.service_stop WHERE cause = 'mismatch'"):
                return
            await asyncio.sleep(0.02)
    pytest.fail("a proven mismatch stopped nothing")


async def test_data_fault_refuses_that_person_and_lists_them(ashikaga: City) -> None:
    await ashikaga.registry.person("103", alias="日本人の通称")
    await ashikaga.project()
    card = await ashikaga.credential("101", "7001")
    assert (await refusal_of(ashikaga, ashikaga.request(card))).code is RefusalCode.NOT_AVAILABLE
    [held] = await ashikaga.rows("SELECT person_number, cause FROM issuance.person_held_back")
    assert (held["person_number"], held["cause"]) == ("103", "data")


async def test_mayor_who_cannot_be_printed_holds_back_no_resident(ashikaga: City) -> None:
    staff = await ashikaga.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.mayor (municipality_code, effective_from, title, name) VALUES ($1, $2, '市長', $3)",
        CITY,
        date(2026, 11, 1),
        "見本\ue000太郎",
    )
    card = await ashikaga.credential("101", "7001")
    await refusal_of(ashikaga, ashikaga.request(card))
    assert await ashikaga.rows("SELECT person_number, item FROM issuance.person_held_back") == []


async def test_centre_alert_that_names_only_a_request_keeps_its_name(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    await ashikaga.issuing.open_alert(CENTRE, CentreAlert("answer_mismatch", None, request.request_id, "detail"))
    [alert] = await ashikaga.rows("SELECT to_jsonb(a)::text AS everything FROM history.alert AS a")
    assert request.request_id in str(alert["everything"])


async def test_dead_paper_worker_is_replaced_and_the_request_answered(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    async with PaperWorkers(1) as workers:
        issuing = Issuing(replace(ashikaga.environment, paper=workers))
        [dead] = workers.pids
        os.kill(dead, signal.SIGKILL)
        certificate = await issuing.issue(CENTRE, ashikaga.request(card))
        assert dead not in workers.pids
    assert certificate.pages == 1
    assert workers.pids == frozenset()


async def test_answer_is_the_same_after_the_fingerprint_key_was_renewed(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    first = await ashikaga.issuing.issue(CENTRE, request)
    secret = FileKeyProvider.secret

    def renewed(provider: FileKeyProvider, purpose: Any, version: int | None = None) -> Any:
        found = secret(provider, purpose, version)
        if purpose.value == "request_fingerprint" and version is None:
            return type(found)(found.purpose, found.version + 1, bytes(reversed(found.material)))
        return found

    monkeypatch.setattr(FileKeyProvider, "secret", renewed)
    assert await ashikaga.issuing.issue(CENTRE, request) == first
