"""The shipped files in a Prometheus that runs: it looks at a running service, evaluates the rules, and answers what the dashboard asks."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession
from aiohttp.test_utils import BaseTestServer, TestServer

from kiosk_server.embedded.ports import free_port
from kiosk_server.web.crew_operations import build_crew_operations_app
from tests.cli.command import Demo, kiosk
from tests.monitoring.shipped import SHIPPED, Crew, expressions, tool
from tests.terminal.conftest import demo

__all__ = ["demo"]
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Watching:
    """Prometheus with the shipped files, and what it looks at."""

    session: ClientSession
    url: str
    service: BaseTestServer

    async def says(self, path: str, **asked: str) -> Any:
        """What its own interface answers, or nothing while it does not."""
        try:
            async with self.session.get(f"{self.url}/api/v1/{path}", params=asked) as answer:
                document = await answer.json()
        except (ClientError, ValueError):
            return None
        assert document["status"] == "success", document
        return document["data"]

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(_SECONDS):
            while True:
                if await is_so():
                    return
                await asyncio.sleep(0.2)

    async def rules(self) -> list[dict[str, Any]]:
        found = await self.says("rules")
        return [rule for group in (found or {"groups": ()})["groups"] for rule in group["rules"]]

    async def has_looked(self) -> bool:
        """Twice at least, so that it knows how fast something grows."""
        found = await self.says("query", query='count_over_time(up{job="kiosk"}[1m]) >= 3')
        return bool(found and found["result"])


@pytest.fixture
async def watching(demo: Demo, tmp_path: Path) -> AsyncIterator[_Watching]:
    """As shipped, but for the address, and that it looks every second instead of every fifteen."""
    async with (
        TestServer(build_crew_operations_app(Crew({0: str(demo.said["ops_url"])}), 1, {})) as service,
        ClientSession() as session,
    ):
        shipped = (SHIPPED / "prometheus.yml").read_text(encoding="utf-8")
        assert (shipped.count("127.0.0.1:9443"), shipped.count(": 15s")) == (1, 2)
        ours = shipped.replace("127.0.0.1:9443", f"127.0.0.1:{service.port}").replace(": 15s", ": 1s")
        (tmp_path / "prometheus.yml").write_text(ours, encoding="utf-8")
        shutil.copy(SHIPPED / "rules.yml", tmp_path)
        place = f"127.0.0.1:{free_port()}"
        options = (f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data")
        process = await asyncio.create_subprocess_exec(
            tool("prometheus"), *options, f"--web.listen-address={place}", stderr=asyncio.subprocess.DEVNULL
        )
        made = _Watching(session, f"http://{place}", service)
        try:
            await made.until(made.has_looked)
            yield made
        finally:
            process.terminate()
            await process.wait()


@pytest.fixture
async def _asked(demo: Demo, tmp_path: Path) -> None:
    """Something to count: a certificate, and a menu that is refused."""
    sample, place = demo.said["samples"][0], ("--data-dir", demo.data_dir)
    asked = "request", "--serial", sample["serial"], "-o", tmp_path / "juminhyo.pdf"
    made = kiosk(*asked, *place, given=f"{sample['pin']}\n")
    assert made.returncode == 0, made.stderr
    trusting = ssl.create_default_context(cafile=demo.said["ca_file"])
    trusting.load_cert_chain(demo.said["client_cert"], demo.said["client_key"])
    async with (
        ClientSession() as session,
        session.post(f"{demo.said['centre_url']}/v1/menus", json={}, ssl=trusting) as answer,
    ):
        assert answer.status == HTTPStatus.BAD_REQUEST


@pytest.mark.usefixtures("_asked")
async def test_every_rule_is_evaluated_and_every_question_of_the_dashboard_answered(watching: _Watching) -> None:
    async def all_evaluated() -> bool:
        return all(rule["health"] != "unknown" for rule in await watching.rules())

    await watching.until(all_evaluated)
    rules = await watching.rules()
    assert len(rules) == 14
    assert [rule for rule in rules if rule["health"] != "ok"] == []
    answers = {expr: await watching.says("query", query=expr) for expr in expressions()}
    assert [expr for expr, found in answers.items() if not found["result"]] == []


async def test_a_service_that_goes_away_is_noticed(watching: _Watching) -> None:
    async def is_noticed() -> bool:
        return any(rule["name"] == "KioskDown" and rule["state"] == "pending" for rule in await watching.rules())

    assert not await is_noticed()
    await watching.service.close()
    await watching.until(is_noticed)
