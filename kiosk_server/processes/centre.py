"""The front (role front): answers centres on one port and terminals on another, over mutual TLS, and operators on a third."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

from aiohttp import web
from redis.asyncio import Redis

from civil.clock import utc_now
from issuance_db.database import Database
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose
from kiosk_server.checks.check import Check
from kiosk_server.checks.fit_keys import FitKeys
from kiosk_server.checks.fit_service import FitIssuing
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.for_the_centre import TOPOLOGY, CentreChecks
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import LOST
from kiosk_server.issuing.ending import finish_quarantines
from kiosk_server.issuing.environment import Environment, Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.processes.alerts_figure import OpenAlerts
from kiosk_server.processes.card_trust import card_trust
from kiosk_server.processes.centre_lock import CentreLock
from kiosk_server.processes.expiry_figures import refresh_expiries
from kiosk_server.processes.fit import kept_fit
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.readiness import readiness_checks
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.version import build_version
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.limits import NoRequestLimit, RedisRequestLimit, RequestLimit
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.operations import build_operations_app
from kiosk_server.web.serving import RunningServer, serve
from kiosk_server.web.settings import EdgeSettings
from kiosk_server.web.tls import server_context

ROLE = "front"
_REQUESTS_PER_WORKER = 4


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Serve until asked to stop; answers under way are finished first."""
    fitness = Fitness()
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        surroundings = await stack.enter_async_context(Surroundings(settings, "centre", ROLE))
        checks = await _fit(stack, surroundings, fitness)
        keys = surroundings.keys
        database = await stack.enter_async_context(
            Database.open(settings.dsn(ROLE), max_size=settings.database_connections)
        )
        paper = await stack.enter_async_context(PaperWorkers(settings.worker_processes))
        redis = await stack.enter_async_context(_redis(settings.redis()))
        stack.push_async_callback(finish_quarantines)
        limits = Limits(deadline=timedelta(seconds=settings.deadline_seconds))
        trust = await stack.enter_async_context(card_trust(settings, keys.marker, utc_now))
        environment = Environment(database, FitKeys(keys, fitness), paper, utc_now, limits, metrics.step, trust)
        service = FitIssuing(Issuing(environment), fitness)
        limit = _request_limit(redis, keys, metrics)
        edge = _edge(settings)
        app = partial(
            build_centre_app, service, limit=limit, metrics=metrics, settings=edge, takes_cards=trust is not None
        )
        operations = build_operations_app(
            readiness_checks(checks, fitness),
            metrics,
            {"version": build_version()},
            partial(_refresh, OpenAlerts(database, settings.cities(), metrics), surroundings, metrics),
        )
        tls = server_context(settings.path("tls_certificate"), settings.path("tls_key"), settings.path("tls_client_ca"))
        centre = await _serve(stack, app(), settings.centre_listen, tls)
        terminal = await _serve(stack, app(), settings.terminal_listen, tls)
        ops = await _serve(stack, operations, settings.ops_listen, None)
        lifecycle.ready(
            {"centre_url": _url("https", centre), "terminal_url": _url("https", terminal), "ops_url": _url("http", ops)}
        )
        await lifecycle.until_stopped()


async def _fit(stack: AsyncExitStack, surroundings: Surroundings, fitness: Fitness) -> Sequence[Check]:
    """Refuse to start wrong, with the role of the centre process taken last; returns what is looked at from now on."""
    lock = CentreLock(surroundings.settings.topology, lambda: fitness.found(TOPOLOGY, LOST))
    stack.callback(lock.close)
    centre = CentreChecks(surroundings, lock.look, visits=False)
    checks = centre.all()
    await stack.enter_async_context(kept_fit(checks, centre.membership, surroundings, fitness))
    return checks


async def _refresh(alerts: OpenAlerts, surroundings: Surroundings, metrics: Metrics) -> None:
    refresh_expiries(surroundings, metrics)
    await alerts.refresh()


def _edge(settings: Settings) -> EdgeSettings:
    """The edge works on a few requests per paper worker; the others wait for their turn."""
    usual = EdgeSettings()
    return replace(usual, in_flight=max(usual.in_flight, _REQUESTS_PER_WORKER * settings.worker_processes))


def _request_limit(redis: Redis | None, keys: KeyProvider, metrics: Metrics) -> RequestLimit:
    if redis is None:
        return NoRequestLimit()
    # The purpose of this key is to count credentials without naming them; the first part keeps these counts apart.
    hashed = partial(keyed_hash, keys.secret(Purpose.CREDENTIAL_INDEX), b"request_limit")
    return RedisRequestLimit(redis, hashed, metrics)


@asynccontextmanager
async def _redis(url: str | None) -> AsyncIterator[Redis | None]:
    if url is None:
        yield None
        return
    client = Redis.from_url(url)
    try:
        yield client
    finally:
        await client.aclose()


async def _serve(
    stack: AsyncExitStack, app: web.Application, address: str, tls: ssl.SSLContext | None
) -> RunningServer:
    server = await serve(app, *host_and_port(address), tls)
    stack.push_async_callback(server.stop)
    return server


def _url(scheme: str, server: RunningServer) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{host}:{server.port}"
