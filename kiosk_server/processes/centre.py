"""The front (role front): answers centres on one port and terminals on another, over mutual TLS, and operators on a third."""

import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
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
from kiosk_server.processes.centre_leader import lead
from kiosk_server.processes.centre_lock import CentreLock
from kiosk_server.processes.data_age_figures import DataAges
from kiosk_server.processes.expiry_figures import refresh_expiries
from kiosk_server.processes.fit import kept_fit
from kiosk_server.processes.levels import level_rules
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.readiness import readiness_checks
from kiosk_server.processes.told_role import ToldRole
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.version import build_version
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.limits import NoRequestLimit, RedisRequestLimit, RequestLimit
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.operations import build_operations_app
from kiosk_server.web.serving import RunningServer, serve, url_of
from kiosk_server.web.settings import EdgeSettings
from kiosk_server.web.tls import server_context

ROLE = "front"
_REQUESTS_PER_WORKER = 4
_OPS_OF_A_WORKER = "127.0.0.1:0"


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Serve until asked to stop; answers under way are finished first. With several processes, lead those that serve."""
    if settings.centre_processes > 1 and not lifecycle.launch.inherited:
        await lead(settings, lifecycle)
        return
    await _serve_alone(settings, lifecycle, _Inherited.of(lifecycle.launch.inherited))


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a worker has of its leader: two listening sockets, and where it hears of the lock."""

    centre: socket.socket
    terminal: socket.socket
    told: int

    @classmethod
    def of(cls, descriptors: Sequence[int]) -> "_Inherited | None":
        """In the order in which the leader gives them; None for a process that has none."""
        if not descriptors:
            return None
        centre, terminal, told = descriptors
        return cls(socket.socket(fileno=centre), socket.socket(fileno=terminal), told)


async def _serve_alone(settings: Settings, lifecycle: Lifecycle, inherited: _Inherited | None) -> None:
    fitness = Fitness()
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        surroundings = await stack.enter_async_context(Surroundings(settings, "centre", ROLE))
        checks = await _fit(stack, surroundings, fitness, inherited)
        keys = surroundings.keys
        database = await stack.enter_async_context(
            Database.open(settings.dsn(ROLE), max_size=settings.database_connections)
        )
        paper = await stack.enter_async_context(PaperWorkers(settings.paper_processes))
        redis = await stack.enter_async_context(_redis(settings.redis()))
        stack.push_async_callback(finish_quarantines)
        levels = await stack.enter_async_context(level_rules(settings, utc_now))
        limits = Limits(deadline=timedelta(seconds=settings.deadline_seconds))
        trust = await stack.enter_async_context(card_trust(settings, keys.marker, utc_now))
        environment = Environment(database, FitKeys(keys, fitness), paper, utc_now, limits, metrics.step, trust, levels)
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
            partial(_refresh, _figures(database, settings.cities(), metrics), surroundings, metrics),
        )
        tls = server_context(settings.path("tls_certificate"), settings.path("tls_key"), settings.path("tls_client_ca"))
        shared = (None, None) if inherited is None else (inherited.centre, inherited.terminal)
        centre = await _serve(stack, app(), settings.centre_listen, tls, shared[0])
        terminal = await _serve(stack, app(), settings.terminal_listen, tls, shared[1])
        ops = await _serve(stack, operations, settings.ops_listen if inherited is None else _OPS_OF_A_WORKER, None)
        lifecycle.ready(
            {"centre_url": _url("https", centre), "terminal_url": _url("https", terminal), "ops_url": _url("http", ops)}
        )
        await lifecycle.until_stopped()


async def _fit(
    stack: AsyncExitStack, surroundings: Surroundings, fitness: Fitness, inherited: _Inherited | None
) -> Sequence[Check]:
    """Refuse to start wrong, with the role of the centre process taken last; returns what is looked at from now on."""

    def lost() -> None:
        fitness.found(TOPOLOGY, LOST)

    role = CentreLock(surroundings.settings.topology, lost) if inherited is None else ToldRole(inherited.told, lost)
    stack.callback(role.close)
    centre = CentreChecks(surroundings, role.look, visits=False)
    checks = centre.all()
    await stack.enter_async_context(kept_fit(checks, centre.membership, surroundings, fitness))
    return checks


def _figures(database: Database, cities: Sequence[str], metrics: Metrics) -> tuple[OpenAlerts, DataAges]:
    return OpenAlerts(database, cities, metrics), DataAges(database, cities, metrics)


async def _refresh(figures: tuple[OpenAlerts, DataAges], surroundings: Surroundings, metrics: Metrics) -> None:
    refresh_expiries(surroundings, metrics)
    for figure in figures:
        await figure.refresh()


def _edge(settings: Settings) -> EdgeSettings:
    """The edge works on a few requests per paper worker; the others wait for their turn."""
    usual = EdgeSettings()
    return replace(usual, in_flight=max(usual.in_flight, _REQUESTS_PER_WORKER * settings.paper_processes))


def _request_limit(redis: Redis | None, keys: KeyProvider, metrics: Metrics) -> RequestLimit:
    if redis is None:
        return NoRequestLimit()
    # The purpose of this key is to count credentials without naming them; the first part keeps these counts apart. The oldest
    # version, whichever is in use: processes that started before and after a rotation count together.
    key = keys.secret(Purpose.CREDENTIAL_INDEX, min(keys.versions(Purpose.CREDENTIAL_INDEX)))
    hashed = partial(keyed_hash, key, b"request_limit")
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
    stack: AsyncExitStack,
    app: web.Application,
    address: str,
    tls: ssl.SSLContext | None,
    shared: socket.socket | None = None,
) -> RunningServer:
    server = await serve(app, *host_and_port(address), tls, shared=shared)
    stack.push_async_callback(server.stop)
    return server


def _url(scheme: str, server: RunningServer) -> str:
    return url_of(scheme, server.host, server.port)
