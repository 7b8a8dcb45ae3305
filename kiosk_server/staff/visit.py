"""One request of somebody who is signed in: who, for which city, with which form."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import asyncpg
from aiohttp import web

from civil.calendar import jst_date
from civil.errors import KioskError
from civil.text import require_printable
from issuance_db.staff_acts import Actor
from issuance_db.staff_readings import record_reading
from issuance_db.staff_sessions import StaffSession
from kiosk_server.staff.console import ROOT, Console
from kiosk_server.staff.cookies import Token
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.screens import Screens
from kiosk_server.staff.terms import Term
from kiosk_server.staff.words import Language, language_of

_LONGEST_REASON = 400
_LONGEST_NUMBER: Final = 18
_LABELS: Final[Mapping[str, Term]] = {
    "account": ("利用者ID", "Account"),
    "explanation": ("説明", "Explanation"),
    "explanation_id": ("最後の説明", "Last explanation"),
    "ground": ("事由", "Ground"),
    "issuer_key_id": ("発行者(鍵識別子)", "Key id of the issuer"),
    "koseki_person_number": ("戸籍の人の番号", "Number of the person in the koseki"),
    "name": ("氏名", "Name"),
    "passkey_name": ("パスキーの名前", "Name of the passkey"),
    "person_number": ("宛名番号", "Person number"),
    "reason": ("理由", "Reason"),
    "serial": ("シリアル番号", "Serial"),
    "source": ("照合の相手", "Source"),
    "user_id": ("利用者ID", "User id"),
}
"""What the forms call the fields that `Visit.text` reads."""


class Missing(KioskError):
    """欄が空です。戻って入力してください。 / A field is empty. Go back and fill it in."""

    def __init__(self, label: Term) -> None:
        """Take what the form calls the field."""
        ja, en = label
        super().__init__(f"「{ja}」が空です。戻って入力してください。 / {en} is empty. Go back and fill it in.")


def is_number(text: str) -> bool:
    """Whether it is written as a number that the database can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is given. ``form`` holds the fields of a POST, each once; a GET has none."""

    console: Console
    screens: Screens
    request: web.Request = field(repr=False)
    token: Token = field(repr=False)
    session: StaffSession
    form: Mapping[str, str] = field(repr=False)

    @property
    def city(self) -> str:
        """市区町村コード of the account."""
        return self.token.municipality_code

    @property
    def now(self) -> datetime:
        """UTC."""
        return self.console.clock()

    @property
    def today(self) -> date:
        """The day in Japan."""
        return jst_date(self.now)

    @property
    def language(self) -> Language:
        """What the person reads."""
        return language_of(self.request)

    def may(self, duties: frozenset[Duty]) -> bool:
        """Whether one of the person's duties is among these."""
        return not duties.isdisjoint(Duty(duty) for duty in self.session.duties)

    def database(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A transaction in the city; see `issuance_db.database`."""
        return self.console.database.city(self.city)

    def actor(self, field_name: str = "reason") -> Actor:
        """The person, with the reason of the form. Raises UnacceptableText, Missing."""
        return Actor(self.session.name, self.text(field_name, _LONGEST_REASON))

    def text(self, name: str, longest: int = _LONGEST_REASON) -> str:
        """One line of the form that may not be empty. Raises Missing, UnacceptableText."""
        label = _LABELS[name]
        said = require_printable(label[0], self.form.get(name, ""), longest).strip()
        if not said:
            raise Missing(label)
        return said

    def number(self, name: str, unknown: type[KioskError]) -> int:
        """The number that the address gives under a name. Raises ``unknown`` for anything else."""
        text = self.request.match_info[name]
        if not is_number(text):
            raise unknown
        return int(text)

    async def reads(
        self,
        connection: asyncpg.Connection,
        reading: str,
        *,
        concerns: str | None = None,
        person_number: str | None = None,
    ) -> None:
        """Write down what is about to be shown, in the transaction that reads it."""
        await record_reading(
            connection, self.city, self.session.account_id, reading, concerns=concerns, person_number=person_number
        )

    def show(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A page of the console."""
        text = self.screens.draw(template, self, **values)
        return web.Response(text=text, content_type="text/html", status=status)

    def to(self, path: str, said: str | None = None) -> web.Response:
        """Send the browser on after a POST; ``said`` names the sentence that the next page begins with (`said.py`)."""
        question = f"{'&' if '?' in path else '?'}said={said}" if said else ""
        return web.Response(status=303, headers={"Location": f"{ROOT}{path}{question}"})
