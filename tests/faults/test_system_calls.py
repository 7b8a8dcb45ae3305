"""kill -9 at every system call of the issuing path, and files that give no more room: a real centre process under strace.

After Tessera's fault tests (integration/fault/posix): each kind of call once here, every occurrence in `make test-all`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk_server.issuing.request import IssuanceRequest
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable
from tests.faults.system_calls import injected, watched
from tests.system.asking import Asking
from tests.system.installation import Installation, Wanted, running_installation
from tests.system.oracle import complaints, more_than_one_answer
from tests.system.part import Part
from tests.system.running import Sample

RESIDENTS, SAMPLES = 300, 100
NOT_ANSWERED = (CentreUnreachable, CentreProblem, AnswerBroken)

# Kinds that the interpreter calls for memory and threads when it pleases: one certificate may do without them.
AT_LEISURE = frozenset(
    {"brk", "futex", "madvise", "mmap", "mprotect", "mremap", "munmap", "restart_syscall", "sched_yield"}
)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with running_installation(Wanted(RESIDENTS, SAMPLES, centres=1)) as running:
        yield running


@pytest.fixture(scope="module")
def residents(installation: Installation) -> Iterator[Sample]:
    return iter(installation.samples)


@pytest.fixture
async def asking(installation: Installation) -> AsyncIterator[Asking]:
    async with Asking(installation) as made:
        yield made


async def one_right_certificate(installation: Installation, request: IssuanceRequest) -> None:
    """Whatever happened: the same id gives one certificate, which is the one this resident may have."""
    [centre] = installation.centres
    if not centre.runs:
        centre.start()
    async with Asking(installation) as asking:
        delivery = await asking.issue(centre, request, tries=8)
        assert await asking.issue(centre, request) == delivery
    books = await installation.administrator()
    try:
        assert await complaints(books, delivery) == []
        assert await more_than_one_answer(books) == []
    finally:
        await books.close()


async def calls_of(
    installation: Installation, residents: Iterator[Sample], pids: tuple[int, ...], log: Path
) -> Counter[str]:
    """What the processes call while one certificate is made; the first has been made before."""
    [centre] = installation.centres
    async with Asking(installation) as asking:
        await asking.issue(centre, asking.new(next(residents)), tries=8)
        with watched(pids, log) as seen:
            await asking.issue(centre, asking.new(next(residents)), tries=8)
    return Counter({call: count for call, count in seen.calls.items() if call not in AT_LEISURE})


async def strike(
    centre: Part, asking: Asking, request: IssuanceRequest, call: str, number: int, pids: tuple[int, ...]
) -> None:
    """Kill the process at the `number`-th call of its kind, with the request under way."""
    with injected(pids, call, f"signal=KILL:when={number}"), suppress(*NOT_ANSWERED):
        await asking.issue(centre, request)


async def test_i5_front_killed_at_each_kind_of_system_call(
    installation: Installation, residents: Iterator[Sample], tmp_path: Path
) -> None:
    [centre] = installation.centres
    calls = await calls_of(installation, residents, (centre.pid,), tmp_path / "calls")
    assert {"sendto", "recvfrom"} & calls.keys() or {"read", "write"} & calls.keys()
    for call, count in sorted(calls.items()):
        await _front_killed_at(installation, residents, call, count // 2 + 1)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_i5_front_killed_at_every_system_call(
    installation: Installation, residents: Iterator[Sample], tmp_path: Path
) -> None:
    [centre] = installation.centres
    calls = await calls_of(installation, residents, (centre.pid,), tmp_path / "calls")
    samples = [next(residents) for _ in range(10)]
    for call, count in sorted(calls.items()):
        for number in range(1, count + 1):
            await _front_killed_at(installation, iter([samples[number % len(samples)]]), call, number)


async def _front_killed_at(installation: Installation, residents: Iterator[Sample], call: str, number: int) -> None:
    [centre] = installation.centres
    async with Asking(installation) as asking:
        request = asking.new(next(residents))
        await strike(centre, asking, request, call, number, (centre.pid,))
    if centre.runs:
        # It had the last of these calls behind it: then the certificate was made.
        assert number > 1, f"{call} was never called"
    await one_right_certificate(installation, request)


async def test_i5_paper_worker_killed_at_each_kind_of_system_call(
    installation: Installation, residents: Iterator[Sample], tmp_path: Path
) -> None:
    [centre] = installation.centres
    calls = await calls_of(installation, residents, centre.workers(), tmp_path / "calls")
    assert calls
    for call in sorted(calls):
        async with Asking(installation) as asking:
            request = asking.new(next(residents))
            workers = centre.workers()
            await strike(centre, asking, request, call, 1, workers)
        await one_right_certificate(installation, request)
        assert centre.workers() != workers, f"the worker outlived {call}"


async def test_i5_paper_worker_that_stands_still_costs_the_deadline_and_nothing_else(
    installation: Installation, residents: Iterator[Sample], asking: Asking
) -> None:
    [centre] = installation.centres
    request = asking.new(next(residents))
    with centre.workers_paused(), pytest.raises(CentreProblem) as caught:
        await asking.issue(centre, request)
    assert caught.value.code == "timed_out"
    await one_right_certificate(installation, request)


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
async def test_log_that_cannot_be_written_costs_no_certificate(
    installation: Installation, residents: Iterator[Sample], asking: Asking, error: str
) -> None:
    [centre] = installation.centres
    request = asking.new(next(residents))
    with injected((centre.pid,), "write", f"error={error}", only_path=_log_of(centre)):
        delivery = await asking.issue(centre, request)
    assert delivery.certificate.content.startswith(b"%PDF")
    assert centre.runs
    await one_right_certificate(installation, request)


def _log_of(centre: Part) -> Path:
    return Path("/proc", str(centre.pid), "fd", "2").readlink()


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
async def test_database_that_cannot_write_refuses_and_recovers(
    installation: Installation, residents: Iterator[Sample], error: str
) -> None:
    [centre] = installation.centres
    books = await installation.administrator()
    backends = [row["pid"] for row in await books.fetch("SELECT pid FROM pg_stat_activity WHERE usename = 'front'")]
    await books.close()
    async with Asking(installation) as asking:
        request = asking.new(next(residents))
        with injected(backends, "pwrite64", f"error={error}"), suppress(*NOT_ANSWERED):
            await asking.issue(centre, request)
    await asyncio.to_thread(_until_database_answers, installation)
    await one_right_certificate(installation, request)


def _until_database_answers(installation: Installation) -> None:
    async def look() -> None:
        for _ in range(600):
            try:
                await (await installation.administrator()).close()
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
        pytest.fail("PostgreSQL did not recover")

    asyncio.run(look())
