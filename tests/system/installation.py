"""A real installation of several centre processes on one database, each part within the reach of a test."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from keys.file_provider import FileKeyProvider
from kiosk_server.demo import city as demo_city
from kiosk_server.demo import provisioning
from kiosk_server.demo.directory import DemoDirectory, held
from kiosk_server.demo.options import DEFAULT_SEED, DemoOptions
from kiosk_server.demo.preparing import prepare
from kiosk_server.demo.servers import Servers, servers
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.settings import PREFIX, Settings, read_settings
from kiosk_server.web.client import CentreClient, Sleep
from tests.servers import FAST_SETTINGS
from tests.system.part import Part
from tests.system.running import Sample

_SETTINGS_FILE: Final = "several.env"
_POSTGRES: Final = {**FAST_SETTINGS, "max_connections": "200"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How large, and with how many centre processes. `settings` are those of the centres (KIOSK_…, lower case)."""

    residents: int
    samples: int
    centres: int = 2
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Installation:
    """Everything on one database: centres by number, the projection, the sweeper, and the keys to look behind them."""

    directory: DemoDirectory
    settings: Settings
    samples: tuple[Sample, ...] = field(repr=False)
    centres: tuple[Part, ...]
    sync: Part
    sweeper: Part
    keys: FileKeyProvider = field(repr=False)
    admin_url: str = field(repr=False)
    redis_url: str = field(repr=False)

    @property
    def settings_file(self) -> Path:
        """What every process of it reads, for commands of the office."""
        return self.directory.path / _SETTINGS_FILE

    @property
    def parts(self) -> tuple[Part, ...]:
        """All processes of ours."""
        return (self.sync, *self.centres, self.sweeper)

    def client(
        self, url: str, channel: str = "centre", *, tries: int = 1, sleep: Sleep = asyncio.sleep
    ) -> CentreClient:
        """A client of one address, with the certificate of a centre or of a terminal."""
        certificate, key = self.directory.certificate(channel), self.directory.private_key(channel)
        return CentreClient(url, self.directory.ca, certificate, key, tries=tries, sleep=sleep)

    async def connect(self, role: str) -> asyncpg.Connection:
        """A connection as a login role, in the city for its whole session; whoever opens it closes it."""
        connection = await asyncpg.connect(self.settings.dsn(role))
        await _enter(connection)
        return connection

    async def administrator(self) -> asyncpg.Connection:
        """A connection that may read and hold everything; whoever opens it closes it."""
        connection = await asyncpg.connect(self.admin_url)
        await _enter(connection)
        return connection


async def _enter(connection: asyncpg.Connection) -> None:
    await connection.execute("SELECT set_config('kiosk.municipality', $1, false)", demo_city.MUNICIPALITY_CODE)


@contextmanager
def running_installation(wanted: Wanted) -> Iterator[Installation]:
    """Start everything in a directory of its own; all of it is gone afterwards. Call it in the main thread."""
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-several-"))) / "data"
        options = DemoOptions(path, wanted.residents, wanted.samples, DEFAULT_SEED, postgres_settings=_POSTGRES)
        directory, lock_fd = stack.enter_context(held(path))
        stood_on = stack.enter_context(servers(directory, options))
        samples = asyncio.run(prepare(directory, stood_on, options, lambda _: None))
        installation = _installation(directory, stood_on, lock_fd, samples, wanted)
        for part in installation.parts:
            stack.callback(part.stop)
        for part in installation.parts:
            part.begin()
        for part in installation.parts:
            part.wait()
        yield installation


def _installation(
    directory: DemoDirectory, stood_on: Servers, lock_fd: int, samples: tuple[provisioning.Sample, ...], wanted: Wanted
) -> Installation:
    file = _settings_file(directory, {"worker_processes": "1", "topology": "several", **wanted.settings})
    made = [
        Part(name, label, file, directory.logs, lock_fd)
        for name, label in (
            ("sync", "sync"),
            *(("centre", f"centre-{number}") for number in range(1, wanted.centres + 1)),
            ("sweeper", "sweeper"),
        )
    ]
    return Installation(
        directory,
        read_settings(file),
        tuple(Sample(one.serial, one.issuer_key_id, one.pin, one.name, one.household) for one in samples),
        centres=tuple(made[1:-1]),
        sync=made[0],
        sweeper=made[-1],
        keys=FileKeyProvider(directory.keys, directory.keys_passphrase.read_bytes()),
        admin_url=stood_on.admin_url,
        redis_url=stood_on.redis_url,
    )


def _settings_file(directory: DemoDirectory, changes: Mapping[str, str]) -> Path:
    """The demo's own settings with these changes, for every process alike."""
    names = {f"{PREFIX}{name.upper()}": value for name, value in changes.items()}
    lines = directory.settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.partition("=")[0] not in names]
    file = directory.path / _SETTINGS_FILE
    write_secret(file, "\n".join([*kept, *(f"{name}='{value}'" for name, value in names.items())]) + "\n")
    return file
