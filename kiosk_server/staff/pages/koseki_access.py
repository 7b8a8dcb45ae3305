"""本籍地利用登録: applications of residents of other cities, each beside what the koseki says, decided within five business days."""

import asyncio
from datetime import date
from typing import Final

import asyncpg
from aiohttp import web

from civil.calendar import jst_date
from civil.errors import KioskError
from issuance_db import city
from issuance_db import koseki_access_review as review
from issuance_db.koseki_access import close_day, closed_days, open_day
from issuance_db.koseki_access_review import (
    Agreement,
    Application,
    ApplicationDecidedAlready,
    Candidate,
    EndCause,
    RefusedFor,
)
from issuance_db.staff_acts import Actor
from kiosk_server.issuing.request import Channel, Kind
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS, SUPERVISORS
from kiosk_server.staff.koseki_access import (
    AGREEMENTS,
    CARD_CHECKS,
    END_CAUSES,
    ENDED_BY_STAFF,
    REFUSALS,
    STATES,
    compared,
    countdown,
)
from kiosk_server.staff.notice import Notice, draw_notice
from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages.credentials import NotSure
from kiosk_server.staff.visit import Visit

_ROOT: Final = "/koseki-access"
_ONE: Final = f"{_ROOT}/{{number}}"
ENTRY: Final = Entry(_ROOT, "利用登録", "Koseki access", RESIDENT_READERS)


class NoSuchApplication(KioskError):
    """この番号の申請はありません。一覧から選んでください。 / There is no such application. Choose from the list."""


class CardNotChecked(KioskError):
    """カードが本人のものであることをどう確かめたかを選んでください。何も変えていません。 /
    Choose how you found out that the card is the person's. Nothing was changed."""


class DifferenceNotLookedAt(KioskError):
    """申請と戸籍に、違いか、目で確かめるところがあります。同じ人・同じ戸籍であることを確かめ、欄に印を付けてください。何も変えていません。 /
    The application differs from the koseki, or is to be compared by eye. Make sure that it is the same person and koseki, and mark the box. Nothing was changed."""


class NotChosen(KioskError):
    """欄を選んでください。何も変えていません。 / Choose one. Nothing was changed."""


class NotADay(KioskError):
    """日付を選んでください。 / Choose a day."""


class NotDecidedYet(KioskError):
    """まだ決めていない申請には通知書がありません。 / There is no notice before a decision."""


async def _list(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        open_ones = await review.applications(connection, ["submitted"])
        others = await review.applications(connection, ["accepted", "refused", "withdrawn", "expired"])
        closed = await closed_days(connection, min([visit.today, *(one.due_on for one in open_ones)]))
        await visit.reads(connection, "koseki_access_list", concerns=str(len(open_ones) + len(others)))
    rows = [(one, countdown(one, visit.today, closed)) for one in open_ones]
    return visit.show(
        "koseki_access.html", rows=rows, others=others, closed=sorted(closed), states=STATES,
        may_close=visit.may(SUPERVISORS), most=review.MOST, today=visit.today,
    )  # fmt: skip


async def _show(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        one = await _named(visit, connection)
        is_open, may_act = one.state == "submitted", visit.may(COUNTER_STAFF)
        found = await review.candidates(connection, one) if is_open else ()
        closed = await closed_days(connection, min(visit.today, one.due_on))
        await visit.reads(connection, "koseki_access", concerns=str(one.registration_number))
    return visit.show(
        "koseki_access_one.html", one=one, is_open=is_open, may_act=may_act,
        found=[
            compared(one, candidate, review.obstacles(candidate, visit.now), sees_protection=may_act)
            for candidate in found
        ],
        is_full=len(found) == review.MOST_CANDIDATES,
        countdown=countdown(one, visit.today, closed), states=STATES, card_checks=CARD_CHECKS, refusals=REFUSALS,
        end_causes=END_CAUSES, ended_by_staff=ENDED_BY_STAFF, agreements=AGREEMENTS, same=Agreement.SAME,
    )  # fmt: skip


async def _accept(visit: Visit) -> web.Response:
    check = visit.form.get("card_check", "")
    if check not in CARD_CHECKS:
        raise CardNotChecked
    who = Actor(visit.session.name, f"カードの確認: {CARD_CHECKS[check][0]}")
    async with visit.database() as connection:
        one = await _named(visit, connection)
        candidate = await _looked_at(visit, connection, one)
        if min(review.agreeing(one, candidate)) < Agreement.SAME and not visit.form.get("same"):
            raise DifferenceNotLookedAt
        await review.accept(connection, visit.city, one, candidate, visit.now, who)
    return visit.to(f"{_ROOT}/{one.registration_number}", "koseki_access_accepted")


async def _looked_at(visit: Visit, connection: asyncpg.Connection, one: Application) -> Candidate:
    """Whom the clerk has chosen, as they were on the page. Raises KosekiMovedMeanwhile."""
    if one.state != "submitted":
        raise ApplicationDecidedAlready
    shown = (visit.form.get("koseki_person_number"), visit.form.get("sequence"))
    for candidate in await review.candidates(connection, one):
        if (candidate.koseki_person_number, str(candidate.sequence)) == shown:
            return candidate
    raise review.KosekiMovedMeanwhile


async def _refuse(visit: Visit) -> web.Response:
    word = visit.form.get("refused_for", "")
    if word not in set(RefusedFor):
        raise NotChosen
    who = Actor(visit.session.name, f"通知の文: {REFUSALS[RefusedFor(word)][0]}")
    async with visit.database() as connection:
        one = await _named(visit, connection)
        known = {candidate.koseki_person_number for candidate in await review.candidates(connection, one)}
        person = visit.form.get("koseki_person_number", "")
        addressee = person if person in known else None
        await review.refuse(
            connection, visit.city, one.registration_number, RefusedFor(word), visit.now, who, addressee
        )
    return visit.to(f"{_ROOT}/{one.registration_number}", "koseki_access_refused")


async def _withdraw(visit: Visit) -> web.Response:
    word = visit.form.get("end_cause", "")
    if word not in set(EndCause):
        raise NotChosen
    if not visit.form.get("sure"):
        raise NotSure
    who = Actor(visit.session.name, END_CAUSES[word][0])
    async with visit.database() as connection:
        one = await _named(visit, connection)
        await review.withdraw(connection, visit.city, one.registration_number, EndCause(word), visit.now, who)
    return visit.to(f"{_ROOT}/{one.registration_number}", "koseki_access_withdrawn")


async def _notice(visit: Visit) -> web.Response:
    async with visit.database() as connection:
        one = await _named(visit, connection)
        if one.state not in {"accepted", "refused"} or one.decided_at is None:
            raise NotDecidedYet
        number = one.koseki_person_number
        addressee = None if number is None else await review.addressee(connection, number)
        on = jst_date(one.decided_at)
        settings = await city.city_on(connection, visit.city, Kind.KOSEKI_FULL, Channel.CENTRE, on)
        await visit.reads(connection, "koseki_access_notice", concerns=str(one.registration_number))
    refusal = None if one.refused_for is None else REFUSALS[RefusedFor(one.refused_for)]
    mayor = "" if settings is None or settings.mayor_name is None else f"{settings.mayor_title}　{settings.mayor_name}"
    is_specimen = settings is not None and settings.marker == "demo"
    notice = Notice(one.registration_number, jst_date(one.submitted_at), on, addressee, mayor, refusal, is_specimen)
    headers = {"Content-Disposition": f'inline; filename="koseki-access-{one.registration_number}.pdf"'}
    content = await asyncio.to_thread(draw_notice, notice)
    return web.Response(body=content, content_type="application/pdf", headers=headers)


async def _close_day(visit: Visit) -> web.Response:
    day, who = _day(visit), visit.actor()
    async with visit.database() as connection:
        await (open_day if visit.form.get("open") else close_day)(connection, visit.city, day, who)
    return visit.to(_ROOT, "office_day_opened" if visit.form.get("open") else "office_day_closed")


def _day(visit: Visit) -> date:
    try:
        return date.fromisoformat(visit.form.get("day", ""))
    except ValueError:
        raise NotADay from None


async def _named(visit: Visit, connection: asyncpg.Connection) -> Application:
    found = await review.application(connection, visit.number("number", NoSuchApplication))
    if found is None:
        raise NoSuchApplication
    return found


PAGES: Final = (
    Page("GET", _ROOT, RESIDENT_READERS, _list),
    Page("POST", f"{_ROOT}/closed-days", SUPERVISORS, _close_day),
    Page("GET", _ONE, RESIDENT_READERS, _show),
    Page("GET", f"{_ONE}/notice", COUNTER_STAFF, _notice),
    Page("POST", f"{_ONE}/accept", COUNTER_STAFF, _accept),
    Page("POST", f"{_ONE}/refuse", COUNTER_STAFF, _refuse),
    Page("POST", f"{_ONE}/withdraw", COUNTER_STAFF, _withdraw),
)
