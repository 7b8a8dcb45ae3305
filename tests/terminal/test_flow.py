"""The table of steps: what leads where, for every event at every step."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.terminal.flow import (
    APPLYING,
    BY_PERSON,
    CHOOSING,
    Event,
    NotHere,
    Step,
    after,
    choosing,
    idle_seconds,
)

ALL_PATHS = [
    choosing(has_choices=a, has_persons=b, has_options=c)
    for a in (False, True)
    for b in (False, True)
    for c in (False, True)
]
PATHS = st.sampled_from(ALL_PATHS)
AT_WORK = {Step.CHECKING, Step.ISSUING, Step.PRINTING}
WITH_MONEY = {Step.PAY, Step.ISSUING, Step.PRINTING}


def leads(step: Step, path: tuple[Step, ...], events: frozenset[Event] | type[Event] = Event) -> Iterator[Step]:
    """Every step that may follow."""
    for event in events:
        try:
            yield after(step, event, path)
        except NotHere:
            continue


def reached(start: Step, path: tuple[Step, ...]) -> set[Step]:
    found, new = {start}, [start]
    while new:
        more = set(leads(new.pop(), path)) - found
        found |= more
        new += more
    return found


@pytest.mark.parametrize("path", ALL_PATHS)
def test_every_step_can_be_reached_and_every_step_leads_out(path: tuple[Step, ...]) -> None:
    assert reached(Step.LANGUAGE, path) == (set(Step) - set(CHOOSING)) | set(path)
    assert all(Step.LANGUAGE in reached(step, path) for step in reached(Step.LANGUAGE, path))


@given(PATHS, st.lists(st.sampled_from(Event), max_size=60))
def test_paper_is_made_only_after_a_card_was_read_or_an_id_typed_the_person_known_and_the_fee_paid(
    path: tuple[Step, ...], events: list[Event]
) -> None:
    step, since_the_start = Step.LANGUAGE, set[Event]()
    for event in events:
        try:
            step = after(step, event, path)
        except NotHere:
            continue
        since_the_start = set() if step is Step.LANGUAGE else since_the_start | {event}
        if step in {Step.ISSUING, Step.PRINTING, Step.TAKE}:
            assert since_the_start >= {Event.IDENTIFIED, Event.PAID}
            assert since_the_start & {Event.CARD_READ, Event.ONE_TRY, Event.WITHOUT_CARD}


@given(PATHS, st.lists(st.sampled_from(sorted(BY_PERSON)), max_size=60))
def test_a_page_that_skips_steps_gets_no_further_than_the_question_who_it_is(
    path: tuple[Step, ...], events: list[Event]
) -> None:
    step = Step.LANGUAGE
    for event in events:
        try:
            step = after(step, event, path)
        except NotHere:
            continue
        asking = {Step.LANGUAGE, Step.CARD, Step.CARD_LEFT, Step.USER_ID, Step.PIN, Step.CHECKING}
        assert step in asking | {Step.APPLY, *APPLYING, Step.APPLY_CONFIRM}
        if step is Step.CARD_LEFT:
            return


@pytest.mark.parametrize("step", {Step.CARD, Step.READING, Step.CHECKING} | WITH_MONEY)
def test_whatever_the_machine_is_at_it_can_refuse_and_call_the_staff_only_about_money(step: Step) -> None:
    assert after(step, Event.REFUSED, CHOOSING) is Step.REFUSED
    assert (Step.STAFF in leads(step, CHOOSING)) is (step in WITH_MONEY)


@pytest.mark.parametrize("path", ALL_PATHS)
def test_back_undoes_next_wherever_something_is_chosen(path: tuple[Step, ...]) -> None:
    for step in (Step.KIND, *path):
        assert after(after(step, Event.NEXT, path), Event.BACK, path) is step


@pytest.mark.parametrize("step", Step)
def test_a_person_can_stop_wherever_the_machine_is_not_at_work_for_them(step: Step) -> None:
    path = CHOOSING
    if step in AT_WORK | {Step.LANGUAGE, Step.CARD_LEFT}:
        with pytest.raises(NotHere):
            after(step, Event.STOP, path)
        assert idle_seconds(step) is None
    else:
        assert after(step, Event.STOP, path) is Step.CARD_LEFT
        assert after(step, Event.IDLE, path) is Step.CARD_LEFT
        assert 20 < (idle_seconds(step) or 0) <= 600
