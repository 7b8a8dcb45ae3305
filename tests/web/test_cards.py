"""The card path at the edge: only where the city takes cards, and in one form."""

import pytest

from cardauth import CardSignature
from kiosk_server.issuing.request import ChallengeRequest, MenuRequest, Terminal
from kiosk_server.web.client import CentreClient
from tests.web.bodies import card_body, challenge_body, with_value
from tests.web.conftest import Edge, EdgeMaker


@pytest.fixture
async def cards(make_edge: EdgeMaker) -> Edge:
    made: Edge = await make_edge(takes_cards=True)
    return made


async def test_a_challenge_is_given_to_the_caller_for_its_terminal(cards: Edge) -> None:
    answer = await cards.post("/v1/challenges", challenge_body())
    assert answer.document == {"challenge_id": "centre-1-m-3", "expires_at": "2026-11-23T03:00:00Z"}
    assert answer.headers["Cache-Control"] == "no-store"


async def test_where_no_cards_are_taken_there_is_no_such_call_and_no_such_credential(edge: Edge) -> None:
    challenge, menu = await edge.post("/v1/challenges", challenge_body()), await edge.post("/v1/menus", card_body())
    assert (challenge.status, challenge.document["code"]) == (404, "no_such_path")
    assert (menu.status, menu.document["field"]) == (400, "credential.type")


async def test_a_card_reaches_the_service_as_it_was_sent(cards: Edge) -> None:
    assert (await cards.post("/v1/menus", card_body())).status == 200
    (asked,) = cards.fake.menus
    assert asked.credential == CardSignature(bytes.fromhex("30820122300d"), "sealed", b"\0\1\2")


@pytest.mark.parametrize("field", ["certificate", "signature"])
@pytest.mark.parametrize(
    "value",
    ["", "AAE", "AAF=", "AA=A", "AAEC\n", "A A=", "AA-_", 7, None, "A" * 12_000],
    ids=["empty", "cut", "not canonical", "padding inside", "line end", "space", "url-safe", "number", "null", "long"],
)
async def test_bytes_have_one_spelling(cards: Edge, field: str, value: object) -> None:
    answer = await cards.post("/v1/menus", with_value(card_body(), f"credential.{field}", value))
    assert (answer.status, answer.document["field"]) == (400, f"credential.{field}")


@pytest.mark.parametrize("name", ["pin", "serial", "issuer_key_id"])
async def test_a_card_brings_no_pin_and_names_itself_by_its_certificate_only(cards: Edge, name: str) -> None:
    answer = await cards.post("/v1/menus", with_value(card_body(), f"credential.{name}", "1234"))
    assert (answer.status, answer.document["field"]) == (400, f"credential.{name}")


async def test_centre_verified_is_still_refused_by_name(cards: Edge) -> None:
    answer = await cards.post("/v1/menus", with_value(card_body(), "credential", {"type": "centre_verified"}))
    assert (answer.status, answer.document["field"]) == (400, "credential.type")


async def test_our_client_asks_and_presents_as_the_edge_reads(cards: Edge) -> None:
    pki, terminal = cards.pki, Terminal("chain", "s-77", "m-3")
    presented = CardSignature(b"certificate", "sealed", b"signature")
    async with CentreClient(cards.url, pki.ca, pki.centre.certificate, pki.centre.key) as client:
        challenge = await client.challenge(ChallengeRequest("092029", terminal))
        await client.menus(MenuRequest("req-9", "092029", terminal, presented))
    assert challenge.challenge_id == "centre-1-m-3"
    assert cards.fake.menus[-1].credential == presented


async def test_nothing_of_a_card_is_in_the_values_repr(cards: Edge) -> None:
    await cards.post("/v1/menus", card_body())
    shown = repr(cards.fake.menus)
    assert "sealed" not in shown
    assert "\\x82" not in shown
