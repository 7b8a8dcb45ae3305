"""The disk is full, or cannot be read: a refusal, or the certificate; never half of one."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from kiosk_server.web.client import CentreProblem
from pdf.font_files import FONT_FILES
from tests.faults.service import TRIES, Service
from tests.faults.strace import fail, program, traced
from tests.system.asking import until
from tests.system.installation import Installation
from tests.system.oracle import Delivery

ROOT = Path(__file__).parents[2]
FONTS = tuple(font for font in FONT_FILES if font.exists())


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
async def test_log_that_cannot_be_written_keeps_nobody_from_the_certificate(
    service: Service, tmp_path: Path, error: str
) -> None:
    victim = await service.victim()
    log = victim.log
    request = service.request()
    async with traced((victim.pid,), tmp_path / "calls", *fail("write", error, log)):
        first = await service.once(victim, request)
    assert error in (tmp_path / "calls").read_text()
    assert isinstance(first, Delivery)
    await service.yields_one_right_certificate(request, first)


async def test_fonts_that_cannot_be_read_when_a_paper_worker_begins_are_a_refusal(
    service: Service, tmp_path: Path
) -> None:
    victim = await service.victim()
    await service.asking.issue(victim, service.request(), tries=TRIES)
    request = service.request()
    calls = tmp_path / "calls"
    async with traced((victim.pid,), calls, *fail("openat", "EIO", *FONTS)):
        for worker in victim.workers():
            os.kill(worker, signal.SIGKILL)
        first = await service.once(victim, request)
        # A worker that begins slowly meets its fonts when the resident has been refused already.
        await until(lambda: asyncio.to_thread(lambda: "EIO" in calls.read_text()))
    assert isinstance(first, CentreProblem)
    await service.yields_one_right_certificate(request, first)
    again = service.request()
    await service.yields_one_right_certificate(again, await service.asking.issue(victim, again, tries=TRIES))


@pytest.mark.parametrize("which", ["keys", "fonts", "certificate"])
async def test_file_that_cannot_be_read_at_the_start_refuses_service(
    installation: Installation, tmp_path: Path, which: str
) -> None:
    directory = installation.directory
    paths = {"keys": (directory.keys / "keys.json",), "fonts": FONTS, "certificate": (directory.certificate("server"),)}
    serve = (sys.executable, "-m", "kiosk_server.cli", "serve", "centre")
    process = await asyncio.create_subprocess_exec(
        *(program(), "-f", "--seccomp-bpf", "-o", str(tmp_path / "calls"), *fail("openat", "EIO", *paths[which])),
        *(*serve, "--settings", str(directory.path / "several.env")),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert "EIO" in (tmp_path / "calls").read_text()
    assert process.returncode not in {0, None}
    assert b"Traceback" not in said, said.decode()


async def test_paper_workers_that_stand_still_cost_the_attempt_and_nothing_else(service: Service) -> None:
    victim = await service.victim()
    await service.asking.issue(victim, service.request(), tries=TRIES)
    request = service.request()
    with victim.workers_paused():
        first = await service.once(victim, request)
        assert isinstance(first, CentreProblem)
        assert first.code == "timed_out"
        other = service.request()
        await service.yields_one_right_certificate(other)
    await service.yields_one_right_certificate(request, first)
    await until(lambda: _issues(service))


async def _issues(service: Service) -> bool:
    return isinstance(await service.once(await service.victim(), service.request()), Delivery)
