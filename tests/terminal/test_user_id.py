"""A 利用者ID typed at the terminal, with the city's PIN and without any card."""

from pathlib import Path

import pytest

from cardauth import UserId
from kiosk_server.terminal.flow import Step
from tests.terminal.bench import RACK, Bench, terminal
from tests.terminal.city import FakeService, problem

ID = "Ashikaga-42_x"


def to_user_id(bench: Bench) -> None:
    bench.does("next", language="en")
    bench.does("without_card")
    assert bench.step is Step.USER_ID


async def test_a_user_id_with_the_pin_of_the_city_leads_to_the_menu_without_a_card(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), user_id=True) as bench:
        to_user_id(bench)
        bench.does("next", user_id=ID)
        assert bench.step is Step.PIN
        bench.does("next", pin="2580")
        await bench.until(Step.KIND)
        (asked,) = bench.service.asked
        assert asked.credential == UserId(ID, "2580")
        assert bench.service.challenged == []
        assert ID not in repr(bench.machine.visit)
        visit = bench.machine.visit
        bench.does("stop")
        assert (visit.user_id, bench.step) == ("", Step.LANGUAGE)


@pytest.mark.parametrize("typed", ["", "a b", "ａ", "x" * 65, "a\n", "a;b", ["a", "b"]])
async def test_what_can_be_no_user_id_is_typed_again(tmp_path: Path, typed: str | list[str]) -> None:
    async with terminal(tmp_path, FakeService(), user_id=True) as bench:
        to_user_id(bench)
        bench.does("next", user_id=typed)
        assert bench.step is Step.USER_ID


async def test_a_terminal_that_is_not_set_so_takes_no_user_id(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        bench.does("next", language="en")
        bench.does("without_card")
        assert bench.step is Step.CARD


async def test_a_card_laid_down_meanwhile_changes_nothing_but_is_asked_to_be_taken(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), user_id=True) as bench:
        to_user_id(bench)
        bench.does("next", user_id=ID)
        bench.reader.place(RACK.card(0))
        await bench.see(lambda: bench.machine._is_card_there)
        bench.reader.take()
        await bench.see(lambda: not bench.machine._is_card_there)
        assert bench.step is Step.PIN
        bench.reader.place(RACK.card(0))
        await bench.see(lambda: bench.machine._is_card_there)
        bench.does("next", pin="2580")
        await bench.until(Step.REMOVE_CARD)
        bench.reader.take()
        await bench.until(Step.KIND)
        assert bench.machine.visit.certificate is None


async def test_a_no_of_the_city_is_neutral_and_the_id_is_typed_anew(tmp_path: Path) -> None:
    service = FakeService(trouble=[problem("not_identified", 401)])
    async with terminal(tmp_path, service, user_id=True) as bench:
        to_user_id(bench)
        bench.does("next", user_id=ID)
        bench.does("next", pin="0000")
        await bench.until(Step.REFUSED)
        assert (bench.machine.visit.reason, bench.machine.visit.may_try_again) == ("city_pin", True)
        bench.does("again")
        assert (bench.step, bench.machine.visit.user_id) == (Step.CARD, "")
        bench.does("without_card")
        bench.does("back")
        bench.reader.place(RACK.card(0))
        await bench.until(Step.PIN)
