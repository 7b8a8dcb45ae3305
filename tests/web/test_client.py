import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from cardauth import UserCertificate, UserId
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import (
    CentreAlert,
    Certificate,
    IssuanceRequest,
    Kind,
    MenuRequest,
    OutcomeReport,
    ResidentRecordOptions,
    ResidentStatementOptions,
    SessionCredential,
    Terminal,
)
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.client import AnswerBroken, CentreClient, CentreProblem, CentreUnreachable
from kiosk_server.web.serving import serve
from tests.web.bodies import PIN, SERIAL
from tests.web.conftest import Edge, Holder, Pki
from tests.web.fake_issuing import CITY, NUMBER, PDF, FakeIssuing

PLACE = Terminal("chain", "s-77", "m-3")
CARD = UserCertificate("0badc0de", SERIAL, PIN)
MENU = MenuRequest("req-1", CITY, PLACE, CARD)
ISSUANCE = IssuanceRequest(
    "req-2",
    CITY,
    PLACE,
    CARD,
    Kind.RESIDENT_RECORD,
    ("ref-2", "ref-1"),
    ResidentRecordOptions(domicile=True),
    "individual",
)
PRINTED = OutcomeReport("printed", fee_collected=True, occurred_at=datetime(2026, 11, 23, 3, 1, tzinfo=UTC))


def client_of(url: str, pki: Pki, holder: Holder | None = None, **more: Any) -> CentreClient:
    who = holder or pki.centre
    return CentreClient(url, pki.ca, who.certificate, who.key, **more)


async def test_every_request_arrives_as_it_was_given(edge: Edge) -> None:
    requests = [
        ISSUANCE,
        replace(ISSUANCE, persons="self"),
        replace(ISSUANCE, credential=SessionCredential("sealed")),
        replace(ISSUANCE, credential=UserId("u-1", PIN)),
        IssuanceRequest("req-3", CITY, PLACE, CARD, Kind.SEAL_REGISTRATION, "self", ResidentRecordOptions()),
        IssuanceRequest("req-4", CITY, PLACE, CARD, Kind.KOSEKI_FULL, "self", ResidentRecordOptions()),
        IssuanceRequest(
            "req-6",
            CITY,
            PLACE,
            CARD,
            Kind.RESIDENT_STATEMENT,
            "household",
            ResidentStatementOptions(previous_address=True),
        ),
        IssuanceRequest(
            "req-5", CITY, PLACE, CARD, Kind.KOSEKI_SUPPLEMENT, "koseki", ResidentRecordOptions(domicile=True)
        ),
    ]
    async with client_of(edge.url, edge.pki) as client:
        for request in requests:
            assert await client.issue(request) == Certificate(NUMBER, PDF, 1, 200)
        menu = await client.menus(MENU)
    assert edge.fake.issuances == requests
    assert edge.fake.menus == [MENU]
    assert [person.name for person in menu.kinds[0].persons] == ["見本 太郎", "見本 花子"]
    assert menu.session == "sealed-session"


async def test_outcome_state_and_alert(edge: Edge) -> None:
    alert = CentreAlert("E-12", NUMBER, None, "紙詰まり")
    async with client_of(edge.url, edge.pki) as client:
        await client.outcome(CITY, NUMBER, PRINTED)
        state = await client.state(CITY, NUMBER)
        await client.alert(CITY, alert)
    assert (state.outcome, state.state) == ("printed", "recorded")
    assert edge.fake.outcomes == {NUMBER: PRINTED}
    assert edge.fake.alerts == [alert]


async def test_a_problem_is_an_exception_with_its_members(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.ALREADY_ANSWERED, "gone", issuance_number=NUMBER)
    async with client_of(edge.url, edge.pki) as client:
        with pytest.raises(CentreProblem, match=r"^already_answered \(410\): ") as caught:
            await client.issue(ISSUANCE)
    problem = caught.value
    assert (problem.code, problem.status, problem.retry_after) == ("already_answered", 410, None)
    assert problem.issuance_number == NUMBER
    assert problem.title == "この要求には回答済みです / Already answered"


class _Naps:
    """Notes how long the client would sleep, and does something meanwhile."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.seconds: list[float] = []
        self.meanwhile = meanwhile

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.meanwhile()


async def test_503_is_asked_again_with_the_same_request_id_after_the_time_said(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.NOT_FRESH, "behind", retry_after=7)
    naps = _Naps(lambda: setattr(edge.fake, "fails_with", None))
    async with client_of(edge.url, edge.pki, sleep=naps, chance=lambda: 0.0) as client:
        await client.issue(ISSUANCE)
    assert naps.seconds == [7]
    assert [request.request_id for request in edge.fake.issuances] == ["req-2"]


async def test_503_is_not_asked_for_ever_and_a_minute_is_the_most_that_is_believed(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.BUSY, "full", retry_after=3600)
    naps = _Naps()
    async with client_of(edge.url, edge.pki, sleep=naps, chance=lambda: 0.0, tries=3) as client:
        with pytest.raises(CentreProblem, match="busy"):
            await client.menus(MENU)
    assert naps.seconds == [60, 60]


async def test_callers_refused_together_do_not_come_back_together_nor_before_the_time_said(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.BUSY, "full", retry_after=10)
    naps = _Naps()
    async with client_of(edge.url, edge.pki, sleep=naps, chance=iter([0.0, 0.5, 0.999]).__next__, tries=4) as client:
        with pytest.raises(CentreProblem, match="busy"):
            await client.menus(MENU)
    assert naps.seconds == pytest.approx([10, 12.5, 14.995])


@pytest.mark.parametrize("code", [RefusalCode.CLOSED, RefusalCode.NOT_IDENTIFIED, RefusalCode.NOT_AVAILABLE])
async def test_a_no_is_not_asked_again(edge: Edge, code: RefusalCode) -> None:
    edge.fake.fails_with = Refusal(code, "r", retry_after=1)
    naps = _Naps()
    async with client_of(edge.url, edge.pki, sleep=naps) as client:
        with pytest.raises(CentreProblem, match=code):
            await client.menus(MENU)
    assert naps.seconds == []


async def test_a_server_that_cannot_be_reached_is_told_so(edge: Edge) -> None:
    clients = [
        client_of("https://127.0.0.1:1", edge.pki),
        client_of(edge.url, edge.pki, edge.pki.foreign),
        client_of(edge.url.replace("127.0.0.1", "localhost"), edge.pki),
    ]
    for client in clients:
        async with client:
            with pytest.raises(CentreUnreachable):
                await client.menus(MENU)


async def test_a_client_that_was_not_opened_reaches_nobody(edge: Edge) -> None:
    with pytest.raises(CentreUnreachable):
        await client_of(edge.url, edge.pki).menus(MENU)


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(body=PDF, headers={"Content-Digest": "sha-256=:AAAA:"}),
        web.Response(body=PDF),
        web.Response(status=500, text="oops"),
        web.Response(status=400, body=b"[]", content_type="application/problem+json"),
        web.Response(status=400, body=b"{", content_type="application/problem+json"),
    ],
)
async def test_a_damaged_answer_is_not_printed(pki: Pki, server_tls: Any, answer: web.Response) -> None:
    async def damaged(_request: web.Request) -> web.Response:
        return answer

    app = web.Application()
    app.router.add_post("/v1/issuances", damaged)
    running = await serve(app, "127.0.0.1", 0, server_tls, stop_seconds=1)
    try:
        async with client_of(f"https://127.0.0.1:{running.port}", pki) as client:
            with pytest.raises(AnswerBroken):
                await client.issue(ISSUANCE)
    finally:
        await running.stop()


async def test_a_damaged_menu_does_not_travel_as_the_cause(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk_server.web.answers.menu_response", lambda _: web.json_response({"kinds": "見本"}))
    async with client_of(edge.url, edge.pki) as client:
        with pytest.raises(AnswerBroken) as caught:
            await client.menus(MENU)
    assert caught.value.__cause__ is None
    assert "見本" not in str(caught.value)


async def test_a_stop_lets_an_answer_under_way_finish(
    pki: Pki, edge: Edge, server_tls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    issue = FakeIssuing.issue

    async def slow(self: FakeIssuing, *asked: Any) -> Certificate:
        begun.set()
        await may_end.wait()
        return await issue(self, *asked)

    monkeypatch.setattr(FakeIssuing, "issue", slow)
    running = await serve(build_centre_app(FakeIssuing(pki.centre.sha256)), "127.0.0.1", 0, server_tls)
    async with client_of(f"https://127.0.0.1:{running.port}", pki) as client:
        asked = asyncio.create_task(client.issue(ISSUANCE))
        await begun.wait()
        stopping = asyncio.create_task(running.stop())
        may_end.set()
        assert (await asked).content == PDF
        await stopping
        with pytest.raises(CentreUnreachable):
            await client.issue(ISSUANCE)
