"""What every page of the console stands on."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from civil.clock import Clock
from issuance_db.database import Database
from keys.provider import KeyProvider
from kiosk_server.staff.jobs import Jobs
from kiosk_server.staff.passwords import Passwords
from kiosk_server.staff.streams import Streams

ROOT: Final = "/staff"
"""Under this path the console lives."""


@dataclass(frozen=True, slots=True)
class Console:
    """Given once at start-up. ``is_tls``: whether browsers reach it by HTTPS; without, it is on the loopback."""

    database: Database
    cities: Sequence[str]
    keys: KeyProvider
    clock: Clock
    is_tls: bool
    origin: str | None = None
    """Under which address browsers reach it by HTTPS, such as ``https://staff.city.example``; passkeys belong to it."""
    register: Database | None = None
    """The resident registry as role `registry`, where it is the one of this program."""
    part_every: timedelta = timedelta(minutes=5)
    """How often a part of the issuance record is compared with the register (`reconcile_part_seconds`)."""
    passwords: Passwords = field(default_factory=Passwords)
    is_fit: Callable[[], bool] = lambda: True
    """Whether this process may change anything now (`kiosk_server.checks.fitness`); looking goes on in any case."""
    one_upload: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Large files are read one after the other, to their end: the memory is bounded by one of them."""
    jobs: Jobs = field(default_factory=Jobs)
    """What goes on behind pages."""
    streams: Streams = field(default_factory=Streams)
    """Pages that follow the service by themselves."""
    one_sheet: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The same for sheets: whoever stands at the counter does not wait for a month's statement."""
