"""Every row of history against the entry that committed to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.verifying.findings import Finding, Row, row_of

_SQL: Final = load("issuance_db.log.verifying", "verifying.sql")
_NAME: Final = re.compile(r"[a-z_]+")
_OF_THE_LOG: Final = frozenset({"entry", "leaf", "node", "checkpoint", "cosignature"})
_GUARDS: Final = frozenset({"never_changed", "never_emptied"})
_MORE_GUARDS: Final = {
    "transition": {"chained"},
    "issuance": {"recorded_intent"},
    "issuance_subject": {"names_person"},
    "my_number_read": {"names_person"},
    "refusal_reason": {"names_person"},
}
_NOTHING: Final = "{}"


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """A table of history: its key without the city, its personal columns, and the others."""

    name: str
    key: Sequence[str]
    personal: Sequence[str]
    others: Sequence[str]


def row_commitments(table: str, personal: str, open_columns: str, salt: bytes | None) -> tuple[bytes | None, str]:
    """The personal commitment (None without a salt) and the text that is committed to after it (migration 0008)."""
    return (None if salt is None else sha256(salt + personal.encode()).digest()), f"{table}\n{open_columns}"


async def verify_rows(connection: asyncpg.Connection, municipality_code: str) -> tuple[int, list[Finding]]:
    """How many rows there are, and which are not what was entered. Runs in the caller's snapshot, with time zone UTC."""
    tables, findings = await _tables(connection)
    erased_before = {
        row["table_name"]: row["entered_before"] for row in await connection.fetch(_SQL["erasures"], municipality_code)
    }
    count = 0
    for table in tables:
        found, seen = await _table(connection, municipality_code, table, erased_before.get(table.name))
        findings += found
        count += seen
    entered = {row["table_name"] for row in await connection.fetch(_SQL["entered_tables"], municipality_code)}
    findings += [Finding("table_missing", Row(name)) for name in sorted(entered - {table.name for table in tables})]
    return count, findings


async def _tables(connection: asyncpg.Connection) -> tuple[list[LoggedTable], list[Finding]]:
    tables, findings = [], []
    for row in await connection.fetch(_SQL["tables"]):
        name, is_member = row["name"], row["name"] not in _OF_THE_LOG
        needed = _GUARDS | _MORE_GUARDS.get(name, set()) | ({"entered"} if is_member else set())
        missing = sorted(needed - set(row["guards"]))
        findings += [Finding("guard_off", Row(name), guard) for guard in missing]
        if is_member and row["arguments"] is not None and _NAME.fullmatch(name):
            key, personal = (_names(argument) for argument in row["arguments"][:2])
            others = [column for column in row["columns"] if column not in personal]
            tables.append(LoggedTable(name, key, personal, others))
    return tables, findings


def _names(argument: str) -> list[str]:
    return [name for name in argument.strip("{}").split(",") if name]


async def _table(
    connection: asyncpg.Connection, municipality_code: str, table: LoggedTable, erased_before: datetime | None
) -> tuple[list[Finding], int]:
    statement = _SQL["rows"].replace("THE_TABLE", table.name)
    arguments = (municipality_code, table.key, table.personal, table.others)
    findings: list[Finding] = []
    seen: set[str] = set()
    async for row in connection.cursor(statement, *arguments, prefetch=2_000):
        named = row_of(table.name, row["row_key"] or row["entry_key"], row["leaf_number"], row["open_columns"])
        what = _wrong(table, row, erased_before)
        if row["row_key"] is not None:
            what = "row_entered_twice" if what is None and row["row_key"] in seen else what
            seen.add(row["row_key"])
        if what is not None:
            findings.append(Finding(what, named))
    return findings, len(seen)


def _wrong(table: LoggedTable, row: asyncpg.Record, erased_before: datetime | None) -> str | None:
    if row["entry_key"] is None:
        return "row_inserted"
    if row["row_key"] is None:
        return "row_removed"
    personal, text = row_commitments(table.name, row["personal"], row["open_columns"], row["salt"])
    if sha256(row["personal_commitment"] + text.encode()).digest() != row["commitment"]:
        return "row_changed"
    if personal is not None:
        return None if personal == row["personal_commitment"] else "row_changed"
    if not table.personal:
        return None
    is_approved = erased_before is not None and row["entered_at"] < erased_before
    return None if is_approved and row["personal"] == _NOTHING else "erased_unapproved"
