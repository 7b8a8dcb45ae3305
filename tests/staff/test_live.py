"""What is being issued now: the page, and the events that renew it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from cardauth import UserCertificate
from issuance_db.staff_sessions import IDLE
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import live
from kiosk_server.staff.screens import age
from kiosk_server.staff.streams import Streams, TooManyStreams
from kiosk_server.staff.words import sayer
from tests.issuing.city import CENTRE, City
from tests.staff.counter import code_of
from tests.staff.office import STEP, Clerk, Office


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr("kiosk_server.staff.streams._FRESH_SECONDS", 0.0)


async def _issue(city: City) -> None:
    """One certificate for a household, and one refusal."""
    credential = await city.credential("102", "7001")
    await city.issuing.issue(CENTRE, city.request(credential))
    assert await code_of(city, UserCertificate(credential.issuer_key_id, "9999", "0000")) is not None


@asynccontextmanager
async def _stream(clerk: Clerk) -> AsyncIterator[ClientResponse]:
    async with clerk.session.get(clerk.office.url("/live/events"), allow_redirects=False) as answer:
        yield answer


async def _event(answer: ClientResponse) -> str:
    async with asyncio.timeout(10):
        return (await answer.content.readuntil(b"\n\n")).decode()


async def _tables(answer: ClientResponse) -> dict[str, Sequence[Sequence[str]]]:
    said: dict[str, Any] = json.loads((await _event(answer)).removeprefix("data: "))
    return dict(said["tables"])


async def test_what_is_issued_is_seen_by_server_and_terminal_with_its_seconds_and_age(office: Office) -> None:
    await _issue(office.city)
    clerk = await office.at_work("vendor", Duty.CONTRACTOR)
    text = (await clerk.get("/live")).text
    async with _stream(clerk) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        tables = await _tables(answer)
    for rows in tables.values():
        assert all(cell in text for row in rows for cell in row)
    assert tables["nodes"][0][:5] == [socket.gethostname(), "2", "0", "1", "1"]
    assert tables["terminals"][0][:5] == ["shop chain / store 1 / machine 1", "2", "0", "1", "1"]
    [refused, issued] = sorted(tables["latest"], key=lambda row: row[4] == "発行済み")
    assert (issued[3:5], refused[4]) == (["住民票の写し", "発行済み"], "本人を確認できない")
    assert float(issued[5]) >= 0
    assert refused[5] == "-"


@pytest.mark.parametrize(("seconds", "ja", "en"), [
    (None, "-", "-"), (119, "119 秒", "119 s"), (120, "2 分", "2 min"), (7200, "2 時間", "2 hours"), (172_800, "2 日", "2 days"),
])  # fmt: skip
def test_an_age_is_told_in_the_language_of_the_page(seconds: float | None, ja: str, en: str) -> None:
    assert (age(seconds, sayer("ja")), age(seconds, sayer("en"))) == (ja, en)


async def test_an_english_page_tells_ages_in_english(office: Office) -> None:
    await _issue(office.city)
    clerk = await office.at_work("tanaka", Duty.SUPERVISOR)
    (row,) = await office.city.rows("SELECT issuance_number FROM history.issuance")
    for path in ("/live", "/counts", f"/issuances/{row['issuance_number']}", "/alerts"):
        shown = await clerk.get(f"{path}?lang=en")
        assert (shown.status, " 秒<" in shown.text or " 分<" in shown.text) == (200, False), path


async def test_what_happens_while_the_page_is_open_arrives(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    async with _stream(clerk) as answer:
        assert (await _tables(answer))["latest"] == []
        await _issue(office.city)
        while not (tables := await _tables(answer))["latest"]:
            pass
    assert tables["nodes"][0][0] == socket.gethostname()


async def test_nothing_of_a_resident_is_told(office: Office) -> None:
    await _issue(office.city)
    [issued] = await office.city.rows("SELECT issuance_number FROM history.issuance")
    names = await office.city.rows("SELECT name, person_number FROM issuance.resident_record")
    clerk = await office.at_work("vendor", Duty.CONTRACTOR)
    async with _stream(clerk) as answer:
        told = await _event(answer)
    assert len(names) > 0
    assert str(issued["issuance_number"]) not in told
    assert not [row for row in names if str(row["name"]) in told or f'"{row["person_number"]}"' in told]


async def test_it_ends_with_the_session_and_keeps_none_alive(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    async with _stream(clerk) as answer:
        await _event(answer)
        office.city.clock.now += IDLE - STEP
        await _event(answer)
        office.city.clock.now += STEP
        said = ""
        while said != "event: end\ndata:\n\n":
            said = await _event(answer)
        assert await answer.content.read() == b""
    async with _stream(clerk) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/staff/sign-in")


async def test_signing_out_elsewhere_ends_it(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/history")
    async with _stream(clerk) as answer:
        await _event(answer)
        await clerk.post("/sign-out")
        said = ""
        while not said.startswith("event: end"):
            said = await _event(answer)


async def test_one_person_opens_three_and_a_closed_one_gives_its_place_back(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    async with _stream(clerk) as first, _stream(clerk) as second:
        async with _stream(clerk) as third:
            assert {first.status, second.status, third.status} == {200}
            shown = await clerk.get("/live/events")
            assert (shown.status, "多すぎます" in shown.text) == (503, True)
            third.close()
        async with asyncio.timeout(10):
            while (await clerk.get("/live/events")).status != 200:
                await _event(first)


def test_a_process_follows_forty_pages_and_no_more() -> None:
    streams, opened = Streams(), ExitStack()
    for number in range(40):
        opened.enter_context(streams.place(f"clerk {number}"))
    with opened, pytest.raises(TooManyStreams), streams.place("one more"):
        raise AssertionError
    with streams.place("one more"):
        assert streams._open.total() == 1


async def test_a_city_is_read_once_for_all_who_look_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk_server.staff.streams._FRESH_SECONDS", 3600.0)
    clerk, other = await office.at_work("sato", Duty.COUNTER), await office.at_work("abe", Duty.AUDITOR)
    async with _stream(clerk) as first, _stream(other) as second:
        assert (await _tables(first))["latest"] == []
        await _issue(office.city)
        assert (await _tables(second))["latest"] == []
