"""MIS-08: who differs from the seal register gets no seal certificate, at whatever moment the comparison finds it."""

from datetime import timedelta

import pytest

from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Kind
from tests.issuing.fed import EVERY_KIND, Fed
from tests.issuing.meanwhile import once_made
from tests.issuing.test_seal_registration import SEAL, issue, refused
from tests.sync.registry_rows import CITY


async def doubt(fed: Fed, person: str = "101") -> None:
    await fed.sync.execute(
        "INSERT INTO issuance.source_doubt (municipality_code, source, person_number, difference, since) "
        "VALUES ($1, 'seal', $2, 'extra', $3)",
        CITY, person, fed.city.clock.now,
    )  # fmt: skip


async def clear(fed: Fed) -> None:
    await fed.sync.execute("DELETE FROM issuance.source_doubt")


async def test_mis_08_who_is_in_doubt_is_refused_for_this_kind_alone_until_cleared(fed: Fed) -> None:
    for person in ("101", "102"):
        await fed.register_seal(person, "足利太郎")
    await doubt(fed)
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "held_back")
    assert (await issue(fed, "102")).pages == 1
    card = await fed.card("101")
    record = fed.request(Kind.RESIDENT_RECORD, card)
    assert (await fed.city.issuing.issue(EVERY_KIND, record)).pages == 1
    await clear(fed)
    assert (await issue(fed)).pages == 1


async def test_mis_08_a_doubt_that_comes_while_the_paper_is_made_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    once_made(fed.city, monkeypatch, lambda: doubt(fed))
    assert (await refused(fed)).reason == "held_back"
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent")
    assert states == [{"state": "void", "state_cause": "RecordMoved"}]


async def test_mis_08_a_doubt_that_comes_after_the_answer_stops_its_being_sent_again(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    request = fed.request(SEAL, await fed.card("101"))
    await fed.city.issuing.issue(EVERY_KIND, request)
    await doubt(fed)
    fed.city.clock.now += timedelta(seconds=1)
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.issue(EVERY_KIND, request)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE
