"""A centre process whose signing key is on a token: it serves, stops with reason and alert when the token goes, and goes on by itself."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psutil
import pytest

from kiosk_server.cli.asking import new_request_id, resident_record
from kiosk_server.issuing.request import ResidentRecordOptions
from kiosk_server.web.client import CentreProblem
from tests.keys.tokens.conftest import token
from tests.keys.tokens.keys_on_token import put_on_token
from tests.keys.tokens.softhsm import PIN, Token
from tests.processes.nodes import Node, Nodes
from tests.sync.registry_rows import CITY

__all__ = ["token"]


@contextmanager
def up(site: Nodes, token: Token, *, workers: int = 1) -> Iterator[Node]:
    access = token.access
    reached = {"TOKEN_MODULE": access.module, "TOKEN_PIN_FILE": access.pin_file, "TOKEN_LIMIT_SECONDS": "0.5"}
    more: dict[str, Any] = {**reached, "CENTRE_PROCESSES": str(workers)}
    with site.up(**more) as node:
        yield node


@pytest.fixture
def signed_on_token(site: Nodes, token: Token) -> Token:
    put_on_token(site.directory.keys, site.directory.keys_passphrase.read_bytes(), token)
    return token


def token_processes(node: Node) -> list[int]:
    below = psutil.Process(node.process.pid).children(recursive=True)
    return [child.pid for child in below if "keys.tokens.process" in child.cmdline()]


async def first_alerts(site: Nodes) -> list[str]:
    """The causes, once there are any."""
    admin, give_up = await site.database.connect(), time.monotonic() + 10
    while not (found := await admin.fetch("SELECT cause FROM history.alert")):
        assert time.monotonic() < give_up
        await asyncio.sleep(0.05)
    return [row["cause"] for row in found]


async def test_a_token_that_goes_stops_service_with_an_alert_and_service_resumes_by_itself(
    site: Nodes, signed_on_token: Token
) -> None:
    (credential,) = await site.household("7001")
    with up(site, signed_on_token) as node:
        request = resident_record(CITY, credential, ResidentRecordOptions())
        async with node.client() as client:
            assert (await client.issue(request)).content.startswith(b"%PDF")
        signed_on_token.pull_out()
        wrong = await node.until("token")
        assert "does not answer" in wrong["token"]["reason_en"]
        async with node.client() as client:
            with pytest.raises(CentreProblem) as problem:
                await client.issue(replace(request, request_id=new_request_id()))
        assert (problem.value.code, problem.value.status) == ("busy", 503)
        assert await first_alerts(site) == ["signing_token"]
        signed_on_token.put_back()
        await node.until()
        async with node.client() as client:
            assert (await client.issue(replace(request, request_id=new_request_id()))).content


async def test_a_stalled_token_is_found_by_the_look_and_a_new_session_opened(
    site: Nodes, signed_on_token: Token
) -> None:
    with up(site, signed_on_token) as node:
        (first,) = token_processes(node)
        os.kill(first, signal.SIGSTOP)
        await node.until("token")
        await node.until()
        (second,) = token_processes(node)
        assert second != first


async def test_a_start_with_a_wrong_pin_is_refused_once_and_says_what_to_do(
    site: Nodes, signed_on_token: Token
) -> None:
    signed_on_token.write_pin("000000")
    for _ in range(2):
        access = signed_on_token.access
        said = site.refused(TOKEN_MODULE=access.module, TOKEN_PIN_FILE=access.pin_file)
        assert "refused the PIN, which is not tried again" in said
        assert "KIOSK_TOKEN_PIN_FILE" in said
        assert "000000" not in said
    signed_on_token.write_pin(PIN)
    with up(site, signed_on_token) as node:
        assert await node.wrong() == {}


async def test_a_start_without_the_settings_of_the_token_is_refused(site: Nodes, signed_on_token: Token) -> None:
    assert "KIOSK_TOKEN_MODULE" in site.refused()


async def test_nothing_of_the_token_is_left_when_the_process_has_ended(site: Nodes, signed_on_token: Token) -> None:
    with up(site, signed_on_token) as node:
        (running,) = token_processes(node)
    give_up = time.monotonic() + 10
    while psutil.pid_exists(running):
        assert time.monotonic() < give_up
        await asyncio.sleep(0.05)


async def test_each_worker_has_a_session_of_its_own_and_one_that_stalls_is_its_own_alone(
    site: Nodes, signed_on_token: Token
) -> None:
    (credential,) = await site.household("7001")
    with up(site, signed_on_token, workers=2) as node:
        give_up = time.monotonic() + 30
        while len(sessions := token_processes(node)) != 2:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.1)
        os.kill(sessions[0], signal.SIGSTOP)
        async with node.client(tries=8) as client:
            for _ in range(4):
                assert (await client.issue(resident_record(CITY, credential, ResidentRecordOptions()))).content
        while (now := token_processes(node)) == sessions or len(now) != 2:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.1)
        assert sessions[1] in now, "the other worker's session went on"
