"""Every way a body can be wrong: 400 `malformed` naming the place, and never a value."""

import json
from typing import Any

import pytest

from tests.web.bodies import PIN, SERIAL, alert_body, issuance_body, menu_body, outcome_body, with_value
from tests.web.conftest import Answer, Edge
from tests.web.fake_issuing import NUMBER

OUTCOME = f"/v1/issuances/{NUMBER}/outcome?municipality_code=092029"


def assert_malformed(answer: Answer, field: str) -> None:
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.document
    assert (document["code"], document["status"], document["field"]) == ("malformed", 400, field)
    assert document["title"]
    assert document["title_en"]
    assert PIN not in answer.content.decode()
    assert SERIAL not in answer.content.decode()


WRONG: list[tuple[str, Any, str]] = [
    ("request_id", "", "request_id"),
    ("request_id", "x" * 65, "request_id"),
    ("request_id", "a\x00b", "request_id"),
    ("request_id", "a\nb", "request_id"),
    ("request_id", "a\u202eb", "request_id"),
    ("request_id", "か\u3099", "request_id"),
    ("request_id", 7, "request_id"),
    ("request_id", None, "request_id"),
    ("request_id", ..., "request_id"),
    ("municipality_code", "92029", "municipality_code"),
    ("municipality_code", "０９２０２９", "municipality_code"),
    ("municipality_code", 92029, "municipality_code"),
    ("terminal", "m-3", "terminal"),
    ("terminal.store", "s\x7f", "terminal.store"),
    ("terminal.terminal", ..., "terminal.terminal"),
    ("terminal.shelf", "1", "terminal.shelf"),
    ("credential", "1234", "credential"),
    ("credential.type", ..., "credential.type"),
    ("credential.type", "face", "credential.type"),
    ("credential.type", ["user_id"], "credential.type"),
    ("credential.type", 5, "credential.type"),
    ("credential.pin", "", "credential.pin"),
    ("credential.pin", "418", "credential.pin"),
    ("credential.pin", "41866", "credential.pin"),
    ("credential.pin", "abcd", "credential.pin"),
    ("credential.pin", "4186\n", "credential.pin"),
    ("credential.pin", "１２３４", "credential.pin"),
    ("credential.pin", "١٢٣٤", "credential.pin"),
    ("credential.pin", 4186, "credential.pin"),
    ("credential.pin", None, "credential.pin"),
    ("credential.pin", ..., "credential.pin"),
    ("credential.serial", "007", "credential.serial"),
    ("credential.serial", "-7", "credential.serial"),
    ("credential.serial", "+7", "credential.serial"),
    ("credential.serial", "7 ", "credential.serial"),
    ("credential.serial", "0x7", "credential.serial"),
    ("credential.serial", "", "credential.serial"),
    ("credential.serial", "1" * 50, "credential.serial"),
    ("credential.serial", 7, "credential.serial"),
    ("credential.issuer_key_id", "0BADC0DE", "credential.issuer_key_id"),
    ("credential.issuer_key_id", "0ba", "credential.issuer_key_id"),
    ("credential.issuer_key_id", "0b:ad", "credential.issuer_key_id"),
    ("credential.user_id", "u-1", "credential.user_id"),
    ("session", "sealed", "session"),
    ("session", None, "session"),
    ("credential", ..., "credential"),
    ("copies", 2, "copies"),
    ("certificate", ..., "certificate"),
    ("certificate.kind", "vaccination_record", "certificate.kind"),
    ("certificate.form", "poster", "certificate.form"),
    ("certificate.persons", ..., "certificate.persons"),
    ("certificate.persons", "everyone", "certificate.persons"),
    ("certificate.persons", 3, "certificate.persons"),
    ("certificate.persons", {"0": "ref"}, "certificate.persons"),
    ("certificate.persons", [], "certificate.persons"),
    ("certificate.persons", [f"ref-{i}" for i in range(21)], "certificate.persons"),
    ("certificate.persons", ["ref-1", "ref-1"], "certificate.persons"),
    ("certificate.persons", ["ref-1", ""], "certificate.persons[1]"),
    ("certificate.persons", ["ref-1", 2], "certificate.persons[1]"),
    ("certificate.persons", ["参照"], "certificate.persons[0]"),
    ("certificate.options.domicile", "true", "certificate.options.domicile"),
    ("certificate.options.domicile", 1, "certificate.options.domicile"),
    ("certificate.options.blood_type", True, "certificate.options.blood_type"),
]


@pytest.mark.parametrize(("path", "value", "field"), WRONG)
async def test_a_wrong_place_is_named(edge: Edge, path: str, value: object, field: str) -> None:
    body = with_value(issuance_body(), path, value)
    assert_malformed(await edge.post("/v1/issuances", body), field)
    assert edge.fake.issuances == []


@pytest.mark.parametrize("kind", ["seal_registration", "koseki_full", "koseki_individual"])
@pytest.mark.parametrize(
    ("member", "value"),
    [("options", {}), ("form", "individual"), ("persons", "household"), ("persons", ["ref-1"]), ("copies", 1)],
)
async def test_a_kind_of_the_holder_alone_takes_no_choices(edge: Edge, kind: str, member: str, value: object) -> None:
    body = with_value(issuance_body(), "certificate", {"kind": kind, member: value})
    assert_malformed(await edge.post("/v1/issuances", body), f"certificate.{member}")


@pytest.mark.parametrize("kind", ["tax_income", "disaster_damage"])
@pytest.mark.parametrize("wrong", [{}, {"choice": 2026}, {"choice": "令和8年"}, {"choice": "1" * 41}])
async def test_a_kind_without_the_choice_it_needs_is_malformed(edge: Edge, kind: str, wrong: dict[str, object]) -> None:
    body = with_value(issuance_body(), "certificate", {"kind": kind, **wrong})
    assert_malformed(await edge.post("/v1/issuances", body), "certificate.choice")
    assert edge.fake.issuances == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "persons"),
        ({"persons": "household"}, "persons"),
        ({"persons": ["ref-1"]}, "persons"),
        ({"persons": "koseki", "form": "individual"}, "form"),
        ({"persons": "koseki", "options": {"my_number": True}}, "options.my_number"),
    ],
)
async def test_a_supplement_takes_its_own_choices_alone(edge: Edge, wrong: dict[str, object], field: str) -> None:
    body = with_value(issuance_body(), "certificate", {"kind": "koseki_supplement", **wrong})
    assert_malformed(await edge.post("/v1/issuances", body), f"certificate.{field}")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "persons"),
        ({"persons": "koseki"}, "persons"),
        ({"persons": "self", "form": "individual"}, "form"),
        ({"persons": "self", "options": {"resident_code": True}}, "options.resident_code"),
        ({"persons": "self", "options": {"address_since": 1}}, "options.address_since"),
    ],
)
async def test_a_statement_takes_its_own_choices_alone(edge: Edge, wrong: dict[str, object], field: str) -> None:
    body = with_value(issuance_body(), "certificate", {"kind": "resident_statement", **wrong})
    assert_malformed(await edge.post("/v1/issuances", body), f"certificate.{field}")


async def test_a_certificate_without_a_kind_is_refused_by_name(edge: Edge) -> None:
    body = with_value(issuance_body(), "certificate", {"persons": "self"})
    assert_malformed(await edge.post("/v1/issuances", body), "certificate.kind")


@pytest.mark.parametrize("kind", ["card_signature", "centre_verified"])
async def test_a_credential_that_this_city_has_not_enabled_is_refused_by_name(edge: Edge, kind: str) -> None:
    answer = await edge.post("/v1/menus", with_value(menu_body(), "credential", {"type": kind, "evidence": "e"}))
    assert_malformed(answer, "credential.type")
    assert "not enabled" in answer.document["detail_en"]


async def test_a_menu_takes_no_session(edge: Edge) -> None:
    assert_malformed(await edge.post("/v1/menus", {**menu_body(), "session": "sealed"}), "session")


async def test_a_member_name_that_may_be_a_value_is_not_repeated(edge: Edge) -> None:
    body = with_value(issuance_body(), "credential." + SERIAL, "x")
    assert_malformed(await edge.post("/v1/issuances", body), "credential.*")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("outcome", "lost"),
        ("outcome", ...),
        ("fee_collected", "yes"),
        ("fee_collected", 1),
        ("occurred_at", "2026-11-23T12:00:30"),
        ("occurred_at", "2026-11-23 12:00:30+09:00"),
        ("occurred_at", "2026-02-30T12:00:30+09:00"),
        ("occurred_at", "2026-11-23T12:00:30+99:00"),
        ("occurred_at", "0001-01-01T00:00:00+09:00"),
        ("occurred_at", "２０２６-11-23T12:00:30+09:00"),
        ("occurred_at", 1_795_000_000),
    ],
)
async def test_an_outcome_is_checked(edge: Edge, member: str, value: object) -> None:
    assert_malformed(await edge.post(OUTCOME, with_value(outcome_body(), member, value)), member)


@pytest.mark.parametrize(
    ("member", "value", "field"),
    [
        ("request_id", ..., "issuance_number"),
        ("issuance_number", "番号", "issuance_number"),
        ("detail", "line\nline", "detail"),
        ("detail", "x" * 1001, "detail"),
        ("code", "", "code"),
    ],
)
async def test_an_alert_is_checked(edge: Edge, member: str, value: object, field: str) -> None:
    assert_malformed(await edge.post("/v1/alerts", with_value(alert_body(), member, value)), field)


@pytest.mark.parametrize(
    "query",
    ["", "?municipality_code=", "?municipality_code=92029", "?municipality_code=092029&municipality_code=092029"],
)
async def test_the_city_of_an_issuance_is_asked_for_once(edge: Edge, query: str) -> None:
    assert_malformed(await edge.get(f"/v1/issuances/{NUMBER}{query}"), "query.municipality_code")


async def test_an_unknown_query_parameter_is_refused_everywhere(edge: Edge) -> None:
    assert_malformed(await edge.post("/v1/menus?pin=4186", menu_body()), "query.pin")
    assert_malformed(await edge.get(f"/v1/issuances/{NUMBER}?municipality_code=092029&x=1"), "query.x")


GOOD = json.dumps(menu_body()).encode()
UNREADABLE: list[tuple[bytes, str]] = [
    (b"", "$"),
    (b"null", "$"),
    (b"[]", "$"),
    (b'"4186"', "$"),
    (b"4186", "$"),
    (b"\xef\xbb\xbf" + GOOD, "$"),
    (GOOD.decode().encode("utf-16"), "$"),
    (GOOD.replace(b"req-1", b"req-\xff"), "$"),
    (GOOD.replace(b"req-1", b"req-\xed\xa0\x80"), "$"),
    (GOOD.replace(b'"req-1"', b'"\\ud800"'), "request_id"),
    (GOOD.replace(b'"request_id"', b'"\\ud800"'), "$"),
    (GOOD.replace(b'"req-1"', b"NaN"), "$"),
    (GOOD.replace(b'"req-1"', b"-Infinity"), "$"),
    (GOOD.replace(b'"req-1"', b"1e999"), "request_id"),
    (GOOD.replace(b'"req-1"', b"9" * 5000), "$"),
    (GOOD + GOOD, "$"),
    (GOOD[:-1], "$"),
    (b"[" * 60_000, "$"),
    (b"[" * 9 + b"]" * 9, "$"),
    (b'{"a":' * 9 + b"1" + b"}" * 9, "$"),
    (GOOD.replace(b'"pin"', b'"pin": "0000", "pin"'), "credential.pin"),
    (GOOD.replace(b'"request_id"', b'"request_id": "req-0", "request_id"'), "request_id"),
]


@pytest.mark.parametrize(("raw", "field"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_two_readers_could_understand_differently_is_refused(edge: Edge, raw: bytes, field: str) -> None:
    assert_malformed(await edge.send("POST", "/v1/menus", raw), field)
    assert edge.fake.menus == []
