"""The console over a real database, and staff with cookies of their own who fill in its forms."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from issuance_db.database import Database
from issuance_db.staff_accounts import find_account, make_account, release_account, set_password, set_second_factor
from kiosk_server.staff.app import build_staff_app
from kiosk_server.staff.console import Console
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.second_factor import code_at, sealed
from tests.issuing.city import City
from tests.sync.registry_rows import CITY

PASSWORD: Final = "umi-no-mieru-machi-1889"
SECRET: Final = bytes(range(20))
STEP: Final = timedelta(seconds=30)
_HASHED: Final = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
"""Checked at the cost that it was made with; what a password costs that is chosen at the console is in test_sign_in.py."""
_TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser got."""

    status: int
    path: str
    text: str
    headers: Mapping[str, str] = field(repr=False)

    @property
    def form_token(self) -> str:
        """Of the page's forms."""
        found = _TOKEN.search(self.text)
        assert found is not None, self.text
        return found[1]


@dataclass(slots=True)
class Clerk:
    """A person with a browser."""

    office: "Office"
    session: ClientSession
    token: str = ""

    async def get(self, path: str, **headers: str) -> Shown:
        """Open a page."""
        async with self.session.get(self.office.url(path), headers=headers) as answer:
            return await self._seen(answer)

    async def post(self, path: str, /, form_token: str | None = None, **fields: str) -> Shown:
        """Send a form as our own page would."""
        return await self.send(path, {"form_token": form_token or self.token, **fields})

    async def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Shown:
        """Send a form with the headers of a browser on our own page, unless told otherwise."""
        own = {"Origin": self.office.origin, "Sec-Fetch-Site": "same-origin"} | headers
        async with self.session.post(self.office.url(path), data=fields, headers=own) as answer:
            return await self._seen(answer)

    async def upload(self, path: str, content: bytes, /, form_token: str | None = None, **fields: str) -> Shown:
        """Send a file as our own page would: the form's token first, the file last."""
        form = FormData()
        for name, value in {"form_token": form_token or self.token, **fields}.items():
            form.add_field(name, value, content_type="text/plain")
        form.add_field("file", content, filename="statement.csv", content_type="application/octet-stream")
        own = {"Origin": self.office.origin, "Sec-Fetch-Site": "same-origin"}
        async with self.session.post(self.office.url(path), data=form, headers=own) as answer:
            return await self._seen(answer)

    async def sign_in(self, account_id: str, password: str = PASSWORD) -> Shown:
        """Both factors; every code works once, so the clock goes on."""
        shown = await self.send("/sign-in", {"account": account_id, "password": password})
        if not shown.path.endswith("/code"):
            return shown
        self.office.city.clock.now += STEP
        return await self.post("/code", shown.form_token, code=code_at(SECRET, self.office.city.clock.now))

    async def _seen(self, answer: ClientResponse) -> Shown:
        # What goes on for as long as the page is open is read up to its first event.
        is_stream = answer.content_type == "text/event-stream"
        text = (await answer.content.readuntil(b"\n\n")).decode() if is_stream else await answer.text()
        if (found := _TOKEN.search(text)) is not None:
            self.token = found[1]
        return Shown(answer.status, answer.url.path_qs, text, answer.headers)


@dataclass(slots=True)
class Office:
    """The console of one city."""

    city: City
    console: Console
    server: TestServer
    sessions: list[ClientSession] = field(default_factory=list)
    host: str = "127.0.0.1"
    """By which name browsers ask for this machine."""

    @property
    def origin(self) -> str:
        """As a browser names it."""
        return f"http://{self.host}:{self.server.port}"

    def url(self, path: str) -> str:
        """Below ``/staff``."""
        return f"{self.origin}/staff{path}"

    async def employ(self, account_id: str, *duties: Duty, name: str | None = None, until: date | None = None) -> None:
        """An account that is ready: password chosen, codes registered."""
        async with self.console.database.city(CITY) as connection:
            called = name or f"職員 {account_id}"
            await make_account(connection, CITY, account_id, called, list(duties), until, _HASHED, "用意した人")
            await set_password(connection, CITY, account_id, _HASHED)
            await set_second_factor(
                connection, CITY, account_id, sealed(self.console.keys, CITY, account_id, SECRET), 0
            )
            account = await find_account(connection, CITY, account_id)
            if account is not None and account.waits_since is not None:
                await release_account(connection, CITY, account_id, "承認した人", account.waits_since)

    def browser(self) -> Clerk:
        """Another browser, signed in nowhere."""
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.sessions.append(session)
        return Clerk(self, session)

    async def at_work(self, account_id: str, *duties: Duty, name: str | None = None) -> Clerk:
        """Somebody new who has signed in."""
        await self.employ(account_id, *duties, name=name, until=date(2090, 3, 31))
        clerk = self.browser()
        shown = await clerk.sign_in(account_id)
        assert shown.path == "/staff", shown.text
        return clerk

    async def happened_acts(self) -> Sequence[object]:
        """What staff did, in its order."""
        return [row["act"] for row in await self.city.rows("SELECT act FROM history.staff_act ORDER BY act_id")]

    async def happened(self, table: str, column: str) -> Sequence[object]:
        """A column of a table of history, in its order."""
        rows = await self.city.rows(f"SELECT {column} FROM history.{table} ORDER BY happened_at")
        return [row[column] for row in rows]


@asynccontextmanager
async def office(
    city: City, *, is_fit: Callable[[], bool] = lambda: True, has_register: bool = True
) -> AsyncIterator[Office]:
    """The console as role staff, by the city's clock, with the city's own register as role registry."""
    async with (
        Database.open(city.database.dsn("staff"), max_size=4) as database,
        Database.open(city.database.dsn("registry"), max_size=2) as register,
    ):
        console = Console(
            database, [CITY], city.environment.keys, city.clock, is_tls=False, is_fit=is_fit,
            register=register if has_register else None,
        )  # fmt: skip
        server = TestServer(build_staff_app(console, {CITY: "足利市"}))
        async with server:
            made = Office(city, console, server)
            try:
                yield made
            finally:
                for session in made.sessions:
                    await session.close()
