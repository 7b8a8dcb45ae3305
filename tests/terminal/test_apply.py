"""本籍地利用登録 at the terminal: what somebody of another city types, the card last, and nothing of it left behind."""

from datetime import date
from pathlib import Path

import pytest

from kiosk_server.issuing.request import AccessRegistration
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.visit import Visit
from kiosk_server.terminal.words import catalogue
from kiosk_server.web.client import CentreProblem
from tests.terminal.bench import PIN, RACK, Bench, terminal
from tests.terminal.city import FakeService, problem

NAME, DOMICILE, HEAD = "ミホン　ハナコ", "ホンジョウ3-2145", "ミホン　タロウ"
WRONG = catalogue("ja")["typing.wrong"]


def to_confirm(bench: Bench) -> None:
    bench.does("next", language="ja")
    bench.does("apply")
    bench.does("next")
    for typed in (NAME, "19800401", DOMICILE, HEAD):
        bench.does("next", typed=typed)
    assert bench.step is Step.APPLY_CONFIRM


async def sign(bench: Bench) -> None:
    bench.does("next")
    assert bench.step is Step.CARD
    bench.reader.place(RACK.card(0))
    await bench.until(Step.PIN)
    bench.does("next", pin=PIN)


async def test_what_was_typed_is_signed_by_the_card_and_the_number_shown(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        to_confirm(bench)
        await sign(bench)
        await bench.until(Step.APPLIED)
        (asked,) = bench.service.applied
        assert (asked.name, asked.birth_on, asked.domicile, asked.first_registrant) == (
            NAME, date(1980, 4, 1), DOMICILE, HEAD
        )  # fmt: skip
        visit = bench.machine.visit
        assert visit.registration == bench.service.registration
        assert NAME not in repr(visit)
        bench.does("stop")
        assert repr(visit) == repr(Visit(tag=visit.tag))
        assert not visit.typed
        await bench.until(Step.CARD_LEFT)
        assert bench.service.asked == []


@pytest.mark.parametrize(
    ("earlier_on", "said"),
    [(None, "申請を受け付けました。2026年12月3日まで"), (date(2026, 11, 20), "2026年11月20日に申請を")],
)
async def test_who_applied_before_hears_that_what_was_typed_now_changes_nothing_and_everybody_to_take_the_card(
    tmp_path: Path, earlier_on: date | None, said: str
) -> None:
    registration = AccessRegistration("12", "submitted", date(2026, 12, 3), earlier_on)
    async with terminal(tmp_path, FakeService(registration=registration)) as bench:
        to_confirm(bench)
        await sign(bench)
        await bench.until(Step.APPLIED)
        page = bench.drawn()
        assert said in page
        assert ("変わりません" in page) is (earlier_on is not None)
        assert catalogue("ja")["remove_card.lead"] in page


async def test_whose_application_waits_hears_since_when_and_until_when_the_usual_way(tmp_path: Path) -> None:
    waits = AccessRegistration("12", "submitted", date(2026, 12, 3), date(2026, 11, 20))
    service = FakeService(trouble=[CentreProblem("application_waits", 403, "title", "detail", registration=waits)])
    async with terminal(tmp_path, service) as bench:
        await bench.place(RACK.card(0))
        bench.does("next", pin=PIN)
        await bench.until(Step.APPLIED)
        page = bench.drawn()
        assert "You applied for access to your koseki with this card on November 20, 2026." in page
        assert "by December 3, 2026" in page
        assert "What you typed" not in page
        assert bench.service.applied == []
        bench.does("stop")
        bench.reader.take()
        await bench.until(Step.LANGUAGE)
        assert bench.machine.visit == Visit(tag=bench.machine.visit.tag)


async def test_the_first_registrant_may_be_the_applicant(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        to_confirm(bench)
        bench.does("back")
        bench.does("next", me="1")
        assert bench.machine.visit.typed[Step.APPLY_REGISTRANT] == NAME


@pytest.mark.parametrize("typed", ["", "　", "x" * 101, "a\x00b", ["a", "b"]])
async def test_what_can_be_no_name_is_typed_again(tmp_path: Path, typed: str | list[str]) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        bench.does("next", language="ja")
        bench.does("apply")
        bench.does("next")
        bench.does("next", typed=typed)
        assert bench.step is Step.APPLY_NAME
        assert WRONG in bench.drawn()
        bench.does("next", typed=NAME)
        assert WRONG not in bench.drawn()


@pytest.mark.parametrize("typed", ["1980-04-01", "19800230", "1980041", "18000101", "昭和55年", "１９８００４０１"])
async def test_what_can_be_no_day_of_birth_is_typed_again(tmp_path: Path, typed: str) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        bench.does("next", language="ja")
        bench.does("apply")
        bench.does("next")
        bench.does("next", typed=NAME)
        bench.does("next", typed=typed)
        assert bench.step is Step.APPLY_BIRTH
        assert WRONG in bench.drawn()


async def test_every_screen_leads_back_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        to_confirm(bench)
        for _ in range(6):
            bench.does("back")
        assert bench.step is Step.CARD
        assert bench.machine.visit.typed[Step.APPLY_NAME] == NAME
        bench.reader.place(RACK.card(0))
        await bench.until(Step.PIN)
        bench.does("next", pin=PIN)
        await bench.until(Step.REMOVE_CARD)
        assert bench.service.applied == []


async def test_a_no_is_neutral_and_may_be_tried_with_another_card(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(trouble=[problem("not_available")])) as bench:
        to_confirm(bench)
        await sign(bench)
        await bench.until(Step.REFUSED)
        assert bench.machine.visit.reason == "not_available"


async def test_a_terminal_of_the_citys_pin_takes_no_applications(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), pin="city") as bench:
        bench.does("next", language="ja")
        bench.does("apply")
        assert bench.step is Step.CARD


async def test_left_alone_nothing_of_it_stays(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        to_confirm(bench)
        visit = bench.machine.visit
        bench.does("stop")
        assert (visit.typed, bench.step) == ({}, Step.LANGUAGE)
