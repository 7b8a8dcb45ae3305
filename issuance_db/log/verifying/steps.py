"""Every request's steps: gapless, chained, and in agreement with the state that the request and its attempts have now."""

from hashlib import sha256
from typing import Final

import asyncpg

from civil.sql import load
from issuance_db.log.verifying.findings import Finding, Row

_SQL: Final = load("issuance_db.log.verifying", "verifying.sql")


async def verify_steps(connection: asyncpg.Connection, municipality_code: str) -> list[Finding]:
    """What is wrong with the steps; so an unbatched row cannot vanish unseen. Runs in the caller's snapshot."""
    findings = await _chains(connection, municipality_code)
    for row in await connection.fetch(_SQL["request_states"], municipality_code):
        where = Row("issuance.request", request_id=row["request_id"])
        findings.append(Finding("state_differs", where, _both(row)))
    for row in await connection.fetch(_SQL["attempt_states"], municipality_code):
        where = Row("issuance.intent", issuance_number=row["issuance_number"], request_id=row["request_id"])
        findings.append(Finding("state_differs", where, _both(row)))
    for row in await connection.fetch(_SQL["issuances_missing"], municipality_code):
        where = Row("issuance", issuance_number=row["issuance_number"], request_id=row["request_id"])
        findings.append(Finding("issuance_missing", where))
    return findings


async def _chains(connection: asyncpg.Connection, municipality_code: str) -> list[Finding]:
    findings = []
    request: tuple[str, str, str] | None = None
    step, digest = 0, b""
    async for row in connection.cursor(_SQL["steps"], municipality_code, prefetch=2_000):
        if (row["caller_id"], row["call"], row["request_id"]) != request:
            request, step, digest = (row["caller_id"], row["call"], row["request_id"]), 0, b""
        where = Row("transition", _key(row), None, row["issuance_number"], row["request_id"])
        if row["step"] != step + 1:
            findings.append(Finding("step_missing", where, f"{step + 1} - {row['step'] - 1}"))
        elif row["previous_digest"] != digest:
            findings.append(Finding("step_changed", where))
        made = sha256(row["previous_digest"] + row["salt"] + row["content"].encode()).digest()
        if made != row["digest"]:
            findings.append(Finding("step_changed", where))
        step, digest = row["step"], row["digest"]
    return findings


def _key(row: asyncpg.Record) -> str:
    return f'["{row["caller_id"]}", "{row["call"]}", "{row["request_id"]}", {row["step"]}]'


def _both(row: asyncpg.Record) -> str:
    return f"{row['state'] or '-'} ≠ {row['step_state'] or '-'}"
