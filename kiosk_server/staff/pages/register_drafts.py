"""仮登録 → 審査 → 決裁 → 本登録 of the resident registry."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import asyncpg
from aiohttp import web

from civil.errors import KioskError
from kiosk_server.staff.duties import COUNTER_STAFF, RESIDENT_READERS
from kiosk_server.staff.page import Page
from kiosk_server.staff.register import inquirer_of_page, log_preview, registering, show_registered
from kiosk_server.staff.terms import Term
from kiosk_server.staff.visit import Visit
from registry.residents import (
    Draft,
    DraftState,
    HistoryRow,
    Inquirer,
    Previewed,
    RegisterRefusal,
    UnknownDraft,
    city_transaction,
    decide_draft,
    draft,
    end_draft,
    event_kind,
    open_drafts,
    preview_event,
    record_draft,
    review_draft,
)

_STAGES: Final[Mapping[DraftState, Term]] = {
    DraftState.ENTERED: ("仮登録(審査待ち)", "entered; waits for the review"),
    DraftState.REVIEWED: ("審査済み(決裁待ち)", "reviewed; waits for the decision"),
    DraftState.DECIDED: ("決裁済み(本登録待ち)", "decided; waits for the final entry"),
    DraftState.RECORDED: ("本登録済み", "recorded"),
    DraftState.RETURNED: ("差戻し", "returned"),
    DraftState.WITHDRAWN: ("取下げ", "withdrawn"),
}
_NEXT: Final[Mapping[DraftState, str]] = {
    DraftState.ENTERED: "review", DraftState.REVIEWED: "decide", DraftState.DECIDED: "record",
}  # fmt: skip
_WORDS: Final[Mapping[str, Term]] = {
    "review": ("審査を終える", "The review is done"),
    "decide": ("決裁する", "Decide"),
    "record": ("本登録する", "Make the final entry"),
}
_LOOKING: Final = "仮登録の審査・決裁"


class NoSuchStep(KioskError):
    """その手続きはありません。仮登録の画面から操作してください。 / There is no such step. Use the page of the draft."""


async def _list(visit: Visit) -> web.Response:
    async with registering(visit) as register, city_transaction(register, visit.city):
        drafts = await open_drafts(register, visit.city)
    return await show_registered(visit, "register_drafts.html", drafts=drafts, stages=_STAGES)


async def _draw(visit: Visit) -> web.Response:
    async with registering(visit) as register:
        async with city_transaction(register, visit.city):
            found = await draft(register, visit.city, visit.number("draft", UnknownDraft))
        previewed, refusal = await _preview(visit, register, found)
        persons = [entry.person_number for entry in found.event.entries] + list(found.event.changes)
        if previewed is not None:
            await log_preview(visit, register, previewed, _LOOKING)
    return await show_registered(
        visit, "register_draft.html", draft=found, previewed=previewed, refusal=refusal, persons=persons, stages=_STAGES, step_words=_WORDS,
        outdated=previewed is not None and dict(previewed.based_on) != dict(found.based_on), next_step=_NEXT.get(found.state),
        two_persons=event_kind(found.event.kind).two_persons, hands_out=event_kind(found.event.kind).notices, may_act=visit.may(COUNTER_STAFF),
    )  # fmt: skip


async def _preview(
    visit: Visit, register: asyncpg.Connection, found: Draft
) -> tuple[Previewed | None, RegisterRefusal | None]:
    """What it would still change, or why it no longer can; neither of one that has ended."""
    if found.state not in _NEXT:
        return None, None
    try:
        previewed = await preview_event(
            register, visit.city, found.event, operator=found.entered_by, place=found.place, now=visit.now
        )
    except RegisterRefusal as refusal:
        return None, refusal
    return previewed if visit.may(COUNTER_STAFF) else _masked(inquirer_of_page(visit, _LOOKING), previewed), None


def _masked(asker: Inquirer, previewed: Previewed) -> Previewed:
    """Without the items that an onlooker has no right to."""
    persons = {
        number: (None if before is None else _seen(asker, before), tuple(_seen(asker, row) for row in made))
        for number, (before, made) in previewed.persons.items()
    }
    return replace(previewed, persons=persons)


def _seen(asker: Inquirer, row: HistoryRow) -> HistoryRow:
    return replace(row, record=asker.seen(row.record))


async def _step(visit: Visit) -> web.Response:
    number, step = visit.number("draft", UnknownDraft), visit.request.match_info["step"]
    async with registering(visit) as register:
        if step == "review":
            await review_draft(register, visit.city, number, by=visit.session.name, now=visit.now)
        elif step == "decide":
            await decide_draft(register, visit.city, number, by=visit.session.name, now=visit.now)
        elif step == "record":
            await record_draft(register, visit.city, number, by=visit.session.name, now=visit.now)
        else:
            raise NoSuchStep
    return visit.to(f"/registry/drafts/{number}", f"draft_{step}")


async def _end(visit: Visit) -> web.Response:
    number, reason = visit.number("draft", UnknownDraft), visit.text("reason")
    async with registering(visit) as register:
        returned = visit.form.get("how") == "returned"
        await end_draft(
            register, visit.city, number, returned=returned, reason=reason, by=visit.session.name, now=visit.now
        )
    return visit.to("/registry/drafts", "draft_returned" if returned else "draft_withdrawn")


PAGES: Final = (
    Page("GET", "/registry/drafts", RESIDENT_READERS, _list),
    Page("GET", "/registry/drafts/{draft}", RESIDENT_READERS, _draw),
    Page("POST", "/registry/drafts/{draft}/end", COUNTER_STAFF, _end),
    Page("POST", "/registry/drafts/{draft}/{step}", COUNTER_STAFF, _step),
)
