"""The servers a demo stands on: embedded ones in its data directory, or others that a person names."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.options import DemoOptions
from kiosk_server.embedded.postgres import EmbeddedPostgres
from kiosk_server.embedded.valkey import EmbeddedValkey

DATABASE: Final = "kiosk"


@dataclass(frozen=True, slots=True)
class Servers:
    """URLs with passwords: of the demo's database as an administrator, of the server's own database if it is ours.

    `database_url` is the database without user and password, as settings want it: through its Unix socket where the server is
    ours, which takes a twentieth off the work of one certificate. What other programs are told is the address.
    """

    admin_url: str = field(repr=False)
    server_url: str | None = field(repr=False)
    redis_url: str = field(repr=False)
    database_url: str


@contextmanager
def servers(directory: DemoDirectory, options: DemoOptions) -> Iterator[Servers]:
    """Start what is not given; raises EmbeddedServerError. Call it in the main thread."""
    with ExitStack() as stack:
        if options.database_url is not None:
            admin_url, server_url = options.database_url, None
            database_url = without_login(admin_url)
        else:
            postgres = EmbeddedPostgres(directory.postgres, settings=options.postgres_settings)
            address = stack.enter_context(postgres).address
            admin_url = address.dsn(DATABASE, address.superuser, address.password)
            server_url = address.dsn("postgres", address.superuser, address.password)
            database_url = address.socket_url(DATABASE)
        redis_url = options.redis_url or stack.enter_context(EmbeddedValkey(directory.valkey)).url
        yield Servers(admin_url, server_url, redis_url, database_url)


def without_login(url: str) -> str:
    """The URL of a database without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
