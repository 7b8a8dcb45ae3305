import asyncio
import io
import json
from datetime import date

import pytest

from issuance_db.database import DatabaseTimedOut, DatabaseUnreachable
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import AccessRegistration
from kiosk_server.web.middleware import problem_of
from kiosk_server.web.problems import PROBLEMS, EdgeCode
from kiosk_server.web.settings import EdgeSettings
from tests.web.bodies import PIN, SERIAL, issuance_body, menu_body
from tests.web.conftest import Edge, EdgeMaker
from tests.web.fake_issuing import FakeIssuing

STATUSES = {
    RefusalCode.MALFORMED: 400,
    RefusalCode.NOT_IDENTIFIED: 401,
    RefusalCode.NOT_AVAILABLE: 403,
    RefusalCode.APPLICATION_WAITS: 403,
    RefusalCode.NOT_YOUR_CITY: 403,
    RefusalCode.CLOSED: 403,
    RefusalCode.ALREADY_ANSWERED: 410,
    RefusalCode.REQUEST_CONFLICT: 422,
    RefusalCode.NOT_FRESH: 503,
    RefusalCode.BUSY: 503,
    RefusalCode.TIMED_OUT: 503,
    RefusalCode.NO_SUCH_ISSUANCE: 404,
    RefusalCode.OUTCOME_CONFLICT: 409,
}


def test_every_code_has_its_row() -> None:
    assert set(PROBLEMS) == {*RefusalCode, *EdgeCode}


@pytest.mark.parametrize("code", list(RefusalCode))
async def test_a_refusal_is_a_problem_with_the_status_of_the_table(edge: Edge, code: RefusalCode) -> None:
    edge.fake.fails_with = Refusal(code, "a reason for staff", person_number="100200300400500")
    answer = await edge.post("/v1/issuances", issuance_body())
    assert answer.status == STATUSES[code] == answer.document["status"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.document["code"] == code
    assert answer.document["type"] == f"/openapi.json#/x-problems/{code}"
    assert answer.document["title"]
    assert answer.document["detail_en"]
    assert b"reason for staff" not in answer.content
    assert b"100200300400500" not in answer.content


async def test_not_identified_is_one_answer_for_all_reasons_byte_for_byte(edge: Edge) -> None:
    answers = []
    for number, reason in enumerate(("unknown", "wrong_pin", "locked", "revoked", "expired", "session_used")):
        edge.fake.fails_with = Refusal(
            RefusalCode.NOT_IDENTIFIED,
            reason,
            retry_after=number or None,
            issuance_number=f"n-{number}",
            field=f"credential.{reason}",
            registration=AccessRegistration(f"{number}", "submitted", date(2026, 12, 3)),
        )
        answers.append(await edge.post("/v1/issuances", issuance_body()))
        answers.append(await edge.post("/v1/menus", menu_body()))
    first = answers[0]
    for answer in answers:
        del answer.headers["Date"]
    assert all(answer == first for answer in answers)
    assert first.headers["WWW-Authenticate"] == 'Credential realm="issuance"'
    assert "Retry-After" not in first.headers


@pytest.mark.parametrize("code", [RefusalCode.CLOSED, RefusalCode.NOT_FRESH, RefusalCode.BUSY, RefusalCode.TIMED_OUT])
async def test_retry_after_is_passed_on(edge: Edge, code: RefusalCode) -> None:
    edge.fake.fails_with = Refusal(code, "r", retry_after=17)
    assert (await edge.post("/v1/menus", menu_body())).headers["Retry-After"] == "17"


@pytest.mark.parametrize("code", [RefusalCode.NOT_FRESH, RefusalCode.BUSY, RefusalCode.TIMED_OUT])
async def test_503_always_says_when_to_come_back(edge: Edge, code: RefusalCode) -> None:
    edge.fake.fails_with = Refusal(code, "r")
    assert int((await edge.post("/v1/menus", menu_body())).headers["Retry-After"]) >= 1


async def test_already_answered_tells_the_number(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.ALREADY_ANSWERED, "gone", issuance_number="n-1")
    assert (await edge.post("/v1/issuances", issuance_body())).document["issuance_number"] == "n-1"


async def test_a_field_that_the_service_finds_malformed_is_named(edge: Edge) -> None:
    edge.fake.fails_with = Refusal(RefusalCode.MALFORMED, "impossible", field="certificate.options.my_number")
    document = (await edge.post("/v1/issuances", issuance_body())).document
    assert document["field"] == "certificate.options.my_number"


@pytest.mark.parametrize(
    "error", [ValueError(f"{PIN} 見本 太郎"), TimeoutError(PIN), KeyError(SERIAL), ExceptionGroup("g", [OSError(PIN)])]
)
async def test_a_fault_says_nothing_and_is_logged_without_its_message(
    edge: Edge, error: Exception, log: io.StringIO
) -> None:
    edge.fake.fails_with = error
    answer = await edge.post("/v1/issuances", issuance_body())
    assert (answer.status, answer.document["code"]) == (500, "fault")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["fault", "answer"]
    assert lines[0]["error"] == type(error).__name__
    assert lines[0]["at"].startswith("fake_issuing:")
    for said in (answer.content.decode(), log.getvalue()):
        assert PIN not in said
        assert SERIAL not in said
        assert "見本" not in said


async def test_an_answer_that_takes_too_long_is_timed_out(
    make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forever(*_: object) -> None:
        await asyncio.Event().wait()

    edge: Edge = await make_edge(EdgeSettings(hard_seconds=0.05))
    monkeypatch.setattr(FakeIssuing, "menu", forever)
    answer = await edge.post("/v1/menus", menu_body())
    assert (answer.status, answer.document["code"]) == (503, "timed_out")
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("lost", "code"),
    [(DatabaseUnreachable(), "busy"), (DatabaseTimedOut(), "timed_out")],
    ids=["unreachable", "timed out"],
)
def test_a_lost_database_is_no_fault_but_a_reason_to_ask_again(lost: Exception, code: str) -> None:
    problem = problem_of(lost, "issue")
    assert (problem.code, PROBLEMS[problem.code].status) == (code, 503)
    assert problem.retry_after is not None
