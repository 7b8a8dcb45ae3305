"""The staff console (role staff): on the loopback without TLS, anywhere else with it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from civil.clock import utc_now
from civil.errors import KioskError
from issuance_db.city_settings import read_city
from issuance_db.database import Database
from keys.live_keys import LiveKeys
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.following_keys import follow_forever
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.server_urls import is_loopback
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.staff.app import build_staff_app
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.web.serving import serve, url_of
from kiosk_server.web.tls import browser_context

ROLE = "staff"
_CONNECTIONS = 8


class NotLoopback(KioskError):
    """職員画面を 127.0.0.1 以外で公開するには TLS が要ります。KIOSK_TLS_CERTIFICATE と KIOSK_TLS_KEY を設定してください。 /
    Beyond 127.0.0.1 the staff console needs TLS. Set KIOSK_TLS_CERTIFICATE and KIOSK_TLS_KEY."""


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Serve the console until asked to stop."""
    host, port = host_and_port(settings.staff_listen)
    tls = _tls(settings, host)
    keys = LiveKeys(settings.path("keys_directory"), settings.passphrase)
    async with (
        fit_process(settings, "staff", ROLE) as fitness,
        Database.open(settings.dsn(ROLE), max_size=_CONNECTIONS) as database,
        _register(settings) as register,
    ):
        names = {code: await _name(database, code) for code in settings.cities()}
        console = Console(
            database, settings.cities(), keys, utc_now, is_tls=tls is not None, origin=settings.staff_origin,
            register=register, is_fit=lambda: fitness.is_fit,
            part_every=timedelta(seconds=settings.reconcile_part_seconds),
        )  # fmt: skip
        server = await serve(build_staff_app(console, names), host, port, tls, stop_seconds=1.0)
        try:
            scheme = "http" if tls is None else "https"
            lifecycle.ready({"staff_url": f"{url_of(scheme, host, server.port)}{ROOT}"})
            await lifecycle.until_stopped(follow_forever(keys))
        finally:
            await server.stop()


@asynccontextmanager
async def _register(settings: Settings) -> AsyncIterator[Database | None]:
    if not settings.own_registry:
        yield None
        return
    async with Database.open(settings.dsn("registry"), max_size=_CONNECTIONS) as register:
        yield register


def _tls(settings: Settings, host: str) -> ssl.SSLContext | None:
    if is_loopback(host):
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise NotLoopback
    return browser_context(settings.path("tls_certificate"), settings.path("tls_key"))


async def _name(database: Database, code: str) -> str:
    async with database.city(code) as connection:
        city = (await read_city(connection, code)).municipality
    return code if city is None else city.name
