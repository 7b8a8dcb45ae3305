import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from kiosk_server.checks.wrong import Fault
from kiosk_server.web.metrics import STEPS, Metrics
from kiosk_server.web.operations import ReadinessCheck, build_operations_app
from kiosk_server.web.serving import serve
from tests.web.bodies import PIN, SERIAL, issuance_body, with_value
from tests.web.conftest import Edge


async def _there() -> None:
    return None


async def _missing() -> Fault:
    return Fault("データベースに接続できません", "The database cannot be reached", "起動してください", "Start it")


async def _breaks() -> None:
    raise ConnectionError("password=secret")


@asynccontextmanager
async def _operations(
    checks: Sequence[ReadinessCheck] = (), metrics: Metrics | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    app = build_operations_app(checks, metrics or Metrics(), {"name": "kiosk", "version": "0.1.0"})
    running = await serve(app, "127.0.0.1", 0, None, stop_seconds=1)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{running.port}") as session:
            yield session
    finally:
        await running.stop()


async def test_health_and_version_ask_nobody() -> None:
    async with _operations([ReadinessCheck("postgres", _breaks)]) as session:
        assert await (await session.get("/health")).json() == {"status": "ok"}
        assert await (await session.get("/version")).json() == {"name": "kiosk", "version": "0.1.0"}


async def test_ready_when_every_dependency_is_there() -> None:
    async with _operations([ReadinessCheck("postgres", _there), ReadinessCheck("keys", _there)]) as session:
        answer = await session.get("/ready")
        assert answer.status == 200
        names = [check["name"] for check in (await answer.json())["checks"]]
        assert names == ["postgres", "keys"]


async def test_not_ready_says_why_and_what_to_do_in_both_languages() -> None:
    checks = [ReadinessCheck("postgres", _missing), ReadinessCheck("keys", _there), ReadinessCheck("redis", _breaks)]
    async with _operations(checks) as session:
        answer = await session.get("/ready")
        assert (answer.status, answer.content_type) == (503, "application/problem+json")
        document = await answer.json(content_type=None)
    assert document["code"] == "not_ready"
    database, keys, redis = document["checks"]
    assert (database["reason"], database["fix_en"]) == ("データベースに接続できません", "Start it")
    assert keys == {"name": "keys", "ready": True}
    assert redis["ready"] is False
    assert "secret" not in str(document)


@pytest.mark.parametrize(("path", "status"), [("/", 404), ("/v1/menus", 404)])
async def test_other_paths_are_problems(path: str, status: int) -> None:
    async with _operations() as session:
        answer = await session.post(path)
        assert (answer.status, answer.content_type) == (status, "application/problem+json")


async def test_metrics_count_calls_and_codes_and_hold_nothing_personal(edge: Edge) -> None:
    await edge.post("/v1/issuances", issuance_body())
    await edge.post("/v1/issuances", with_value(issuance_body(), "credential.pin", "x"))
    await edge.get(f"/{SERIAL}/{PIN}")
    async with _operations(metrics=edge.metrics) as session:
        text = await (await session.get("/metrics")).text()
    assert 'kiosk_answers_total{call="issuances",code="ok"} 1.0' in text
    assert 'kiosk_answers_total{call="issuances",code="malformed"} 1.0' in text
    assert 'kiosk_answers_total{call="no_such_path",code="no_such_path"} 1.0' in text
    assert SERIAL not in text
    assert not re.search(rf'"{PIN}', text)


def test_steps_are_timed_also_when_they_fail() -> None:
    metrics = Metrics()
    with metrics.step("sign"):
        pass
    with pytest.raises(KeyError), metrics.step("sign"):
        raise KeyError
    assert metrics.registry.get_sample_value("kiosk_step_seconds_count", {"step": "sign"}) == 2


def test_only_steps_of_issuing_are_labels() -> None:
    assert STEPS[0] == "accept"
    with pytest.raises(ValueError, match="not a step"), Metrics().step(PIN):
        pass
