"""Who guesses: budgets of wrong tries for caller and terminal, whichever credentials they try, and the alert when one is used up."""

from datetime import timedelta
from typing import Final

from issuance_db.failure_budgets import BudgetExhausted, FailureBudget, caller_scope, terminal_scope
from issuance_db.guessing_alerts import open_guessing_alert
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, CredentialRequest, Terminal

FAILURE_WINDOW: Final = timedelta(minutes=10)
_DAY: Final = timedelta(days=1)


def budgets_of(environment: Environment, caller: Caller, terminal: Terminal) -> tuple[FailureBudget, ...]:
    """What this caller and this terminal may still get wrong."""
    limits = environment.limits
    at = terminal_scope(caller.caller_id, terminal.operator, terminal.store, terminal.terminal)
    return (
        FailureBudget(caller_scope(caller.caller_id), limits.caller_failures, FAILURE_WINDOW),
        FailureBudget(at, limits.terminal_failures, FAILURE_WINDOW),
        FailureBudget(f"day/{at}", limits.terminal_failures_a_day, _DAY),
    )


async def guessing_stopped(
    environment: Environment,
    caller: Caller,
    request: CredentialRequest,
    exhausted: BudgetExhausted,
) -> Refusal:
    """Open the alert for staff, once an hour for each terminal, and return the refusal: the same for every credential."""
    terminal = request.terminal
    where = f"{caller.caller_id} / {terminal.operator} / {terminal.store} / {terminal.terminal}"
    async with environment.database.city(request.municipality_code) as connection:
        await open_guessing_alert(connection, request.municipality_code, where)
    return Refusal(RefusalCode.BUSY, "guessing_stopped", retry_after=exhausted.retry_after)
