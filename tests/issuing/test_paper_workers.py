"""Paper workers die, stand still or are stopped in the middle of an answer: nobody waits for what cannot come."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from multiprocessing.connection import Connection, Pipe
from threading import Lock, Thread
from typing import NoReturn

import pytest

import pdf
from kiosk_server.issuing.paper import InspectedPaper, PaperWorkers
from kiosk_server.issuing.paper_worker import PaperUnsent, PaperWorker, PaperWorkerDied
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.issuing.city import CENTRE, City
from tests.pdf.samples import SNAPSHOT
from tests.pdf.sealing import sealed

SEALED = sealed(SNAPSHOT)


@pytest.fixture
async def workers() -> AsyncIterator[PaperWorkers]:
    async with PaperWorkers(2) as made:
        yield made


async def test_each_call_has_a_worker_of_its_own(workers: PaperWorkers) -> None:
    assert len(workers.pids) == 2
    papers = await asyncio.gather(*(workers.make(SEALED) for _ in range(4)))
    assert {paper.snapshot_digest for paper in papers if isinstance(paper, InspectedPaper)} == {
        pdf.snapshot_digest(SNAPSHOT)
    }
    assert len(workers.pids) == 2


async def test_workers_killed_between_two_papers_are_replaced(workers: PaperWorkers) -> None:
    dead = workers.pids
    for pid in dead:
        os.kill(pid, signal.SIGKILL)
    papers = await asyncio.gather(*(workers.make(SEALED) for _ in range(2)))
    assert all(isinstance(paper, InspectedPaper) for paper in papers)
    assert workers.pids.isdisjoint(dead)


async def test_worker_killed_while_it_stands_still_is_not_waited_for(workers: PaperWorkers) -> None:
    still = workers.pids
    for pid in still:
        os.kill(pid, signal.SIGSTOP)
    making = asyncio.create_task(workers.make(SEALED))
    await asyncio.sleep(0)
    for pid in still:
        os.kill(pid, signal.SIGKILL)
    assert isinstance(await making, InspectedPaper)


async def test_closing_does_not_wait_for_a_worker_that_stands_still() -> None:
    workers = PaperWorkers(1)
    async with workers:
        [still] = workers.pids
        os.kill(still, signal.SIGSTOP)
        making = asyncio.create_task(workers.make(SEALED))
        await asyncio.sleep(0)
    # Whether its thread had begun to ask or not.
    with pytest.raises((PaperWorkerDied, asyncio.CancelledError)):
        await making
    assert workers.pids == frozenset()
    with pytest.raises(RuntimeError, match="shutdown"):
        await workers.make(SEALED)


async def test_what_cannot_be_printed_is_raised_and_the_worker_lives_on(workers: PaperWorkers) -> None:
    before = workers.pids
    with pytest.raises(pdf.TextOverflow):
        await workers.make(sealed(replace(SNAPSHOT, address="あ" * 4000)))
    assert workers.pids == before


class Endless:
    """A paper that takes for ever."""

    @property
    def snapshot(self) -> NoReturn:
        while True:
            time.sleep(1)


class Unsendable:
    """A paper over which an error comes about that no pipe takes."""

    @property
    def snapshot(self) -> NoReturn:
        raise LookupError("足利　太郎", Lock())


async def test_a_worker_that_does_not_come_back_is_ended_and_replaced(
    workers: PaperWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("kiosk_server.issuing.paper_worker._LONGEST_SECONDS", 0.2)
        with pytest.raises(PaperWorkerDied):
            await workers.make(Endless())  # type: ignore[arg-type]  # it only has to be asked for its snapshot
    assert isinstance(await workers.make(SEALED), InspectedPaper)


async def test_an_error_that_cannot_be_sent_costs_no_worker_and_tells_nothing_of_the_paper(
    workers: PaperWorkers, capfd: pytest.CaptureFixture[str]
) -> None:
    before = workers.pids
    with pytest.raises(PaperUnsent, match="LookupError"):
        await workers.make(Unsendable())  # type: ignore[arg-type]  # it only has to be asked for its snapshot
    assert workers.pids == before
    assert "足利" not in "".join(capfd.readouterr())


def test_answer_cut_off_after_its_head_is_the_end_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = PaperWorker()
    ours, theirs = Pipe()
    monkeypatch.setattr(worker, "_pipe", ours)
    dying = Thread(target=_says_half, args=(theirs,))
    dying.start()
    with pytest.raises(PaperWorkerDied):
        worker.ask(SEALED)
    dying.join()
    worker.end()


def _says_half(pipe: Connection) -> None:
    pipe.recv()
    os.write(pipe.fileno(), (1000).to_bytes(4, "big") + b"half an answer")
    pipe.close()


async def test_worker_that_dies_over_a_paper_twice_leaves_the_resident_free_to_ask_again(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(PaperWorker, "ask", _dies)
        with pytest.raises(Refusal) as refused:
            await ashikaga.issuing.issue(CENTRE, request)
    assert (refused.value.code, refused.value.reason) == (RefusalCode.BUSY, "paper_worker_died")
    [intent] = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent")
    assert (intent["state"], intent["state_cause"]) == ("void", "paper_worker_died")
    assert (await ashikaga.issuing.issue(CENTRE, request)).content


def _dies(_worker: PaperWorker, _snapshot: pdf.Snapshot) -> NoReturn:
    raise PaperWorkerDied
