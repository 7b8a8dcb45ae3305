"""A centre's months as staff settle them: what was taken in, what differs, what each kind comes to, and closing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.alerts import confirm_alert, explain_alert
from issuance_db.settlement import wait_for_turn
from issuance_db.staff_acts import Actor

_SQL: Final = load("issuance_db", "settlement_months.sql")
Row = Mapping[str, Any]


class NotOfThisMonth(KioskError):
    """選ばれた違いの中に、この月のものではないものがあります。画面を開き直してください。 /
    Not all that was chosen are differences of this month. Open the page anew."""


class ExplanationChanged(KioskError):
    """画面を開いたあとで、別の説明が書かれたか、説明がありません。画面を開き直し、今の説明を読んでから確認してください。何も確認していません。 /
    Another explanation was given since the page was opened, or there is none. Open it anew and read what stands there now.
    Nothing was confirmed."""


class MonthNotReady(KioskError):
    """締められません。明細のない日、突合していない明細、閉じていない違いのいずれかが残っています。一覧で確かめてください。 /
    The month cannot be closed: a day has no statement, a statement is not matched, or a difference is open. See the lists."""


class MonthAlreadySo(KioskError):
    """ほかの人が先に締めたか、締めを解きました。画面を開き直してください。 /
    Somebody else closed or reopened the month first. Open the page anew."""


@dataclass(frozen=True, slots=True)
class SettlementMonth:
    """A month of a centre; `first` is its first day (JST). `on_its_way`: what was sent so shortly before midnight is of the next day."""

    municipality_code: str
    caller_id: str
    first: date
    on_its_way: timedelta

    @property
    def after(self) -> date:
        """The first day of the next month."""
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def _span(self) -> tuple[str, str, date, date]:
        return self.municipality_code, self.caller_id, self.first, self.after

    async def days(self, connection: asyncpg.Connection) -> Sequence[Row]:
        """Each day with the edition that counts and how it matched."""
        return await _rows(connection, "days", *self._span, self.on_its_way)

    async def found(self, connection: asyncpg.Connection) -> Sequence[Row]:
        """How many differences of each finding, and how many wait for whom."""
        return await _rows(connection, "found", *self._span)

    async def differences(
        self, connection: asyncpg.Connection, after: int, finding: str | None, limit: int, *, closed_too: bool
    ) -> Sequence[Row]:
        """One page of differences behind alert `after`, with all that is known around each."""
        return await _rows(connection, "differences", *self._span, after, finding, closed_too, limit)

    async def explain(self, connection: asyncpg.Connection, alerts: Sequence[int], actor: Actor) -> None:
        """Say of each what became of it. Raises NotOfThisMonth, NoSuchAlert: then of none."""
        await self._said(connection, alerts)
        for alert_id in alerts:
            await explain_alert(connection, self.municipality_code, alert_id, actor.name, actor.reason)

    async def confirm(self, connection: asyncpg.Connection, read: Mapping[int, int], by: str) -> None:
        """Close each by confirming the explanation that was `read` (alert to explanation), as a second person.

        Raises NotOfThisMonth, ExplanationChanged, ExplainedAnew, SamePerson, NothingToConfirm: then none is closed.
        """
        if await self._said(connection, read) != read:
            raise ExplanationChanged
        for alert_id, explanation_id in read.items():
            # By its number: the page of the alert takes explanations without this month's turn.
            await confirm_alert(connection, self.municipality_code, alert_id, by, explanation_id=explanation_id)

    async def acts(self, connection: asyncpg.Connection) -> Sequence[Row]:
        """Each closing and reopening, the last first."""
        return await _rows(connection, "acts", self.municipality_code, self.caller_id, self.first)

    async def close(self, connection: asyncpg.Connection, actor: Actor) -> None:
        """Close the month. Raises MonthNotReady, MonthAlreadySo."""
        await wait_for_turn(connection, self.municipality_code, self.caller_id)
        days, found = await self.days(connection), await self.found(connection)
        is_whole = not any(day["is_missing"] or (day["edition"] and day["agreed"] is None) for day in days)
        if not is_whole or not any(day["edition"] for day in days) or any(_open(one) for one in found):
            raise MonthNotReady
        await self._act(connection, actor, is_closed=True)

    async def reopen(self, connection: asyncpg.Connection, actor: Actor) -> None:
        """Open it again. Raises MonthAlreadySo."""
        await wait_for_turn(connection, self.municipality_code, self.caller_id)
        await self._act(connection, actor, is_closed=False)

    async def net(self, connection: asyncpg.Connection, kinds: Iterable[str]) -> Sequence[Row]:
        """Of each kind what the statements and our books say, in yen; `handling` is None where nothing was printed."""
        return await _rows(connection, "net", *self._span, self.on_its_way, list(kinds))

    async def _said(self, connection: asyncpg.Connection, alerts: Iterable[int]) -> Mapping[int, int | None]:
        await wait_for_turn(connection, self.municipality_code, self.caller_id)
        chosen = list(alerts)
        said = await _rows(connection, "said", *self._span, chosen)
        if {row["alert_id"] for row in said} != set(chosen):
            raise NotOfThisMonth
        return {row["alert_id"]: row["explanation_id"] for row in said}

    async def _act(self, connection: asyncpg.Connection, actor: Actor, *, is_closed: bool) -> None:
        key = (self.municipality_code, self.caller_id, self.first)
        if await connection.fetchval(_SQL["act"], *key, is_closed, actor.name, actor.reason) is None:
            raise MonthAlreadySo


async def months_of(
    connection: asyncpg.Connection, municipality_code: str, caller_id: str, first: date, last: date
) -> Sequence[Row]:
    """Each month from `first` to `last` (first days), the newest first."""
    return await _rows(connection, "months", municipality_code, caller_id, first, last)


def _open(found: Row) -> int:
    count: int = found["unexplained"] + found["unconfirmed"]
    return count


async def _rows(connection: asyncpg.Connection, name: str, *arguments: object) -> Sequence[Row]:
    return [dict(row.items()) for row in await connection.fetch(_SQL[name], *arguments)]
