"""転出証明書 and 転出証明書に準ずる証明書 (令23条, 標準仕様書 4.1.3.0.3): facts of a move out, for whoever moves together.

Every function takes a connection of role `registry` in a READ COMMITTED transaction whose city is set, as `papers` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date, wareki
from civil.errors import KioskError
from civil.sql import load
from registry.residents.effects import alias_groups
from registry.residents.errors import TooManyWriters
from registry.residents.event_kinds import EVENT_KINDS, EventClass
from registry.residents.further_items import FurtherItems
from registry.residents.inquiry import PersonHistory
from registry.residents.inquiry_log import Inquirer
from registry.residents.items_by_topic import MOVE_OUT
from registry.residents.locking import lock_persons
from registry.residents.papers import (
    CANCELS,
    NothingToHandOut,
    head_at,
    history_for_paper,
    last_head,
    numbers_of,
    require_unprotected,
)
from registry.residents.person_record import PersonRecord, item_of
from registry.residents.reading import persons_as_of
from registry.residents.rules import Notice

_SQL: Final = load("registry.residents", "papers.sql")
_PLANNED: Final = frozenset({"OU1", "OU2", "OU3"})
_DAY_HAS_COME: Final = "OU9"
_INSURED: Final = (
    ("health_insured", "国民健康保険"), ("retired_insured", "退職被保険者等"), ("late_elderly_insured", "後期高齢者医療"),
    ("care_insured", "介護保険"), ("child_allowance", "児童手当"),
)  # fmt: skip
Rows = tuple[tuple[str, str], ...]
"""Labels with texts; a text is empty where nothing is recorded."""


class MoveOutIsOver(KioskError):
    """この異動による転出は、取り消されたか、あとの異動(転入通知の受理、死亡、再転入など)で済んでいます。この証明書は作れません。 /
    This move out was cancelled, or a later event ended it: told by the other city, a death, a return. Its certificate is made no more."""


@dataclass(frozen=True, slots=True)
class MoveOutFacts:
    """Whoever moves together by one event, as recorded at `as_of`: now, or when the paper was made first (再交付).

    `rows` stand once, `rows_of` beside each of `people`. `my_numbers` by 宛名番号: read for the paper alone.
    """

    notice: Notice
    people: tuple[PersonRecord, ...]
    head_name: str | None
    rows: Rows
    rows_of: tuple[Rows, ...]
    is_reissue: bool
    as_of: datetime
    shown: frozenset[str]
    my_numbers: Mapping[str, str] | None = field(default=None, repr=False)


async def move_out_facts(
    connection: asyncpg.Connection, municipality_code: str, event_id: int, person_number: str, notice: Notice, asker: Inquirer,
    now: datetime, *, is_released: bool = False,
) -> MoveOutFacts:  # fmt: skip
    """The facts for the person and whoever moves with them: by the same event, from the same household, to the same place.

    Raises NothingToHandOut, MoveOutIsOver, ProtectedPerson, TooManyWriters (somebody wrote after `now`).
    """
    handed = await connection.fetch(_SQL["handed_by_event"], municipality_code, event_id, notice.value)
    movers = [row["person_number"] for row in handed]
    if person_number not in movers:
        raise NothingToHandOut
    await lock_persons(connection, municipality_code, movers)
    first = await connection.fetchval(_SQL["first_made"], municipality_code, event_id, notice.value, person_number)
    as_of = first or now
    histories = await _together(connection, municipality_code, movers, person_number, as_of, asker, now)
    standing = {number: history for number, history in histories.items() if _stands(history, event_id)}
    if person_number not in standing:
        raise MoveOutIsOver
    if first is None and any(by.recorded_at > now for history in standing.values() for _, by in history.rows):
        raise TooManyWriters
    said = {number: _until(history, as_of) for number, history in standing.items()}
    head = await _head(connection, municipality_code, said[person_number], as_of)
    people = tuple(history.current.record for history in said.values())
    shown = numbers_of(*people, head)
    if not is_released:
        await require_unprotected(connection, municipality_code, shown)
    return MoveOutFacts(
        notice, people, None if head is None else head.name, _moved(notice, people[0]),
        tuple(_told(one, jst_date(as_of)) for one in people), first is not None, as_of, shown,
    )  # fmt: skip


async def _together(
    connection: asyncpg.Connection, city: str, movers: list[str], person_number: str, as_of: datetime, asker: Inquirer,
    now: datetime,
) -> Mapping[str, PersonHistory]:  # fmt: skip
    """Of the person and whoever moves along, in the order of the household."""
    rows = await persons_as_of(connection, city, as_of, movers)
    move = _move(rows[person_number].record)
    along = [number for number, row in rows.items() if _move(row.record) == move]
    return {number: await history_for_paper(connection, city, number, asker, now) for number in along}


def _move(record: PersonRecord) -> tuple[object, ...]:
    return record.household_number, record.planned_move_out_on, *(item_of(record, item) for item in sorted(MOVE_OUT))


def _stands(history: PersonHistory, event_id: int) -> bool:
    """Whether it is the last of what brought the person in or out; that the planned day has come changes nothing."""
    moves = [row.event_id for row, by in history.rows if by.cancelled_by is None and _moves(by.kind)]
    return moves[-1:] == [event_id]


def _moves(kind: str) -> bool:
    if kind in CANCELS or kind == _DAY_HAS_COME:
        return False
    return kind in _PLANNED or EVENT_KINDS[kind].event_class is not EventClass.CORRECTION


async def _head(connection: asyncpg.Connection, city: str, history: PersonHistory, at: datetime) -> PersonRecord | None:
    record = history.current.record
    if record.in_register:
        return await head_at(connection, city, record.household_number, at)
    return await last_head(connection, city, history)


def _until(history: PersonHistory, at: datetime) -> PersonHistory:
    return PersonHistory(tuple(one for one in history.rows if one[1].recorded_at <= at))


def _moved(notice: Notice, record: PersonRecord) -> Rows:
    told = record.further
    to = "　".join(str(part) for part in (record.move_out_address, told.get("move_out_building")) if part)
    if notice is Notice.LIKE_MOVE_OUT_CERTIFICATE:
        removed = "" if record.removed is None else record.removed.printed_wareki()
        return ("消除の年月日", removed), ("消除の事由", record.removal_reason or ""), ("転出先", to)
    return (
        ("転出先", to), ("転出先の世帯主", str(told.get("move_out_head", ""))),
        ("転出予定年月日", _when(record.planned_move_out_on, "")), ("届出年月日", _when(told.get("move_out_notified_on"), "")),
    )  # fmt: skip


def _told(record: PersonRecord, on: date) -> Rows:
    insured = _insured(record.further, on)
    return (
        ("住民票コード", record.resident_code),
        *((("国民健康保険・年金等", insured),) if insured else ()),
        *_aliases(record),
    )


def _insured(told: FurtherItems, on: date) -> str:
    """What the law wants told of whoever is insured or supported on a day; nothing of anybody else."""
    words = [word for name, word in _INSURED if _holds(told, name, on)]
    if _holds(told, "pension", on):
        number = told.get("basic_pension_number")
        words.append(f"国民年金{told.get('pension_class', '')}" + (f"（基礎年金番号 {number}）" if number else ""))
    return "、".join(words)


def _holds(told: FurtherItems, name: str, on: date) -> bool:
    """Whether a qualification was begun and is not over; days and months (YYYY-MM) compare as they are written."""
    ends = str(told.get(f"{name}_until", date.max))
    return f"{name}_from" in told and ends >= str(on)[: len(ends)]


def _aliases(record: PersonRecord) -> Rows:
    """通称の記載及び削除に関する事項, of foreign residents."""
    told = [
        "　".join(part for part in (name, _when(entered, f"{where or ''}記載"), _when(deleted, "削除")) if part)
        for entered, where, deleted, _, name in alias_groups(record)
    ]
    return (("通称の履歴", "、".join(told)),) if told else ()


def _when(day: object, what: str) -> str:
    return f"{wareki(day)}{what}" if isinstance(day, date) else ""
