"""Accounts of the console: administrators make, change, reset and end; another person releases."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_accounts import NothingToRelease, list_accounts
from issuance_db.staff_passkeys import waiting_passkeys
from kiosk_server.staff.accounts import change_duties, close_account, open_account, release, reset_account
from kiosk_server.staff.duties import ACCOUNT_KEEPERS, ACCOUNT_READERS, ACCOUNT_RELEASERS, Duty
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.passwords import initial_password
from kiosk_server.staff.sign_in import FIRST_PASSWORD_LIVES
from kiosk_server.staff.visit import Visit

ENTRY: Final = Entry("/accounts", "利用者", "Accounts", ACCOUNT_READERS)
_DUTY: Final = "duty_"
_LONGEST_NAME: Final = 64


class NotOnesOwn(KioskError):
    """自分の利用者IDは、別の利用者管理の担当に頼んでください。 / Ask another administrator for your own account."""


class DayWrong(KioskError):
    """使える最後の日に誤りがあります。 / The last day is wrong."""


async def _draw(visit: Visit) -> web.Response:
    return await _page(visit)


async def _make(visit: Visit) -> web.Response:
    account_id, name, actor = visit.text("account"), visit.text("name", _LONGEST_NAME), visit.actor()
    password = initial_password()
    hashed = await visit.console.passwords.hash(password)
    async with visit.database() as connection:
        await open_account(connection, visit.city, account_id, name, _duties(visit), _last_day(visit), hashed, actor)
    return await _page(visit, told=(account_id, password))


async def _reset(visit: Visit) -> web.Response:
    account_id, actor = _somebody_else(visit), visit.actor()
    password = initial_password()
    hashed = await visit.console.passwords.hash(password)
    async with visit.database() as connection:
        await reset_account(connection, visit.city, account_id, hashed, actor, codes_too="codes_too" in visit.form)
    return await _page(visit, told=(account_id, password))


async def _change(visit: Visit) -> web.Response:
    account_id, actor = _somebody_else(visit), visit.actor()
    async with visit.database() as connection:
        await change_duties(connection, visit.city, account_id, _duties(visit), _last_day(visit), actor)
    return visit.to("/accounts", "duties_changed")


async def _release(visit: Visit) -> web.Response:
    account_id, actor = visit.text("account"), visit.actor()
    async with visit.database() as connection:
        await release(connection, visit.city, account_id, actor, _as_read(visit))
    return visit.to("/accounts", "account_released")


async def _end(visit: Visit) -> web.Response:
    account_id, actor = _somebody_else(visit), visit.actor()
    async with visit.database() as connection:
        await close_account(connection, visit.city, account_id, visit.now, actor)
    return visit.to("/accounts", "account_ended")


async def _page(visit: Visit, told: tuple[str, str] | None = None) -> web.Response:
    async with visit.database() as connection:
        rows = await list_accounts(connection, visit.city)
        passkeys = await waiting_passkeys(connection, visit.city)
    # The first password is shown once, in the answer to the form that made it, and never kept.
    return visit.show(
        "accounts.html",
        rows=rows,
        passkeys=passkeys,
        lives=FIRST_PASSWORD_LIVES,
        duties=tuple(Duty),
        told=told,
        may_change=visit.may(ACCOUNT_KEEPERS),
        may_release=visit.may(ACCOUNT_RELEASERS),
    )


def _somebody_else(visit: Visit) -> str:
    account_id = visit.text("account")
    if account_id == visit.session.account_id:
        raise NotOnesOwn
    return account_id


def _duties(visit: Visit) -> Sequence[str]:
    return [duty.value for duty in Duty if f"{_DUTY}{duty.value}" in visit.form]


def _as_read(visit: Visit) -> datetime:
    try:
        return datetime.fromisoformat(visit.form.get("waits_since", ""))
    except ValueError:
        raise NothingToRelease from None


def _last_day(visit: Visit) -> date | None:
    try:
        return date.fromisoformat(visit.form["valid_until"]) if visit.form.get("valid_until") else None
    except ValueError:
        raise DayWrong from None


PAGES: Final = (
    Page("GET", "/accounts", ACCOUNT_READERS, _draw),
    Page("POST", "/accounts", ACCOUNT_KEEPERS, _make),
    Page("POST", "/accounts/reset", ACCOUNT_KEEPERS, _reset),
    Page("POST", "/accounts/duties", ACCOUNT_KEEPERS, _change),
    Page("POST", "/accounts/release", ACCOUNT_RELEASERS, _release),
    Page("POST", "/accounts/end", ACCOUNT_KEEPERS, _end),
)
