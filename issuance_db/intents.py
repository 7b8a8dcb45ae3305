"""Intents: what is about to be issued, stored before it is made, permitted once, recorded once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

import asyncpg

from civil.check_digits import modulus_11_digit
from civil.sql import load
from issuance_db.requests import Lease, RequestKey
from issuance_db.residents import LockSubject
from issuance_db.sources import SourceRead
from issuance_db.steps import one_after_another

_SQL: Final = load("issuance_db", "intents.sql")
SEQUENCE_DIGITS: Final = 8
_SUBJECT_COLUMNS: Final = ("person_number", "person_sequence", "household_number", "household_sequence", "printed_as")


@dataclass(frozen=True, slots=True)
class Subject:
    """One person whose data the certificate shows, with the sequence numbers that it was read at."""

    person_number: str
    person_sequence: int
    household_number: str
    household_sequence: int
    printed_as: Literal["person", "head_name"]


@dataclass(frozen=True, slots=True)
class KosekiSubject:
    """One person whom a koseki certificate shows; ``person_number`` where the koseki gives one."""

    koseki_person_number: str
    person_number: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """One attempt to issue. ``instant`` is the accept instant (UTC) from which date, fee and mayor were taken.

    ``sources``: the fed rows that it was read from, beside the issuance record. ``registration``: by which one it is asked for, where
    no resident asks.
    """

    issuance_number: str
    lease: Lease
    kind: str
    channel: str
    fee_yen: int
    instant: datetime
    pages: int
    snapshot_digest: bytes
    subjects: tuple[Subject, ...]
    sources: tuple[SourceRead, ...] = ()
    koseki_persons: tuple[KosekiSubject, ...] = ()
    registration: str | None = None

    def persons(self, asking: str) -> frozenset[str]:
        """The asking person and everybody shown, by 宛名番号 as far as they have one."""
        of_koseki = {one.person_number for one in self.koseki_persons if one.person_number is not None}
        return frozenset({asking, *(subject.person_number for subject in self.subjects), *of_koseki})

    def lock_subjects(self, asking: str) -> frozenset[LockSubject]:
        """Everything whose writers the permit keeps out: the asking person, everyone shown, their households and koseki."""
        return frozenset(
            {
                *(LockSubject("person", number) for number in self.persons(asking)),
                *(LockSubject("household", subject.household_number) for subject in self.subjects),
                *locked_beside(self.sources, self.koseki_persons),
            }
        )


def locked_beside(sources: Sequence[SourceRead], koseki_persons: Sequence[KosekiSubject]) -> Iterator[LockSubject]:
    """What fed data adds to the locks. A seal is its person's; a koseki has a key of its own, and so has everyone in it."""
    yield from (LockSubject("koseki", read.number) for read in sources if read.source == "koseki")
    for one in koseki_persons:
        yield LockSubject("koseki_person", one.koseki_person_number)
        if one.person_number is not None:
            yield LockSubject("person", one.person_number)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The sealed bytes of an answer, with what its headers say."""

    sealed: bytes
    key_version: int
    pages: int
    fee_yen: int


async def next_issuance_number(connection: asyncpg.Connection, issue_date: date) -> str:
    """A new 発行番号: JST date, epoch of the database, running number, check digit (M11 W2-7), e.g. 20261123-01-00000042-5."""
    row = await connection.fetchrow(_SQL["next_number"])
    if row is None:
        message = "shared.installation has no row: run kiosk db migrate"
        raise LookupError(message)
    body = f"{issue_date:%Y%m%d}{row['epoch']:02d}{row['number']:0{SEQUENCE_DIGITS}d}"
    return f"{body[:8]}-{body[8:10]}-{body[10:]}-{modulus_11_digit(body)}"


async def propose(connection: asyncpg.Connection, intent: Intent, now: datetime) -> bool:
    """Store what is about to be made, with the step. False: the lease is no longer ours, and nothing is stored."""
    key = intent.lease.key
    with one_after_another():
        row = await connection.fetchrow(
            _SQL["propose"],
            key.municipality_code,
            intent.issuance_number,
            key.caller_id,
            key.call,
            key.request_id,
            intent.lease.token,
            intent.kind,
            intent.channel,
            intent.fee_yen,
            intent.instant,
            intent.pages,
            intent.snapshot_digest,
            *([getattr(subject, column) for subject in intent.subjects] for column in _SUBJECT_COLUMNS),
            now,
        )
    if row is not None:
        await _propose_fed(connection, intent)
    return row is not None


async def _propose_fed(connection: asyncpg.Connection, intent: Intent) -> None:
    """What is beside the issuance record; nothing for a kind that is made from that record alone."""
    city, number = intent.lease.key.municipality_code, intent.issuance_number
    for read in intent.sources:
        await connection.execute(
            _SQL["propose_source"], city, number, read.source, read.number, read.sequence, read.as_of
        )
    if intent.koseki_persons:
        await connection.execute(
            _SQL["propose_koseki_persons"],
            city,
            number,
            [one.koseki_person_number for one in intent.koseki_persons],
            [one.person_number for one in intent.koseki_persons],
        )


async def permit(connection: asyncpg.Connection, intent: Intent, document_digest: bytes, now: datetime) -> bool:
    """Bind the intent to the inspected bytes, with the step. False: the intent is no longer ours to permit."""
    key = intent.lease.key
    with one_after_another():
        row = await connection.fetchrow(
            _SQL["permit"], key.municipality_code, intent.issuance_number, document_digest, now, intent.lease.token
        )
    return row is not None


async def end(
    connection: asyncpg.Connection, intent: Intent, state: Literal["void", "quarantined"], cause: str, now: datetime
) -> bool:
    """End an attempt that will not be answered. False: it had ended before."""
    row = await connection.fetchrow(
        _SQL["end"], intent.lease.key.municipality_code, intent.issuance_number, state, cause, now
    )
    return row is not None


async def void_open(
    connection: asyncpg.Connection, key: RequestKey, lease_token: int, cause: str, now: datetime
) -> Sequence[str]:
    """Void every attempt of a request that is still open under this lease or an earlier one; returns their numbers."""
    rows = await connection.fetch(_SQL["void_open"], *key.columns, lease_token, cause, now)
    return [row["issuance_number"] for row in rows]


async def kept_answer(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str, now: datetime
) -> KeptAnswer | None:
    """The bytes of an answer given before, or None when they are gone."""
    row = await connection.fetchrow(_SQL["kept_answer"], municipality_code, issuance_number, now)
    return None if row is None else KeptAnswer(row["sealed"], row["key_version"], row["pages"], row["fee_yen"])


async def destroy_kept_answer(connection: asyncpg.Connection, issuance_number: str) -> None:
    """Destroy the bytes of one answer at once."""
    await connection.fetchval(_SQL["destroy_kept_answer"], issuance_number)


async def subjects(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> Sequence[tuple[str, str]]:
    """Person and household numbers of everyone an issuance shows."""
    rows = await connection.fetch(_SQL["subjects"], municipality_code, issuance_number)
    return [(row["person_number"], row["household_number"]) for row in rows]


async def koseki_persons(
    connection: asyncpg.Connection, municipality_code: str, issuance_number: str
) -> tuple[KosekiSubject, ...]:
    """Everyone whom an issuance showed from a koseki."""
    rows = await connection.fetch(_SQL["koseki_persons"], municipality_code, issuance_number)
    return tuple(KosekiSubject(row["koseki_person_number"], row["person_number"]) for row in rows)


async def quarantine(
    connection: asyncpg.Connection, intent: Intent, cause: str, sealed: bytes, key_version: int, delete_after: datetime
) -> None:
    """Keep a document that failed, sealed, for two persons to open."""
    await connection.execute(
        _SQL["quarantine"],
        intent.lease.key.municipality_code,
        intent.issuance_number,
        cause,
        sealed,
        key_version,
        delete_after,
    )


async def stop_kind(
    connection: asyncpg.Connection, municipality_code: str, kind: str, now: datetime, reason: str
) -> None:
    """Stop a kind on every node until two persons restart it."""
    await connection.execute(_SQL["stop_kind"], municipality_code, kind, now, reason)


async def hold_back(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, cause: str, item: str
) -> None:
    """List a person for staff and stop issuing about them. ``cause`` is character, overflow or data."""
    await connection.execute(_SQL["hold_back"], municipality_code, person_number, cause, item)
