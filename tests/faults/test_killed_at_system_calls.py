"""I5: the front, and its paper worker, killed at the system calls by which they issue (after the Tessera pattern)."""

import asyncio
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from tests.faults.service import Service
from tests.faults.strace import kill, traced, was_killed
from tests.system.asking import until
from tests.system.part import Part

FRONT_CALLS = (
    "accept4", "epoll_ctl", "epoll_wait", "getpid", "getrandom", "getsockname", "read", "recvfrom", "sendto", "setsockopt",
    "write",
)  # fmt: skip
WORKER_CALLS = ("read", "write")
INCIDENTAL = {
    "brk", "close", "epoll_pwait", "exit_group", "fstat", "futex", "getpeername", "ioctl", "lseek", "madvise", "mmap", "mprotect",
    "mremap", "munmap", "newfstatat", "openat", "poll", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "sched_yield",
    "shutdown", "clock_nanosleep", "getsockopt", "socket", "connect", "uname", "bind", "fcntl",
}  # fmt: skip
"""Calls for memory, locks, threads and new connections, which one certificate may need or not."""


async def counted(service: Service, victim: Part, pids: tuple[int, ...], file: Path) -> Counter[str]:
    """The calls that one certificate takes."""
    async with traced(pids, file) as calls:
        await service.once(victim, service.request())
    return calls.by_kind()


async def strike(service: Service, victim: Part, pids: tuple[int, ...], call: str, number: int, file: Path) -> bool:
    """Whether the call came while one certificate was asked for. Whatever happened, the resident gets one."""
    request = service.request()
    async with traced(pids, file, *kill(call, number)):
        first = await service.once(victim, request)
    await service.yields_one_right_certificate(request, first)
    return was_killed(file)


async def ready(service: Service) -> Part:
    """A process that has issued once, so that its connections and workers are there."""
    victim = await service.victim()
    await service.asking.issue(victim, service.request(), tries=20)
    return victim


@pytest.mark.parametrize("call", FRONT_CALLS)
async def test_i5_front_killed_at_a_system_call_of_each_kind_costs_the_attempt_and_nothing_else(
    service: Service, tmp_path: Path, call: str
) -> None:
    victim = await ready(service)
    calls = await counted(service, victim, (victim.pid,), tmp_path / "calls")
    assert await strike(service, victim, (victim.pid,), call, (calls[call] + 1) // 2, tmp_path / "strike")
    await until(lambda: asyncio.to_thread(lambda: not victim.runs))


@pytest.mark.parametrize("call", WORKER_CALLS)
async def test_i5_paper_worker_killed_at_a_system_call_of_each_kind_costs_at_most_the_attempt(
    service: Service, tmp_path: Path, call: str
) -> None:
    victim = await ready(service)
    before = victim.workers()
    calls = await counted(service, victim, before, tmp_path / "calls")
    assert await strike(service, victim, before, call, (calls[call] + 1) // 2, tmp_path / "strike")
    await service.asking.issue(victim, service.request(), tries=20)
    assert set(victim.workers()).isdisjoint(before)


async def test_every_kind_of_call_of_an_issuance_is_tried(service: Service, tmp_path: Path) -> None:
    victim = await ready(service)
    front = await counted(service, victim, (victim.pid,), tmp_path / "front")
    worker = await counted(service, victim, victim.workers(), tmp_path / "worker")
    assert set(FRONT_CALLS) <= set(front) <= {*FRONT_CALLS, *INCIDENTAL}
    assert set(WORKER_CALLS) <= set(worker) <= {*WORKER_CALLS, *INCIDENTAL}


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("call", [*FRONT_CALLS, "futex", "poll"])
async def test_i5_front_killed_at_every_system_call(service: Service, tmp_path: Path, call: str) -> None:
    for number in count(1):
        victim = await ready(service)
        if not await strike(service, victim, (victim.pid,), call, number, tmp_path / f"{call}-{number}"):
            break
    assert number > 1


@pytest.mark.parametrize("call", WORKER_CALLS)
async def test_i5_paper_worker_killed_at_every_system_call(service: Service, tmp_path: Path, call: str) -> None:
    for number in count(1):
        victim = await ready(service)
        if not await strike(service, victim, victim.workers(), call, number, tmp_path / f"{call}-{number}"):
            break
    assert number > 1
