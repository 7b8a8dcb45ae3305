"""The front is killed, or paused for longer than its lease, at every step of an issuance (MIS-01, MIS-02; I5)."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest

from kiosk_server.issuing.request import IssuanceRequest
from tests.faults.aftermath import nothing_is_open, swept, yields_one_right_certificate
from tests.faults.front_with_fault import STEPS, Errand, Moment, begin
from tests.issuing.city import CENTRE, City
from tests.issuing.conftest import PASSPHRASE


@asynccontextmanager
async def struck(
    city: City, keys_directory: Path, request: IssuanceRequest, step: str, moment: Moment, with_signal: signal.Signals
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A front that works on the request until the signal strikes it."""
    dsn = city.database.dsn("front")
    process = begin(Errand(request, dsn, keys_directory, PASSPHRASE, city.clock.now, step, moment, with_signal))
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        _output(process).close()


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


@pytest.mark.parametrize("moment", ["entering", "leaving"])
@pytest.mark.parametrize("step", STEPS)
async def test_i5_front_killed_at_any_step_leaves_nothing_open_and_one_certificate_to_be_had(
    ashikaga: City, keys_directory: Path, step: str, moment: Moment
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    async with struck(ashikaga, keys_directory, request, step, moment, signal.SIGKILL) as process:
        assert await asyncio.to_thread(process.wait, 60) == -signal.SIGKILL
    recorded = await ashikaga.rows("SELECT issuance_number FROM history.issuance")
    assert len(recorded) == (1 if (step, moment) == ("record", "leaving") else 0)
    await swept(ashikaga)
    await nothing_is_open(ashikaga)
    certificate = await yields_one_right_certificate(ashikaga, request)
    others = await ashikaga.rows(
        "SELECT state FROM issuance.intent WHERE issuance_number <> $1", certificate.issuance_number
    )
    assert {row["state"] for row in others} <= {"void"}


@pytest.mark.parametrize("step", ["snapshot", "compose", "permit", "compare"])
async def test_mis_02_front_paused_past_its_lease_finds_that_the_second_attempt_has_answered(
    ashikaga: City, keys_directory: Path, step: str
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    async with struck(ashikaga, keys_directory, request, step, "leaving", signal.SIGSTOP) as process:
        _, status = await asyncio.to_thread(os.waitpid, process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        ashikaga.clock.now += 2 * timedelta(seconds=10)
        second = await ashikaga.issuing.issue(CENTRE, request)
        process.send_signal(signal.SIGCONT)
        said = await asyncio.to_thread(_output(process).read)
    # Its clock stood still with it, so that no deadline stops it: the lease alone does.
    assert said.decode().split()[0] == "timed_out"
    states = await ashikaga.rows("SELECT state, issuance_number FROM issuance.intent ORDER BY proposed_at")
    assert [row["state"] for row in states] == ["void", "recorded"]
    assert states[1]["issuance_number"] == second.issuance_number
    assert await yields_one_right_certificate(ashikaga, request) == second
