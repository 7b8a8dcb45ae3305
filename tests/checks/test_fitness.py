"""A process that is not fit answers nobody and signs nothing, and goes on by itself when the cause is gone."""

import asyncio
import time

import pytest

from keys.file_provider import FileKeyProvider
from kiosk_server.checks.check import Check
from kiosk_server.checks.fit_keys import FitKeys
from kiosk_server.checks.fit_service import FitIssuing
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.looking import look_at
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.watching import while_fit
from kiosk_server.checks.wrong import Advice, Fault, Wrong
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import CentreAlert, OutcomeReport
from tests.web.fake_issuing import CITY, NOON, NUMBER, FakeIssuing

FAULT = Fault("だめです。", "It is wrong.", "直してください。", "Put it right.")
CERTIFICATE = b"x" * 32


async def test_every_call_is_refused_as_busy_and_none_reaches_the_service() -> None:
    fitness, fake = Fitness(), FakeIssuing(CERTIFICATE)
    service = FitIssuing(fake, fitness)
    caller = await service.caller(CERTIFICATE, CITY)
    fitness.found("fonts", FAULT)
    calls = [
        service.caller(CERTIFICATE, CITY),
        service.notice(caller),
        service.state(caller, NUMBER),
        service.report_outcome(caller, NUMBER, OutcomeReport("printed", True, NOON)),
        service.open_alert(caller, CentreAlert("answer_mismatch", None, None, "")),
    ]
    for call in calls:
        with pytest.raises(Refusal) as refused:
            await call
        assert (refused.value.code, refused.value.reason) == (RefusalCode.BUSY, "not_fit")
        assert refused.value.retry_after
    assert (fake.outcomes, fake.alerts) == ({}, [])
    fitness.found("fonts", None)
    assert (await service.state(caller, NUMBER)).issuance_number == NUMBER


async def test_what_was_begun_while_fit_finds_no_key_to_sign_with(keys: FileKeyProvider) -> None:
    fitness = Fitness()
    gated = FitKeys(keys, fitness)
    assert gated.document_signer() is keys.document_signer()
    fitness.found("topology", FAULT)
    with pytest.raises(Refusal):
        gated.document_signer()


async def test_one_thing_put_right_does_not_hide_another() -> None:
    fitness = Fitness()
    fitness.found("clock", FAULT)
    fitness.found("fonts", FAULT)
    fitness.found("clock", None)
    assert set(fitness.wrong) == {"fonts"}
    fitness.found("fonts", None, advice=FAULT)
    assert fitness.is_fit
    assert set(fitness.advice) == {"fonts"}


async def test_a_process_that_stood_still_is_not_fit_until_its_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    fitness = Fitness()
    fitness.beat()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert set(fitness.wrong) == {"watch"}
    fitness.beat()
    assert fitness.is_fit


async def test_work_pauses_while_the_process_is_not_fit() -> None:
    fitness = Fitness()
    begun, paused = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def work() -> None:
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            paused.release()

    working = asyncio.create_task(while_fit(fitness, work))
    await begun.acquire()
    fitness.found("database", FAULT)
    await paused.acquire()
    assert begun.locked()
    fitness.found("database", None)
    await begun.acquire()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await paused.acquire()


async def test_what_the_work_raises_comes_out() -> None:
    async def work() -> None:
        raise Wrong(FAULT)

    with pytest.raises(Wrong):
        await while_fit(Fitness(), work)


async def _hangs(_: Surroundings) -> str:
    await asyncio.Event().wait()
    return ""


async def _breaks(_: Surroundings) -> str:
    raise ValueError("password=secret")


async def _advises(_: Surroundings) -> str:
    raise Advice(FAULT)


@pytest.mark.parametrize(("look", "says"), [(_hangs, "took too long"), (_breaks, "failed: ValueError")])
async def test_a_look_that_hangs_or_breaks_counts_as_wrong_and_tells_no_secret(
    around: Surroundings, look: object, says: str
) -> None:
    looked = await look_at(Check("one", "一つ", look), around, 0.01)  # type: ignore[arg-type]  # one of the above
    assert looked.fault is not None
    assert says in looked.fault.reason_en
    assert "secret" not in str(looked.fault)


async def test_advice_is_no_fault(around: Surroundings) -> None:
    looked = await look_at(Check("one", "一つ", _advises), around, 5)
    assert looked.fault is None
    assert looked.advice is not None
