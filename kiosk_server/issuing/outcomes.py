"""What became of an issuance: asked for, reported, and alerts about it. Only the caller that received it may know."""

from datetime import timedelta
from typing import Final

import asyncpg

from issuance_db import history
from issuance_db.history import RecordedOutcome
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, CentreAlert, IssuanceState, OutcomeReport

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far a terminal's clock may run ahead of ours."""


async def state_of(environment: Environment, caller: Caller, issuance_number: str) -> IssuanceState:
    """State and outcome; ``unknown`` until something was reported, since sent is not printed."""
    async with environment.database.city(caller.municipality_code) as connection:
        issuance = await _of_caller(connection, caller, issuance_number)
    return IssuanceState(issuance_number, "issued", issuance.kind, issuance.recorded_at, issuance.outcome or "unknown")


async def report_outcome(environment: Environment, caller: Caller, issuance_number: str, report: OutcomeReport) -> None:
    """Store the first report; the same again changes nothing; a contradiction opens an alert and is refused."""
    now = environment.clock()
    if report.occurred_at > now + CLOCK_TOLERANCE:
        raise Refusal(RefusalCode.MALFORMED, "outcome_in_future", field="occurred_at")
    async with environment.database.city(caller.municipality_code) as connection:
        await _of_caller(connection, caller, issuance_number)
        if await history.add_outcome(
            connection,
            caller.municipality_code,
            issuance_number,
            report.outcome,
            report.occurred_at,
            caller.caller_id,
            fee_collected=report.fee_collected,
        ):
            if report.outcome == "failed":
                await _tell_if_failing(connection, caller.municipality_code, issuance_number)
            return
        stored = await _of_caller(connection, caller, issuance_number)
        contradiction = (stored.outcome, stored.fee_collected) != (report.outcome, report.fee_collected)
        if contradiction:
            await history.open_callers_alert(
                connection,
                caller.municipality_code,
                "outcome_conflict",
                f"{stored.outcome} then {report.outcome}",
                issuance_number=issuance_number,
                caller_id=caller.caller_id,
            )
    if contradiction:
        raise Refusal(RefusalCode.OUTCOME_CONFLICT, "outcome_conflict", issuance_number=issuance_number)


async def open_alert(environment: Environment, caller: Caller, alert: CentreAlert) -> None:
    """Open the centre's alert. It stops nothing, and no later good retry closes it (Adachi 2023)."""
    async with environment.database.city(caller.municipality_code) as connection:
        await history.open_callers_alert(
            connection,
            caller.municipality_code,
            f"centre/{alert.code}",
            alert.detail,
            issuance_number=alert.issuance_number,
            caller_id=caller.caller_id,
            request_id=alert.request_id,
        )


async def _tell_if_failing(connection: asyncpg.Connection, municipality_code: str, issuance_number: str) -> None:
    """Three failed prints in a row at one terminal are an alert, once a day: people pay there and get nothing."""
    place = await history.failing_place(connection, municipality_code, issuance_number)
    if place is not None:
        await history.open_daily_alert(connection, municipality_code, f"prints_failing/{place}", issuance_number)


async def _of_caller(connection: asyncpg.Connection, caller: Caller, issuance_number: str) -> RecordedOutcome:
    issuance = await history.outcome_of(connection, caller.municipality_code, issuance_number)
    if issuance is None or issuance.caller_id != caller.caller_id:
        raise Refusal(RefusalCode.NO_SUCH_ISSUANCE, "not_of_this_caller")
    return issuance
