"""Several nodes of one city on one database: each `kiosk serve …` with its own settings file, asked over mutual TLS."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from cardauth import UserCertificate, hash_pin
from civil.clock import utc_now
from issuance_db.credentials import NewCredential, register_credentials
from issuance_db.pins import register_pin
from issuance_db.roles import ROLES
from keys.file_provider import FileKeyProvider
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.trust import client_certificate_sha256, make_trust
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.web.client import CentreClient
from sync.projection import Projection
from tests.cli.command import environment
from tests.issuing.city import ISSUER, LONG_AGO, PIN, open_at_night, settings_of_a_city
from tests.servers import Database
from tests.sync.registry_rows import CITY, registry

ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS: Final = 60
_CHANGE_SECONDS: Final = 60


@dataclass(slots=True)
class Node:
    """One running process. `said` are the addresses it announced; `log` is its standard error."""

    process: subprocess.Popen[bytes]
    said: Mapping[str, str]
    log: Path
    _directory: DemoDirectory

    def client(self, *, tries: int = 1) -> CentreClient:
        """The centre's client, with the centre's certificate."""
        keys = self._directory.certificate("centre"), self._directory.private_key("centre")
        return CentreClient(self.said["centre_url"], self._directory.ca, *keys, tries=tries)

    async def readiness(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /ready."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.said['ops_url']}/ready") as answer:
            found: dict[str, Any] = await answer.json(content_type=None)
            return answer.status, found

    async def wrong(self) -> dict[str, dict[str, Any]]:
        """The checks of /ready that are not ready, by name."""
        _, found = await self.readiness()
        return {check["name"]: check for check in found["checks"] if not check["ready"]}

    async def until(self, *wrong: str) -> dict[str, dict[str, Any]]:
        """Wait until exactly these checks are not ready, and return them."""
        deadline = time.monotonic() + _CHANGE_SECONDS
        while set(found := await self.wrong()) != set(wrong):
            assert time.monotonic() < deadline, found
        return found

    async def until_wrong(self, *names: str) -> dict[str, dict[str, Any]]:
        """Wait until at least these checks are not ready, and return all that are not."""
        deadline = time.monotonic() + _CHANGE_SECONDS
        while not set(found := await self.wrong()) >= set(names):
            assert time.monotonic() < deadline, found
        return found


@dataclass(slots=True)
class Nodes:
    """A city that is set up, and the processes started for it."""

    database: Database
    directory: DemoDirectory
    _numbers: int = field(default=0)

    def settings(self, **other: object) -> Path:
        """A settings file of its own, with some values otherwise."""
        self._numbers += 1
        where = self.database.address
        values: dict[str, object] = {
            "DATABASE_URL": f"postgresql://{where.host}:{where.port}/{self.database.name}?sslmode=disable",
            "ROLE_PASSWORDS": self.directory.passwords,
            "KEYS_DIRECTORY": self.directory.keys,
            "KEYS_PASSPHRASE_FILE": self.directory.keys_passphrase,
            "TLS_CERTIFICATE": self.directory.certificate("server"),
            "TLS_KEY": self.directory.private_key("server"),
            "TLS_CLIENT_CA": self.directory.ca,
            "MUNICIPALITY_CODES": CITY,
            "WORKER_PROCESSES": "1",
            "CENTRE_PROCESSES": "1",
            **{f"{name}_LISTEN": "127.0.0.1:0" for name in ("CENTRE", "TERMINAL", "STAFF", "OPS")},
            **other,
        }
        file = self.directory.path / f"node-{self._numbers}.env"
        file.write_text("".join(f"KIOSK_{name}={value}\n" for name, value in values.items()))
        return file

    async def household(self, *cards: str) -> tuple[UserCertificate, ...]:
        """A household of as many persons, projected, each with a card of this serial; the city is open day and night."""
        people = {serial: str(101 + place) for place, serial in enumerate(cards)}
        await (await registry(self.database)).family("900", *people.values())
        await Projection(self.database.dsn("sync"), [CITY], utc_now).catch_up()
        await open_at_night(self.database)
        staff = await self.database.connect("staff", CITY)
        held = [NewCredential(ISSUER, serial, person, "card", LONG_AGO) for serial, person in people.items()]
        await register_credentials(staff, held)
        keys = FileKeyProvider(self.directory.keys, self.directory.keys_passphrase.read_bytes())
        credentials = tuple(UserCertificate(ISSUER, serial, PIN) for serial in cards)
        for credential in credentials:
            await register_pin(staff, hash_pin(keys, CITY, credential))
        return credentials

    @contextmanager
    def up(self, process: str = "centre", *, code: Path = ROOT, **settings: object) -> Iterator[Node]:
        """A process that serves, from the program in `code`; stopped at the end. Fails with its log if it refuses."""
        with self._started(process, code, settings) as (child, reading, log):
            line = reading.readline()
            assert line, log.read_text(encoding="utf-8")
            yield Node(child, _addresses(line), log, self.directory)

    def refused(self, process: str = "centre", *, code: Path = ROOT, **settings: object) -> str:
        """What a process says that must refuse to serve."""
        with self._started(process, code, settings) as (child, reading, log):
            assert not reading.readline(), "it serves"
            assert child.wait(_READY_SECONDS) != 0
            return log.read_text(encoding="utf-8")

    @contextmanager
    def _started(
        self, process: str, code: Path, settings: Mapping[str, object]
    ) -> Iterator[tuple[subprocess.Popen[bytes], Any, Path]]:
        file = self.settings(**settings)
        log = file.with_suffix(".log")
        reading, writing = os.pipe()
        command = [sys.executable, "-m", "kiosk_server.cli", "serve", process, "--settings", str(file)]
        with log.open("wb") as told:
            child = subprocess.Popen(
                [*command, "--ready-fd", str(writing)],
                cwd=code,
                env=environment(PYTHONPATH=str(code)),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                pass_fds=(writing,),
            )
        os.close(writing)
        try:
            with os.fdopen(reading, "rb") as announced:
                yield child, announced, log
        finally:
            child.terminate()
            child.wait(_READY_SECONDS)


async def nodes(database: Database, path: Path) -> Nodes:
    """Set the city up: settings, keys, certificates, the centre as a caller."""
    directory = DemoDirectory(path / "installation")
    directory.path.mkdir(mode=0o700)
    directory.passwords.mkdir(mode=0o700)
    for role in ROLES:
        write_secret(directory.passwords / role, database.role_password)
    make_trust(directory, utc_now)
    await settings_of_a_city(database)
    staff = await database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        "VALUES ($1, 'centre', $2, 'centre', ARRAY['resident_record'])",
        CITY,
        client_certificate_sha256(directory, "centre"),
    )
    return Nodes(database, directory)


def _addresses(line: bytes) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(line)
    return found
