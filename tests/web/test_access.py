"""POST /v1/koseki_access_registrations at the edge."""

from datetime import date

import pytest

from cardauth import CardSignature
from kiosk_server.issuing.request import AccessRegistration, AccessRequest, Terminal
from kiosk_server.web.client import CentreClient
from tests.web.bodies import access_body, menu_body, with_value
from tests.web.conftest import Edge, EdgeMaker

PATH = "/v1/koseki_access_registrations"


@pytest.fixture
async def cards(make_edge: EdgeMaker) -> Edge:
    made: Edge = await make_edge(takes_cards=True)
    return made


async def test_an_application_reaches_the_service_as_it_was_sent(cards: Edge) -> None:
    answer = await cards.post(PATH, access_body())
    assert answer.document == {
        "registration_number": "12",
        "state": "submitted",
        "due_on": "2026-12-01",
        "earlier_application_on": None,
    }
    (asked,) = cards.fake.applications
    assert (asked.name, asked.birth_on, asked.first_registrant) == ("ミホン　ハナコ", date(1980, 4, 1), "見本　太郎")


async def test_without_cards_there_is_no_such_call(edge: Edge) -> None:
    assert (await edge.post(PATH, access_body())).document["code"] == "no_such_path"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("applicant.birth_date", "1980-4-1"),
        ("applicant.birth_date", "1980-02-30"),
        ("applicant.birth_date", "1600-01-01"),
        ("applicant.birth_date", 19800401),
        ("applicant.birth_date", ...),
        ("applicant.name", ""),
        ("applicant.name", "見本\n花子"),
        ("applicant.name", "あ" * 101),
        ("applicant.address", "栃木県"),
        ("koseki.domicile", "町" * 201),
        ("koseki.first_registrant", None),
        ("koseki", ...),
        ("session", "sealed"),
    ],
)
async def test_what_is_not_as_documented_is_malformed(cards: Edge, field: str, value: object) -> None:
    if field in {"applicant.address", "session"}:
        body = access_body()
        (body["applicant"] if field.startswith("applicant") else body)[field.rpartition(".")[2]] = value
    else:
        body = with_value(access_body(), field, value)
    answer = await cards.post(PATH, body)
    assert (answer.status, answer.document["field"]) == (400, field)
    assert cards.fake.applications == []


async def test_only_a_card_applies(cards: Edge) -> None:
    answer = await cards.post(PATH, {**access_body(), "credential": menu_body()["credential"]})
    assert answer.status == 400


async def test_our_client_writes_what_the_edge_reads_and_shows_nothing_of_it(cards: Edge) -> None:
    presented = CardSignature(b"certificate", "sealed", b"signature")
    request = AccessRequest(
        "req-1",
        "092029",
        Terminal("chain", "s", "m"),
        presented,
        "ミホン　ハナコ",
        date(1980, 4, 1),
        "本籍の文字",
        "見本　太郎",
    )
    pki = cards.pki
    async with CentreClient(cards.url, pki.ca, pki.centre.certificate, pki.centre.key) as client:
        assert (await client.apply(request)).registration_number == "12"
        cards.fake.registration = AccessRegistration("12", "submitted", date(2026, 12, 1), date(2026, 11, 20))
        assert await client.apply(request) == cards.fake.registration
    assert cards.fake.applications == [request, request]
    assert not [word for word in ("ミホン", "1980", "本籍", "見本") if word in repr(request)]
