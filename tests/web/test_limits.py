import asyncio
import re
from functools import partial

import pytest
import redis as blocking_redis
from prometheus_client import generate_latest
from redis.asyncio import Redis

from keys.keyed_hash import keyed_hash
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from kiosk_server.web.limits import LEAST_PER_MINUTE, RedisRequestLimit, RequestLimit
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.settings import EdgeSettings
from tests.web.bodies import issuance_body, menu_body, with_value
from tests.web.conftest import Edge, EdgeMaker
from tests.web.fake_issuing import FakeIssuing

HASH = partial(keyed_hash, SecretKey(Purpose.SESSION, 1, b"k" * 32))


async def _passed(limit: RequestLimit, credential: bytes, requests: range) -> int:
    return sum([await limit.wait_seconds(credential, str(n).encode()) == 0 for n in requests])


async def test_twenty_a_minute_pass_and_the_next_is_told_when(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as redis:
        limit = RedisRequestLimit(redis, HASH, Metrics())
        assert await _passed(limit, b"someone", range(20)) == 20
        assert 1 <= await limit.wait_seconds(b"someone", b"20") <= 60


async def test_a_request_asked_again_does_not_count(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as redis:
        limit = RedisRequestLimit(redis, HASH, Metrics())
        assert await _passed(limit, b"someone", range(20)) == 20
        assert await _passed(limit, b"someone", range(20)) == 20


async def test_another_credential_has_its_own_minute(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as redis:
        limit = RedisRequestLimit(redis, HASH, Metrics())
        await _passed(limit, b"someone", range(25))
        assert await limit.wait_seconds(b"another", b"0") == 0


async def test_two_nodes_at_once_do_not_add_up(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as one, Redis.from_url(valkey_url) as two:
        limits = [RedisRequestLimit(redis, HASH, Metrics()) for redis in (one, two)]
        asked = [limits[n % 2].wait_seconds(b"someone", str(n).encode()) for n in range(50)]
        assert (await asyncio.gather(*asked)).count(0) == 20


async def test_redis_gets_keyed_hashes_only_and_forgets_them(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as redis:
        await RedisRequestLimit(redis, HASH, Metrics()).wait_seconds(b"user_certificate/0bad/90817263", b"req-1")
    with blocking_redis.Redis.from_url(valkey_url) as client:
        (key,) = client.keys()
        assert re.fullmatch(rb"limit:[0-9a-f]{64}", key)
        (member,) = client.smembers(key)
        assert len(member) == 32
        assert 0 < client.ttl(key) <= 60


async def test_without_redis_everything_passes_and_is_counted() -> None:
    metrics = Metrics()
    async with Redis.from_url("redis://127.0.0.1:1/0") as redis:
        limit = RedisRequestLimit(redis, HASH, metrics)
        assert await _passed(limit, b"someone", range(25)) == 25
    assert b"kiosk_request_limit_unavailable_total 25.0" in generate_latest(metrics.registry)


def test_a_limit_below_the_promise_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        RedisRequestLimit(Redis(), HASH, Metrics(), per_minute=LEAST_PER_MINUTE - 1)


async def test_the_edge_answers_busy_over_the_limit_whatever_the_call(make_edge: EdgeMaker, valkey_url: str) -> None:
    async with Redis.from_url(valkey_url) as redis:
        edge: Edge = await make_edge(limit=RedisRequestLimit(redis, HASH, Metrics()))
        for n in range(20):
            body, path = (issuance_body(), "/v1/issuances") if n % 2 else (menu_body(), "/v1/menus")
            assert (await edge.post(path, with_value(body, "request_id", f"r-{n}"))).status == 200
        answer = await edge.post("/v1/menus", with_value(menu_body(), "request_id", "one too many"))
    assert (answer.status, answer.document["code"]) == (503, "busy")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert len(edge.fake.menus) + len(edge.fake.issuances) == 20


class _Gate:
    """Holds every menu until it is opened, and tells when so many are held."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.held = asyncio.Semaphore(0)

    async def menu(self, *_: object) -> None:
        self.held.release()
        await self.opened.wait()
        raise NotImplementedError


async def test_more_than_may_be_in_flight_wait_and_the_rest_are_busy(
    make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = _Gate()
    monkeypatch.setattr(FakeIssuing, "menu", gate.menu)
    edge: Edge = await make_edge(EdgeSettings(in_flight=1, waiting=0, wait_seconds=60))
    held = asyncio.create_task(edge.post("/v1/menus", menu_body()))
    await gate.held.acquire()
    answer = await edge.post("/v1/menus", menu_body())
    assert (answer.status, answer.document["code"]) == (503, "busy")
    assert (
        await edge.post("/v1/alerts", {"municipality_code": "092029", "code": "E", "request_id": "r"})
    ).status == 202
    gate.opened.set()
    assert (await held).status == 500


async def test_who_waits_too_long_is_told_to_come_back(make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = _Gate()
    monkeypatch.setattr(FakeIssuing, "menu", gate.menu)
    edge: Edge = await make_edge(EdgeSettings(in_flight=1, waiting=8, wait_seconds=0.05))
    held = asyncio.create_task(edge.post("/v1/menus", menu_body()))
    await gate.held.acquire()
    assert (await edge.post("/v1/menus", menu_body())).document["code"] == "busy"
    gate.opened.set()
    await held
