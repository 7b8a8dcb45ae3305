"""Daily matching as a pure function: what was planted is found, and nothing else (O2)."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reconcile import Books, Finding, OwnIssuance, StatementLine, match_statement
from reconcile.settlement import Outcome

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PLACE = ("chain", "store 1", "machine 1")
OUTCOMES: tuple[Outcome, ...] = ("printed", "cancelled", "failed")


def own(number: str, outcome: Outcome | None = "printed", fee: int = 200) -> OwnIssuance:
    collected = None if outcome is None else outcome == "printed" and fee > 0
    return OwnIssuance(number, "resident_record", PLACE, fee, outcome, collected, None if outcome is None else "report")


def line(number: int, issuance_number: str, outcome: Outcome = "printed", fee: int | None = None) -> StatementLine:
    due = 200 if outcome == "printed" else 0
    return StatementLine(number, issuance_number, "resident_record", PLACE, NOON, outcome, due if fee is None else fee)


def books(*answers: OwnIssuance, unsent: tuple[str, ...] = (), elsewhere: tuple[str, ...] = ()) -> Books:
    answered = {answer.issuance_number: answer for answer in answers}
    return Books(answered, set(unsent), set(answered), set(elsewhere))


def findings(*lines: StatementLine, of: Books) -> list[tuple[str, Finding]]:
    return [(one.issuance_number, one.finding) for one in match_statement(lines, of)]


def test_mis_19_no_report_is_settled_by_the_statement() -> None:
    assert findings(line(2, "a"), of=books(own("a", None))) == [("a", Finding.SETTLED)]


def test_mis_19_a_settled_answer_matched_again_is_settled_again() -> None:
    settled = replace(own("a"), known_from="statement")
    assert findings(line(2, "a"), of=books(settled)) == [("a", Finding.SETTLED)]


def test_o2_an_answer_nobody_names_is_listed() -> None:
    assert findings(of=books(own("a", None), own("b"))) == [
        ("a", Finding.NOT_IN_STATEMENT),
        ("b", Finding.NOT_IN_STATEMENT),
    ]


def test_o2_a_line_without_an_answer_is_listed_whatever_its_fee() -> None:
    found = findings(line(2, "void"), line(3, "foreign", "cancelled"), of=books(unsent=("void",)))
    assert found == [("void", Finding.NEVER_SENT), ("foreign", Finding.NOT_OURS)]


def test_o2_a_second_line_is_listed_and_settles_nothing() -> None:
    both = findings(line(2, "a"), line(3, "a", "cancelled"), of=books(own("a", None)))
    assert both == [("a", Finding.DOUBLE_LINE), ("a", Finding.DOUBLE_LINE)]
    assert findings(line(2, "a"), of=books(own("a", None), elsewhere=("a",))) == [("a", Finding.DOUBLE_LINE)]


def test_o2_a_fee_for_what_was_not_printed_differs() -> None:
    (found,) = match_statement([line(2, "a", "cancelled", 200)], books(own("a", "cancelled")))
    assert (found.finding, found.ours, found.theirs) == (Finding.FEE_DIFFERS, "0", "200")


def test_a_report_that_the_statement_contradicts_is_listed() -> None:
    found = findings(line(2, "a", "cancelled"), of=books(own("a")))
    assert ("a", Finding.OUTCOME_DIFFERS) in found
    assert ("a", Finding.AGREED) not in found


def test_another_machine_than_we_answered_is_listed_though_all_else_agrees() -> None:
    moved = replace(line(2, "a"), place=("chain", "store 2", "machine 1"))
    (found,) = match_statement([moved], books(own("a")))
    assert (found.finding, found.ours) == (Finding.PLACE_DIFFERS, "chain/store 1/machine 1")


ANSWERS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.sampled_from([None, *OUTCOMES]), max_size=12)
CHANGES = st.sampled_from(["same", "left out", "twice", "fee", "kind", "place", "outcome"])


@given(ANSWERS, st.data())
def test_every_planted_difference_is_found_and_none_is_invented(
    answers: dict[str, Outcome | None], data: st.DataObject
) -> None:
    lines: list[StatementLine] = []
    expected: set[tuple[str, Finding]] = set()
    for number, outcome in answers.items():
        right = line(len(lines) + 2, number, outcome or "printed")
        change = data.draw(CHANGES)
        known = Finding.SETTLED if outcome is None else None
        match change:
            case "left out":
                expected.add((number, Finding.NOT_IN_STATEMENT))
                continue
            case "twice":
                lines += [right, replace(right, line=right.line + 1)]
                expected.add((number, Finding.DOUBLE_LINE))
                continue
            case "fee":
                right = replace(right, fee_yen=right.fee_yen + 100)
                expected |= {(number, Finding.FEE_DIFFERS)}
            case "kind":
                right = replace(right, kind="seal_registration")
                expected |= {(number, Finding.KIND_DIFFERS)}
            case "place":
                right = replace(right, place=("chain", "store 1", "machine 2"))
                expected |= {(number, Finding.PLACE_DIFFERS)}
            case "outcome" if outcome is not None:
                right = line(right.line, number, OUTCOMES[(OUTCOMES.index(outcome) + 1) % 3])
                expected |= {(number, Finding.OUTCOME_DIFFERS)}
                if "printed" in {outcome, right.outcome}:
                    # Who reported it collected the fee of one outcome, and the statement says another.
                    expected |= {(number, Finding.FEE_DIFFERS)}
            case _:
                known = known or Finding.AGREED
        expected |= {(number, known)} if known else set()
        lines.append(right)
    of = books(*(own(number, outcome) for number, outcome in answers.items()))
    assert set(findings(*lines, of=of)) == expected


@given(
    ANSWERS, st.lists(st.tuples(st.text("abcdefgh", min_size=1, max_size=3), st.sampled_from(OUTCOMES)), max_size=12)
)
def test_o2_whatever_the_statement_says_each_answer_is_settled_at_most_once(
    answers: dict[str, Outcome | None], stated: list[tuple[str, Outcome]]
) -> None:
    lines = [line(place, number, outcome) for place, (number, outcome) in enumerate(stated, 2)]
    found = findings(*lines, of=books(*(own(number, outcome) for number, outcome in answers.items())))
    settled = [number for number, finding in found if finding in {Finding.SETTLED, Finding.AGREED}]
    assert len(settled) == len(set(settled))
    assert set(settled) <= answers.keys()
    assert {number for number, _ in found} == answers.keys() | {number for number, _ in stated}
