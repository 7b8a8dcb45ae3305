import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cardauth import UserCertificate, UserId
from kiosk_server.issuing.request import (
    Kind,
    OutcomeReport,
    ResidentRecordOptions,
    ResidentStatementOptions,
    SessionCredential,
    Terminal,
)
from tests.web.bodies import PIN, SERIAL, alert_body, issuance_body, menu_body, outcome_body, with_value
from tests.web.conftest import Edge
from tests.web.fake_issuing import NUMBER, PDF


async def test_a_certificate_comes_as_pdf_with_number_digest_pages_and_fee(edge: Edge) -> None:
    answer = await edge.post("/v1/issuances", issuance_body())
    assert (answer.status, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Issuance-Number"] == NUMBER
    assert answer.headers["Document-Pages"] == "1"
    assert answer.headers["Fee"] == "200"
    assert answer.headers["Cache-Control"] == "no-store"
    digest = base64.b64encode(hashlib.sha256(PDF).digest()).decode()
    assert answer.headers["Content-Digest"] == f"sha-256=:{digest}:"


async def test_an_issuance_request_reaches_the_service_as_it_was_sent(edge: Edge) -> None:
    await edge.post("/v1/issuances", issuance_body())
    (asked,) = edge.fake.issuances
    assert asked.request_id == "req-1"
    assert asked.terminal == Terminal("chain", "s-77", "m-3")
    assert asked.credential == UserCertificate("0badc0de", SERIAL, PIN)
    assert (asked.persons, asked.form) == ("household", "household_list")
    assert asked.options == ResidentRecordOptions(relationship=True)


async def test_options_left_out_are_false(edge: Edge) -> None:
    await edge.post("/v1/issuances", with_value(issuance_body(), "certificate.options", ...))
    assert edge.fake.issuances[0].options == ResidentRecordOptions()


@pytest.mark.parametrize(("persons", "expected"), [("self", "self"), (["ref-2", "ref-1"], ("ref-2", "ref-1"))])
async def test_persons_are_a_word_or_references_in_their_order(edge: Edge, persons: object, expected: object) -> None:
    await edge.post("/v1/issuances", with_value(issuance_body(), "certificate.persons", persons))
    assert edge.fake.issuances[0].persons == expected


async def test_a_session_stands_for_the_credential(edge: Edge) -> None:
    body = with_value(issuance_body(), "credential", ...)
    answer = await edge.post("/v1/issuances", {**body, "session": "sealed"})
    assert answer.status == 200
    assert edge.fake.issuances[0].credential == SessionCredential("sealed")


async def test_the_form_may_be_chosen(edge: Edge) -> None:
    await edge.post("/v1/issuances", with_value(issuance_body(), "certificate.form", "individual"))
    assert edge.fake.issuances[0].form == "individual"


@pytest.mark.parametrize("kind", ["seal_registration", "koseki_full", "koseki_individual"])
@pytest.mark.parametrize("told", [{}, {"persons": "self"}])
async def test_a_kind_of_the_holder_alone_is_asked_for_as_self(edge: Edge, kind: str, told: dict[str, str]) -> None:
    answer = await edge.post("/v1/issuances", with_value(issuance_body(), "certificate", {"kind": kind, **told}))
    assert answer.status == 200
    asked = edge.fake.issuances[0]
    assert (asked.kind, asked.persons, asked.options) == (Kind(kind), "self", ResidentRecordOptions())


@pytest.mark.parametrize("kind", ["tax_assessment", "tax_income", "tax_payment", "disaster_damage"])
async def test_a_kind_of_which_there_are_several_is_asked_for_with_a_choice(edge: Edge, kind: str) -> None:
    body = with_value(issuance_body(), "certificate", {"kind": kind, "choice": "2026"})
    assert (await edge.post("/v1/issuances", body)).status == 200
    asked = edge.fake.issuances[0]
    assert (asked.kind, asked.persons, asked.choice) == (Kind(kind), "self", "2026")


@pytest.mark.parametrize("persons", ["household", "self"])
@pytest.mark.parametrize(
    ("told", "options"),
    [
        ({}, ResidentStatementOptions()),
        (
            {"options": {"relationship": True, "address_since": True}},
            ResidentStatementOptions(relationship=True, address_since=True),
        ),
    ],
)
async def test_a_statement_is_asked_for_with_its_items(
    edge: Edge, persons: str, told: dict[str, object], options: ResidentStatementOptions
) -> None:
    certificate = {"kind": "resident_statement", "persons": persons, **told}
    answer = await edge.post("/v1/issuances", with_value(issuance_body(), "certificate", certificate))
    assert answer.status == 200
    asked = edge.fake.issuances[0]
    assert (asked.kind, asked.persons, asked.options) == (Kind.RESIDENT_STATEMENT, persons, options)


@pytest.mark.parametrize("persons", ["koseki", "self"])
@pytest.mark.parametrize(
    ("told", "options"),
    [({}, ResidentRecordOptions()), ({"options": {"domicile": True}}, ResidentRecordOptions(domicile=True))],
)
async def test_a_supplement_is_asked_for_of_the_koseki_or_the_holder(
    edge: Edge, persons: str, told: dict[str, object], options: ResidentRecordOptions
) -> None:
    certificate = {"kind": "koseki_supplement", "persons": persons, **told}
    answer = await edge.post("/v1/issuances", with_value(issuance_body(), "certificate", certificate))
    assert answer.status == 200
    asked = edge.fake.issuances[0]
    assert (asked.kind, asked.persons, asked.options) == (Kind.KOSEKI_SUPPLEMENT, persons, options)


async def test_a_menu_names_kinds_fee_persons_options_and_closing_time(edge: Edge) -> None:
    body = with_value(menu_body(), "credential", {"type": "user_id", "user_id": "u-1", "pin": PIN})
    answer = await edge.post("/v1/menus", body)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert edge.fake.menus[0].credential == UserId("u-1", PIN)
    assert answer.document == {
        "kinds": [
            {
                "kind": "resident_record",
                "fee_yen": 200,
                "options": ["relationship", "domicile"],
                "persons": [
                    {"person_ref": "ref-1", "name": "見本 太郎", "relationship": "世帯主"},
                    {"person_ref": "ref-2", "name": "見本 花子", "relationship": None},
                ],
                "choices": [],
                "closes_at": "2026-11-23T03:00:00Z",
            }
        ],
        "session": "sealed-session",
        "session_issuances": 5,
        "session_expires_at": "2026-11-23T03:00:00Z",
    }


async def test_the_state_of_an_issuance_is_told_without_the_document(edge: Edge) -> None:
    answer = await edge.get(f"/v1/issuances/{NUMBER}?municipality_code=092029")
    assert answer.status == 200
    assert answer.document == {
        "issuance_number": NUMBER,
        "state": "recorded",
        "kind": "resident_record",
        "recorded_at": "2026-11-23T03:00:00Z",
        "outcome": None,
    }


async def test_an_outcome_twice_is_204_and_a_contradiction_409(edge: Edge) -> None:
    path = f"/v1/issuances/{NUMBER}/outcome?municipality_code=092029"
    first, again = await edge.post(path, outcome_body()), await edge.post(path, outcome_body())
    other = await edge.post(path, {**outcome_body(), "outcome": "failed"})
    assert (first.status, first.content, again.status) == (204, b"", 204)
    assert (other.status, other.document["code"]) == (409, "outcome_conflict")
    jst = timezone(timedelta(hours=9))
    assert edge.fake.outcomes[NUMBER] == OutcomeReport("printed", True, datetime(2026, 11, 23, 12, 0, 30, tzinfo=jst))


async def test_an_outcome_instant_may_be_in_any_offset(edge: Edge) -> None:
    path = f"/v1/issuances/{NUMBER}/outcome?municipality_code=092029"
    await edge.post(path, {**outcome_body(), "occurred_at": "2026-11-23T03:00:30.25Z"})
    assert edge.fake.outcomes[NUMBER].occurred_at == datetime(2026, 11, 23, 3, 0, 30, 250_000, tzinfo=UTC)


async def test_an_alert_is_accepted(edge: Edge) -> None:
    answer = await edge.post("/v1/alerts", alert_body())
    assert (answer.status, answer.content) == (202, b"")
    assert edge.fake.alerts[0].detail == "printer jam"
    assert edge.fake.alerts[0].issuance_number is None


async def test_the_notice_of_the_city_is_told_to_its_callers_alone(edge: Edge) -> None:
    answer = await edge.get("/v1/notice?municipality_code=092029")
    assert (answer.status, answer.document) == (200, {"texts": {"ja": "窓口は3階です。"}})
    for query, code in (
        ("?municipality_code=131016", "not_your_city"),
        ("", "malformed"),
        ("?municipality_code=x", "malformed"),
    ):
        assert (await edge.get(f"/v1/notice{query}")).document["code"] == code


async def test_every_answer_is_secured_and_tells_no_version(edge: Edge) -> None:
    for answer in (await edge.get("/openapi.json"), await edge.get("/nowhere"), await edge.post("/v1/menus", {})):
        assert answer.headers["Server"] == "kiosk"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
