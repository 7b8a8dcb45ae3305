"""All rules, one after the other, over one snapshot of the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from issuance_db.fsck import answers, chain, endings, numbers, outcomes, persons, seal_places, steps
from issuance_db.fsck.log import log_findings
from issuance_db.fsck.rule import Bounds, Finding, Look, Rule

_BY_STATEMENT: Final[Sequence[tuple[Mapping[str, str], Sequence[Rule]]]] = tuple(
    (room.STATEMENTS, room.RULES) for room in (answers, persons, numbers, seal_places, steps, endings, outcomes, chain)
)
RULES: Final = (*(rule for _, rules in _BY_STATEMENT for rule in rules), numbers.MALFORMED)
"""Everything that is looked for by a statement of its own; `LOG_RULES` is what verifying the log adds."""
_DEFAULT: Final = Bounds()
# Thousands of digests and a handful of scans: compiling the plans costs more than it saves.
_SETTINGS: Final = "SELECT set_config('kiosk.municipality', $1, true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"

Progress = Callable[[Rule], None]
"""Called after each rule, with the rule."""


def _untold(_rule: Rule) -> None:
    return


async def check(
    connection: asyncpg.Connection,
    municipality_code: str,
    now: datetime,
    *,
    bounds: Bounds = _DEFAULT,
    progress: Progress = _untold,
    with_log: bool = False,
) -> Sequence[Finding]:
    """What is wrong with the books of one city (市町村コード) at ``now`` (UTC); nothing is an empty sequence.

    Takes a connection as role fsck outside a transaction. Reads one REPEATABLE READ snapshot, so it is exact on a live
    system, and writes nothing. ``with_log`` recomputes the whole log of history too, where a logger runs. Raises what asyncpg raises when the database cannot be read.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await check_snapshot(
            connection, municipality_code, now, bounds=bounds, progress=progress, with_log=with_log
        )


async def check_snapshot(
    connection: asyncpg.Connection,
    municipality_code: str,
    now: datetime,
    *,
    bounds: Bounds = _DEFAULT,
    progress: Progress = _untold,
    with_log: bool = False,
) -> Sequence[Finding]:
    """As `check`, inside the caller's own transaction, and with what that has changed."""
    await connection.execute(_SETTINGS, municipality_code)
    look = Look(connection, municipality_code, now, bounds)
    findings = []
    for statements, rules in _BY_STATEMENT:
        for rule in rules:
            findings += _finding(rule, await look.concerns(statements, rule))
            progress(rule)
    findings += _finding(numbers.MALFORMED, await numbers.malformed(look))
    progress(numbers.MALFORMED)
    return [*findings, *await log_findings(look)] if with_log else findings


def _finding(rule: Rule, concerns: tuple[str, ...]) -> list[Finding]:
    return [Finding(rule, concerns)] if concerns else []
