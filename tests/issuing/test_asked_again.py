"""The same request id again: the same bytes or the reason why not, never a second issuance."""

import asyncio
from dataclasses import replace

import pytest

from cardauth import UserCertificate
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import IssuanceRequest
from tests.issuing.city import CENTRE, ISSUER, City


async def code_of(city: City, request: IssuanceRequest) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, request)
    return caught.value.code


async def issued(city: City) -> int:
    [row] = await city.rows("SELECT count(*) AS n FROM history.issuance")
    return int(str(row["n"]))


async def test_mis_14_same_request_gives_the_same_bytes_and_one_fee_line(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    first = await ashikaga.issuing.issue(CENTRE, request)
    assert await ashikaga.issuing.issue(CENTRE, request) == first
    assert await issued(ashikaga) == 1


async def test_mis_14_twenty_twins_at_once_get_one_certificate(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    answers = await asyncio.gather(*(ashikaga.issuing.issue(CENTRE, request) for _ in range(20)))
    assert len(set(answers)) == 1
    assert await issued(ashikaga) == 1


async def test_twins_with_a_wrong_pin_are_charged_once(ashikaga: City) -> None:
    await ashikaga.credential("101", "7001")
    request = ashikaga.request(UserCertificate(ISSUER, "7001", "9999"))
    codes = await asyncio.gather(*(code_of(ashikaga, request) for _ in range(10)))
    assert set(codes) == {RefusalCode.NOT_IDENTIFIED}
    [tries] = await ashikaga.rows("SELECT failures FROM issuance.pin_tries")
    assert tries["failures"] == 1


async def test_guessed_pin_on_an_answered_id_is_refused_and_charged(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    guess = replace(request, credential=UserCertificate(ISSUER, "7001", "0000"))
    assert await code_of(ashikaga, guess) is RefusalCode.NOT_IDENTIFIED
    [tries] = await ashikaga.rows("SELECT failures FROM issuance.pin_tries")
    assert tries["failures"] == 1
    assert (await ashikaga.issuing.issue(CENTRE, request)).pages == 1


async def test_not_identified_is_final_for_the_id_even_with_the_right_pin(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(UserCertificate(ISSUER, "7001", "9999"))
    assert await code_of(ashikaga, request) is RefusalCode.NOT_IDENTIFIED
    assert await code_of(ashikaga, replace(request, credential=card)) is RefusalCode.NOT_IDENTIFIED


async def test_another_body_under_a_known_id_is_a_conflict(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    assert await code_of(ashikaga, replace(request, persons="self")) is RefusalCode.REQUEST_CONFLICT


async def test_kept_answer_gone_is_already_answered_with_the_number(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    first = await ashikaga.issuing.issue(CENTRE, request)
    ashikaga.clock.advance(minutes=15)
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.issue(CENTRE, request)
    assert (caught.value.code, caught.value.issuance_number) == (RefusalCode.ALREADY_ANSWERED, first.issuance_number)
    assert await issued(ashikaga) == 1


async def test_suppression_since_the_answer_destroys_the_bytes_and_opens_an_alert(ashikaga: City) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    await ashikaga.issuing.issue(CENTRE, request)
    staff = await ashikaga.database.connect("staff", "092029")
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
    )
    assert await code_of(ashikaga, request) is RefusalCode.NOT_AVAILABLE
    assert await ashikaga.rows("SELECT FROM issuance.kept_answer") == []
    [alert] = await ashikaga.rows("SELECT cause FROM history.alert")
    assert alert["cause"] == "suppressed_after_answer"
    await staff.execute("DELETE FROM issuance.suppression")
    assert await code_of(ashikaga, request) is RefusalCode.NOT_AVAILABLE


async def test_mis_02_late_finisher_finds_its_lease_gone_and_records_nothing(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    paper, reached, go_on = ashikaga.environment.paper, asyncio.Event(), asyncio.Event()
    make = paper.make

    async def stalled(snapshot: object) -> object:
        made = await make(snapshot)  # type: ignore[arg-type]  # passed through as it came
        reached.set()
        await go_on.wait()
        return made

    monkeypatch.setattr(paper, "make", stalled)
    late = asyncio.create_task(code_of(ashikaga, request))
    await reached.wait()
    monkeypatch.setattr(paper, "make", make)
    ashikaga.clock.advance(seconds=11)
    second = await ashikaga.issuing.issue(CENTRE, request)
    go_on.set()
    assert await late is RefusalCode.TIMED_OUT
    states = await ashikaga.rows("SELECT issuance_number, state FROM issuance.intent ORDER BY proposed_at")
    assert [state["state"] for state in states] == ["void", "recorded"]
    assert states[1]["issuance_number"] == second.issuance_number
    assert await issued(ashikaga) == 1


async def test_mis_01_time_out_voids_and_the_next_attempt_has_a_new_number(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    paper = ashikaga.environment.paper
    make = paper.make

    async def too_slow(snapshot: object) -> object:
        made = await make(snapshot)  # type: ignore[arg-type]  # passed through as it came
        ashikaga.clock.advance(seconds=11)
        return made

    monkeypatch.setattr(paper, "make", too_slow)
    assert await code_of(ashikaga, request) is RefusalCode.TIMED_OUT
    monkeypatch.setattr(paper, "make", make)
    await ashikaga.issuing.issue(CENTRE, request)
    states = await ashikaga.rows("SELECT state FROM issuance.intent ORDER BY proposed_at")
    assert [state["state"] for state in states] == ["void", "recorded"]
