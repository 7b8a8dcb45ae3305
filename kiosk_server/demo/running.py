"""A demo from its start to its stop: servers, data, processes, and what a person or a program needs to use it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from civil.clock import utc_now
from kiosk_server.demo import city as demo_city
from kiosk_server.demo.directory import DemoDirectory, held
from kiosk_server.demo.jpki.keeping import KeptBooks, kept_jpki
from kiosk_server.demo.jpki.thread import serving_authority
from kiosk_server.demo.options import DemoOptions, Tell
from kiosk_server.demo.preparing import prepare
from kiosk_server.demo.provisioning import Sample
from kiosk_server.demo.publisher import NAME as PUBLISHER
from kiosk_server.demo.publisher import publisher_command
from kiosk_server.demo.servers import Servers, servers, without_login
from kiosk_server.demo.witness import NAME as WITNESS
from kiosk_server.demo.witness import DemoWitness, kept_witness
from kiosk_server.processes.child import ChildProcess
from kiosk_server.processes.running import PROCESSES
from kiosk_server.processes.supervisor import Supervisor
from kiosk_server.settings import read_settings

READER = "fsck"
"""The role of `database_url`: it may read everything but PINs, kept answers and the register, and change nothing."""


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """What answers where, and with what one asks it. `database_url` and `redis_url` hold passwords."""

    centre_url: str
    terminal_url: str
    staff_url: str
    ops_url: str
    ca_file: str
    client_cert: str
    client_key: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    samples: tuple[Sample, ...]

    def as_json(self) -> dict[str, Any]:
        """The members that `kiosk up --json` prints."""
        return asdict(self)


@contextmanager
def running_demo(options: DemoOptions, tell: Tell) -> Iterator[tuple[RunningDemo, Supervisor]]:
    """Everything up on free ports of 127.0.0.1, and everything stopped at the end. Call it in the main thread."""
    with held(options.path) as (directory, lock_fd):
        tell("PostgreSQL と Valkey を起動しています… / Starting PostgreSQL and Valkey")
        books = KeptBooks(directory, kept_jpki(directory, utc_now()), utc_now)
        with servers(directory, options) as stood_on, serving_authority(books) as authority:
            samples = asyncio.run(prepare(directory, stood_on, options, tell, authority))
            tell("サービスを起動しています… / Starting the services")
            child = partial(
                ChildProcess,
                settings_file=directory.settings,
                log_dir=directory.logs,
                only_the_file=True,
                keep_open=[lock_fd],
            )
            witness = kept_witness(directory)
            commands = {WITNESS: witness.command, PUBLISHER: publisher_command(directory)}
            with Supervisor(
                (WITNESS, *PROCESSES, PUBLISHER), lambda name: child(name, command=commands.get(name))
            ) as supervisor:
                demo = _described(directory, stood_on, supervisor.start(), samples)
                directory.keep("running", _for_commands(demo, witness))
                try:
                    yield demo, supervisor
                finally:
                    tell("停止しています… / Stopping")


def _described(
    directory: DemoDirectory, stood_on: Servers, addresses: dict[str, str], samples: tuple[Sample, ...]
) -> RunningDemo:
    return RunningDemo(
        **{name: url for name, url in addresses.items() if name in RunningDemo.__dataclass_fields__},
        ca_file=str(directory.ca),
        client_cert=str(directory.certificate("centre")),
        client_key=str(directory.private_key("centre")),
        database_url=_reader_url(directory, stood_on),
        redis_url=stood_on.redis_url,
        samples=samples,
    )


def _reader_url(directory: DemoDirectory, stood_on: Servers) -> str:
    """The database for a reader, already inside the city: without one it would see no rows."""
    by_address = {"database_url": without_login(stood_on.admin_url)}
    url = read_settings(directory.settings).model_copy(update=by_address).dsn(READER)
    city = quote(f"-c kiosk.municipality={demo_city.MUNICIPALITY_CODE}", safe="")
    return f"{url}{'&' if '?' in url else '?'}options={city}"


def _for_commands(demo: RunningDemo, witness: DemoWitness) -> dict[str, Any]:
    """What `kiosk request` and `kiosk history` take from the directory when they are not told; no PIN."""
    members = demo.as_json()
    del members["samples"], members["redis_url"]
    return members | {
        "municipality_code": demo_city.MUNICIPALITY_CODE,
        "issuer_key_id": demo_city.ISSUER_KEY_ID,
        "witness_file": witness.file,
        "witness_keys": [witness.witness_key],
        "log_keys": [witness.log_key],
    }
