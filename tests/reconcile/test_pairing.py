"""Lines without a name, paired one to one by place, kind and time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconcile import Books, Finding, OwnIssuance, Sent, StatementLine, match_statement, named, paired
from reconcile.pairing import TIME_WINDOW

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PLACE = ("chain", "store 1", "machine 1")


def line(number: int, minutes: float, issuance_number: str = "", request_id: str = "") -> StatementLine:
    at = NOON + timedelta(minutes=minutes)
    return StatementLine(number, issuance_number, "resident_record", PLACE, at, "printed", 200, request_id)


def sent(number: str, minutes: float) -> Sent:
    return Sent(number, PLACE, "resident_record", NOON + timedelta(minutes=minutes))


def test_a_line_with_a_request_alone_gets_its_number() -> None:
    assert named(line(2, 0, request_id="r"), {"r": "n"}).issuance_number == "n"
    assert named(line(2, 0, "own", "r"), {"r": "n"}).issuance_number == "own"


def test_the_next_in_time_at_the_same_terminal_is_taken_once() -> None:
    (first, second) = paired([line(2, 0), line(3, 1)], [sent("a", 0.1)])
    assert (first.issuance_number, first.by_time) == ("a", True)
    assert second.issuance_number == "chain/store 1/machine 1 2026-11-24T03:01:00Z"
    assert not second.by_time


def test_beyond_the_window_or_at_another_place_nothing_is_paired() -> None:
    elsewhere = replace(sent("a", 0), place=("chain", "store 2", "machine 1"))
    assert not any(one.by_time for one in paired([line(2, 11)], [sent("a", 0), elsewhere]))


def test_a_request_that_we_do_not_know_is_called_by_itself() -> None:
    (one,) = paired([line(2, 0, request_id="r")], [sent("a", 0)])
    assert (one.issuance_number, one.by_time) == ("r", False)


def test_what_was_paired_by_time_alone_settles_no_outcome() -> None:
    own = OwnIssuance("a", "resident_record", PLACE, 200, None, None, None)
    (one,) = paired([line(2, 0)], [sent("a", 0)])
    (found,) = match_statement([one], Books({"a": own}, (), ("a",), ()))
    assert found.finding is Finding.MATCHED_BY_TIME


def test_another_request_under_our_number_is_a_difference() -> None:
    own = OwnIssuance("a", "resident_record", PLACE, 200, "printed", True, "report", "ours")
    (found,) = match_statement([line(2, 0, "a", "theirs")], Books({"a": own}, (), ("a",), ()))
    assert (found.finding, found.ours, found.theirs) == (Finding.REQUEST_DIFFERS, "ours", "theirs")


MINUTES = st.lists(st.integers(0, 60), max_size=7)


def most_pairs(lines: list[int], answers: list[int]) -> int:
    """By trying all."""
    if not lines:
        return 0
    first, *rest = lines
    best = most_pairs(rest, answers)
    for place, answer in enumerate(answers):
        if abs(first - answer) <= TIME_WINDOW.total_seconds() / 60:
            best = max(best, 1 + most_pairs(rest, answers[:place] + answers[place + 1 :]))
    return best


@given(MINUTES.filter(lambda some: len(some) <= 5), MINUTES)
def test_no_other_way_pairs_more(lines: list[int], answers: list[int]) -> None:
    done = paired(
        [line(place, at) for place, at in enumerate(lines)], [sent(str(place), at) for place, at in enumerate(answers)]
    )
    numbers = [one.issuance_number for one in done if one.by_time]
    assert len(numbers) == len(set(numbers)) == most_pairs(lines, answers)
