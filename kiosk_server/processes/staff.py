"""The staff page of the demo (role staff): the latest issuances, to read only, on the loopback.

There is no sign-in yet, so it shows nothing that names a person and refuses to listen anywhere else.
"""

import ipaddress

from civil.errors import KioskError
from issuance_db.database import Database
from kiosk_server.processes.fit import fit_process
from kiosk_server.processes.lifecycle import Lifecycle
from kiosk_server.processes.staff_page import build_staff_app
from kiosk_server.settings import Settings, host_and_port
from kiosk_server.web.serving import serve

ROLE = "staff"
_CONNECTIONS = 2


class NotLoopback(KioskError):
    """職員画面にはまだ認証がないため、127.0.0.1 以外では公開しません。KIOSK_STAFF_LISTEN を直してください。 /
    The staff page has no sign-in yet and listens on 127.0.0.1 only. Correct KIOSK_STAFF_LISTEN."""


async def run(settings: Settings, lifecycle: Lifecycle) -> None:
    """Serve the page until asked to stop."""
    host, port = host_and_port(settings.staff_listen)
    require_loopback(host)
    async with (
        fit_process(settings, "staff", ROLE),
        Database.open(settings.dsn(ROLE), max_size=_CONNECTIONS) as database,
    ):
        server = await serve(build_staff_app(database, settings.cities()), host, port, None, stop_seconds=1.0)
        try:
            name = f"[{host}]" if ":" in host else host
            lifecycle.ready({"staff_url": f"http://{name}:{server.port}"})
            await lifecycle.until_stopped()
        finally:
            await server.stop()


def require_loopback(host: str) -> None:
    """Raise NotLoopback unless the host is an address that only this machine reaches."""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if not is_loopback:
        raise NotLoopback
