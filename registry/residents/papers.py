"""窓口の証明書と通知 (S1-3): facts of the register for papers of the counter, and the record of each. It knows no paper itself.

Every function takes a connection of role `registry` in a READ COMMITTED transaction whose city is set; what a paper says cannot change
until that transaction ends, since the persons and households are locked as an event locks them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from typing import Final

import asyncpg

from civil.calendar import wareki
from civil.errors import KioskError
from civil.recorded_date import RecordedDate
from civil.sql import load
from civil.text import require_printable
from registry.residents.event_kinds import EVENT_KINDS
from registry.residents.inquiry import PersonHistory, look_at_person
from registry.residents.inquiry_log import Inquirer, Sight
from registry.residents.locking import lock_persons
from registry.residents.person_record import ITEM_NAMES, PersonRecord, item_of
from registry.residents.reading import current_rows, household_heads_as_of, household_members, persons_as_of
from registry.residents.relationship import HEAD
from registry.residents.rules import Notice
from registry.residents.typed_items import item_text

_SQL: Final = load("registry.residents", "papers.sql")
CANCELS: Final = frozenset({"UN+", "UN-", "UN~"})
_NOTIFIED: Final = (
    "furigana", "sex", "birth", "address", "building", "relationship", "domicile", "first_registrant", "removal_reason",
)  # fmt: skip
_HEADS: Final = {
    Notice.HEAD_CHANGE_REQUEST: ("これまでの世帯主", -timedelta.resolution),
    Notice.HEAD_CHANGED: ("新しい世帯主", timedelta()),
}
"""Who is named as head: the one the moment before the event, or the one it made."""


class PastOf(StrEnum):
    """履歴: which of it is asked for."""

    NAME = "name"
    ADDRESS = "address"
    RELATIONSHIP = "relationship"
    DOMICILE = "domicile"


_PAST_ITEMS: Final = {
    PastOf.NAME: ("name", "former_surname", "alias"),
    PastOf.ADDRESS: ("address", "building"),
    PastOf.RELATIONSHIP: ("relationship",),
    PastOf.DOMICILE: ("domicile", "first_registrant"),
}


class ProtectedPerson(KioskError):
    """支援措置の対象者が含まれます。責任者が内容を確かめ、--released-by に責任者の氏名を入れて、別の職員が作成してください。 /
    Somebody under a protective measure is on it. A supervisor looks at it and is named with --released-by; another person makes it."""


class NotOnePaper(KioskError):
    """一枚の証明書にできません。同じ世帯の現在の住民か、除票の一人を指定してください。 /
    Not on one certificate: name present members of one household, or one removed person."""


class NothingToHandOut(KioskError):
    """その異動には、その人あての、その通知はありません。異動の番号と宛名番号を確かめてください。 /
    That event has no such notice to that person. Check the number of the event and the person."""


class NobodyHandedTo(KioskError):
    """請求者(受取人)と本人確認書類を入力してください。 / Say who it is handed to, and by which document they were known."""


class PaperMadeBefore(KioskError):
    """この番号の書類はもう出力しました。もう一通要るときは、もう一度作成してください(番号は新しくなります)。 /
    The paper of this number was made already. Make another if one more is wanted; it gets a new number."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A notice that an event hands to a person: which event, of which kind, when, and what."""

    event_id: int
    event_kind: str
    occurred: RecordedDate
    recorded_at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class PastItem:
    """What an item was until an event: the event's day and name, the item as staff know it, and the text until then."""

    occurred: RecordedDate
    event_name: str
    item_name: str
    before: str


@dataclass(frozen=True, slots=True)
class CertifiedPerson:
    """A person with the history asked for, oldest first."""

    record: PersonRecord
    past: tuple[PastItem, ...]


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate can say: its persons in the order of the household; `head_name` None where there is no head."""

    people: tuple[CertifiedPerson, ...]
    head_name: str | None
    is_whole_household: bool
    is_removed: bool
    shown: frozenset[str]
    """Everybody on it, by number: a head who is only named too."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice: to whom and where, and its rows of labels and values."""

    notice: Notice
    to: str
    postal_code: str | None
    address: str
    rows: tuple[tuple[str, str], ...]
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is kept: who it is handed to and by which document they were known, who released a protected person's."""

    number: str
    kind: str
    persons: tuple[str, ...]
    options: tuple[str, ...]
    handed_to: str
    identity_document: str
    released_by: str | None
    pages: int
    content: bytes
    event_id: int | None = None


async def certificate_facts(
    connection: asyncpg.Connection,
    municipality_code: str,
    persons: Sequence[str],
    past_of: Collection[PastOf],
    asker: Inquirer,
    now: datetime,
    *,
    is_released: bool = False,
) -> CertificateFacts:
    """The facts of present members of one household, or of one removed person (除票). Raises UnknownPerson, NotOnePaper, ProtectedPerson."""
    await lock_persons(connection, municipality_code, persons)
    histories = {
        number: await history_for_paper(connection, municipality_code, number, asker, now) for number in persons
    }
    people = [history.current.record for history in histories.values()]
    is_removed = not people[0].in_register
    if len({(one.household_number, one.in_register) for one in people}) != 1 or (is_removed and len(people) > 1):
        raise NotOnePaper
    members = [row.record for row in await household_members(connection, municipality_code, people[0].household_number)]
    heads = (one for one in members if one.relationship == HEAD)
    head = await last_head(connection, municipality_code, histories[persons[0]]) if is_removed else next(heads, None)
    shown = numbers_of(*people, head)
    if not is_released:
        await require_unprotected(connection, municipality_code, shown)
    order = sorted(people, key=lambda one: (one.member_order, one.person_number))
    told = tuple(CertifiedPerson(one, tuple(_past(histories[one.person_number], past_of))) for one in order)
    is_whole = not is_removed and numbers_of(*members) == set(persons)
    return CertificateFacts(told, None if head is None else head.name, is_whole, is_removed, shown)


async def notice_facts(
    connection: asyncpg.Connection,
    municipality_code: str,
    event_id: int,
    person_number: str,
    notice: Notice,
    asker: Inquirer,
    now: datetime,
    *,
    is_released: bool = False,
) -> NoticeFacts:
    """The facts of a notice that the event hands to the person. Raises NothingToHandOut, UnknownPerson, ProtectedPerson.

    It goes to where the person is recorded now, a 受理通知 to where they were before the event.
    """
    await lock_persons(connection, municipality_code, [person_number])
    event = await connection.fetchrow(
        _SQL["event_that_hands_out"], municipality_code, event_id, person_number, notice.value
    )
    if event is None:
        raise NothingToHandOut
    history = await history_for_paper(connection, municipality_code, person_number, asker, now)
    before, after = _around(history, event_id)
    told, head = _rows(notice, before, after, event), None
    if notice in _HEADS:
        label, at = _HEADS[notice]
        head = await head_at(connection, municipality_code, after.household_number, event["recorded_at"] + at)
        told += [] if head is None else [(label, head.name)]
    to = before if notice is Notice.RECEIPT and before is not None else history.current.record
    shown = numbers_of(to, head)
    if not is_released:
        await require_unprotected(connection, municipality_code, shown)
    return NoticeFacts(notice, to.name, to.postal_code, to.full_address, tuple(told), shown)


async def handed_out_to(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, notices: Collection[Notice]
) -> tuple[HandedOut, ...]:
    """What events hand to a person among these notices, newest first."""
    wanted = [notice.value for notice in notices]
    rows = await connection.fetch(_SQL["handed_out_to"], municipality_code, person_number, wanted)
    return tuple(
        HandedOut(
            row["event_id"], row["kind"], RecordedDate(row["occurred_on"], row["occurred_text"]), row["recorded_at"], Notice(row["what"])
        )
        for row in rows
    )  # fmt: skip


async def protected_among(
    connection: asyncpg.Connection, municipality_code: str, persons: Collection[str]
) -> frozenset[str]:
    """Who of them is under a protective measure in the register, as they are now."""
    rows = await current_rows(connection, municipality_code, list(persons))
    return frozenset(number for number, row in rows.items() if row.record.suppressed)


async def next_paper_number(connection: asyncpg.Connection, on: date) -> str:
    """A new number: JST date, C for the counter, running number."""
    return f"{on:%Y%m%d}-C-{await connection.fetchval(_SQL['next_number']):08d}"


async def record_paper(
    connection: asyncpg.Connection, municipality_code: str, paper: Paper, asker: Inquirer, now: datetime
) -> None:
    """Keep a paper before anybody has it.

    Raises NobodyHandedTo, PaperMadeBefore, ProtectedPerson (released by its maker), UnacceptableText.
    """
    handed_to = require_printable("handed_to", paper.handed_to.strip(), 200)
    document = require_printable("identity", paper.identity_document.strip(), 100)
    if not handed_to or not document:
        raise NobodyHandedTo
    if paper.released_by == asker.staff:
        raise ProtectedPerson
    try:
        await connection.execute(
            _SQL["insert_paper"], municipality_code, paper.number, now, paper.kind, list(paper.persons), list(paper.options),
            paper.event_id, handed_to, document, asker.staff, asker.purpose, paper.released_by, paper.pages,
            sha256(paper.content).digest(),
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise PaperMadeBefore from None


def numbers_of(*records: PersonRecord | None) -> frozenset[str]:
    """宛名番号 of those there are."""
    return frozenset(record.person_number for record in records if record is not None)


async def history_for_paper(
    connection: asyncpg.Connection, city: str, person_number: str, asker: Inquirer, now: datetime
) -> PersonHistory:
    """Every row without the My Number, as what is looked at for a paper. Raises UnknownPerson."""
    sees = replace(asker, sights=frozenset(Sight) - {Sight.MY_NUMBER})
    return await look_at_person(connection, city, person_number, sees, now)


async def require_unprotected(connection: asyncpg.Connection, city: str, shown: Collection[str]) -> None:
    """A head of the past who came under a measure since is protected too."""
    if await protected_among(connection, city, shown):
        raise ProtectedPerson


async def last_head(connection: asyncpg.Connection, city: str, history: PersonHistory) -> PersonRecord | None:
    """The head that a removed person had the moment before the removal."""
    last = max(place for place, (row, _) in enumerate(history.rows) if row.record.in_register)
    household = history.rows[last][0].record.household_number
    return await head_at(connection, city, household, history.rows[last + 1][1].recorded_at - timedelta.resolution)


async def head_at(connection: asyncpg.Connection, city: str, household: str, at: datetime) -> PersonRecord | None:
    """The head of a household at an instant, if there was one."""
    head = (await household_heads_as_of(connection, city, at, [household])).get(household)
    return None if head is None else (await persons_as_of(connection, city, at, [head]))[head].record


def _past(history: PersonHistory, past_of: Collection[PastOf]) -> list[PastItem]:
    """What was cancelled never was; what cancelled it changed nothing."""
    stands = [(row, by) for row, by in history.rows if by.cancelled_by is None and by.kind not in CANCELS]
    items = [item for part in PastOf if part in past_of for item in _PAST_ITEMS[part]]
    return [
        PastItem(by.occurred, EVENT_KINDS[by.kind].name, ITEM_NAMES[item], item_text(item_of(before.record, item)))
        for (before, _), (row, by) in pairwise(stands)
        for item in items
        if item_of(before.record, item) not in {None, item_of(row.record, item)}
    ]


def _around(history: PersonHistory, event_id: int) -> tuple[PersonRecord | None, PersonRecord]:
    """The person before the event and after it; whom it did not touch is the same."""
    before = [row.record for row, _ in history.rows if row.event_id < event_id]
    after = [row.record for row, _ in history.rows if row.event_id <= event_id]
    return before[-1] if before else None, after[-1]


def _rows(
    notice: Notice, before: PersonRecord | None, after: PersonRecord, event: asyncpg.Record
) -> list[tuple[str, str]]:
    name = [("氏名", after.name)]
    if notice in {Notice.RESIDENT_CODE, Notice.RESIDENT_CODE_CHANGE}:
        return [*name, ("生年月日", _printed(after, after.birth)), ("住民票コード", after.resident_code)]
    occurred = RecordedDate(event["occurred_on"], event["occurred_text"]).printed_wareki()
    told = [("異動の事由", EVENT_KINDS[event["kind"]].name), ("異動の年月日", occurred)]
    if notice is not Notice.EX_OFFICIO:
        notified = [("届出の年月日", wareki(event["notified_on"]))] if event["notified_on"] else []
        return [*([] if notice is Notice.HEAD_CHANGE_REQUEST else name), *told, *notified]
    changed = [
        (ITEM_NAMES[item], _printed(after, item_of(after, item)))
        for item in _NOTIFIED
        if before is None or item_of(before, item) != item_of(after, item)
    ]
    return [*name, *told, *((label, text) for label, text in changed if text)]


def _printed(record: PersonRecord, value: object) -> str:
    if isinstance(value, RecordedDate):
        return value.printed_seireki() if record.nationality is not None else value.printed_wareki()
    return item_text(value)
