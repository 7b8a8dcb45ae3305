"""Entering an event step by step: the form made from the table of kinds, what will change, and the draft (S1-1)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from issuance_db.staff_sessions import find_search
from kiosk_server.staff.duties import COUNTER_STAFF
from kiosk_server.staff.identity import DOCUMENTS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import KEPT_AS, PLACE, inquirer_of_page, log_preview, registering, show_registered
from kiosk_server.staff.register_event import event_of, numbered
from kiosk_server.staff.register_form import (
    LONG_ITEMS,
    MOST_PEOPLE,
    OFFERED,
    Section,
    corrects,
    is_cancelling,
    is_entry,
    sections,
    shared_fields,
)
from kiosk_server.staff.visit import Visit, is_number
from registry.residents import (
    EventKind,
    HistoryRow,
    IdentityNotChecked,
    RegisterRefusal,
    Sight,
    Validation,
    city_transaction,
    drafts_about,
    enter_draft,
    event_kind,
    look_at_household,
    look_at_person,
    preview_event,
    withdraw_unless,
)

_CARRIED: Final = frozenset({"form_token", "step", "based_on"})
_STEPS: Final = frozenset({"", "add", "edit", "preview", "enter"})
_ASKED: Final = ("occurred", "identity_check", "planned_elsewhere_on", "note", "reverses", "typed", "new_household")
_ENTERING: Final = "異動の入力"


class KindNotChosen(KioskError):
    """異動事由を選んでください。 / Choose the kind of event."""


class TooManyPeople(KioskError):
    """一度に入力できるのは12人までです。残りの人は別の異動として入力してください。 / Twelve persons at most at once. Enter the others as another event."""


class EntryBroken(KioskError):
    """入力画面の内容が正しくありません。住民の画面から入力し直してください。 / The form is not as this console made it. Begin again from the page of the person."""


async def _enter(visit: Visit) -> web.Response:
    step, form = visit.form.get("step", ""), {name: value for name, value in visit.form.items() if name not in _CARRIED}
    if not form.get("kind"):
        raise KindNotChosen
    kind = event_kind(form["kind"])
    if step not in _STEPS or kind.code not in OFFERED or not is_number(form.get("people", "1")):
        raise EntryBroken
    async with registering(visit) as register:
        people = await _people(visit, register, kind, form, adding=step == "add")
        parts = sections(kind, form, people, await _opened_number(visit, form))
        if step not in {"preview", "enter"}:
            return await _form(visit, kind, form, parts, people)
        try:
            return await _try(visit, register, kind, form, parts, is_final=step == "enter")
        except (RegisterRefusal, KioskError) as refusal:
            return await _form(visit, kind, form, parts, people, refusal)


async def _try(
    visit: Visit,
    register: asyncpg.Connection,
    kind: EventKind,
    typed: Mapping[str, str],
    parts: Sequence[Section],
    *,
    is_final: bool,
) -> web.Response:
    form = await numbered(visit, register, kind, typed, parts)
    parts = sections(kind, form, [one.before for one in parts], "")
    event = event_of(visit, kind, form, parts)
    who: dict[str, Any] = {"operator": visit.session.name, "place": PLACE, "now": visit.now}
    if is_final:
        shown = _shown(visit)
        entered = await enter_draft(register, visit.city, event, **who)
        await withdraw_unless(register, visit.city, entered, shown, by=visit.session.name, now=visit.now)
        return visit.to(f"/registry/drafts/{entered.draft_id}", "draft_entered")
    previewed = await preview_event(register, visit.city, event, **who)
    await log_preview(visit, register, previewed, _ENTERING)
    async with city_transaction(register, visit.city):
        others = await drafts_about(register, visit.city, previewed.based_on)
    return await show_registered(
        visit, "register_preview.html", kind=kind, form=form, previewed=previewed, others=others, based_on=json.dumps(dict(previewed.based_on)),
    )  # fmt: skip


def _shown(visit: Visit) -> Mapping[str, int]:
    try:
        shown = json.loads(visit.form.get("based_on", ""))
    except ValueError:
        raise EntryBroken from None
    if not isinstance(shown, dict):
        raise EntryBroken
    return shown


async def _opened_number(visit: Visit, form: Mapping[str, str]) -> str:
    if not form.get("opened"):
        return ""
    async with visit.database() as connection:
        kept = await find_search(connection, visit.city, form["opened"], visit.token.digest)
    return "" if kept is None else kept.get(KEPT_AS, "")


async def _people(
    visit: Visit, register: asyncpg.Connection, kind: EventKind, form: Mapping[str, str], *, adding: bool
) -> Sequence[HistoryRow | None]:
    """Whom the form is about: the household of the person it was opened from, the person alone, or somebody new."""
    # What is carried over into the event is carried over whole; the form shows no My Number to anybody.
    opened, asker = (
        await _opened_number(visit, form),
        replace(inquirer_of_page(visit, _ENTERING), sights=frozenset(Sight)),
    )
    if is_entry(kind):
        number = int(form.get("people", "1")) + adding
        if not 0 < number <= MOST_PEOPLE:
            raise TooManyPeople
        current = await look_at_person(register, visit.city, opened, asker, visit.now) if opened else None
        back = current.current if current is not None and not current.current.record.in_register else None
        return [back, *[None] * (number - 1)]
    if not opened:
        raise EntryBroken
    current = await look_at_person(register, visit.city, opened, asker, visit.now)
    record = current.current.record
    if corrects(kind) or is_cancelling(kind) or not record.in_register:
        return [current.current]
    return await look_at_household(register, visit.city, record.household_number, asker, visit.now)


async def _form(
    visit: Visit,
    kind: EventKind,
    typed: Mapping[str, str],
    parts: Sequence[Section],
    people: Sequence[HistoryRow | None],
    error: KioskError | None = None,
) -> web.Response:
    form = dict.fromkeys(_ASKED, "") | {"notified_on": str(visit.today)} | dict(typed)
    return await show_registered(
        visit, "register_entry.html", status=200 if error is None else 409, kind=kind, form=form, people=parts, error=error,
        wrong="identity_check" if isinstance(error, IdentityNotChecked) else getattr(error, "item", ""), long_items=LONG_ITEMS, opened=form.get("opened", ""), shared=[] if is_cancelling(kind) else shared_fields(kind, form, None),
        is_entry=is_entry(kind), is_cancelling=is_cancelling(kind), documents=DOCUMENTS, can_add=is_entry(kind) and len(people) < MOST_PEOPLE,
        needs_identity=Validation.IDENTITY_CHECK in kind.validations, needs_planned=Validation.SPECIAL_DEADLINE in kind.validations,
        needs_new_household=Validation.NEW_HOUSEHOLD in kind.validations,
    )  # fmt: skip


PAGES: Final = (Page("POST", "/registry/entry", COUNTER_STAFF, _enter),)
