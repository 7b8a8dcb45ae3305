"""Daily matching (日次突合, O2, MIS-19): what the centre's statement says of each issuance, against what our books say."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Outcome = Literal["printed", "cancelled", "failed"]


class Finding(StrEnum):
    """What matching finds of one issuance number; more than one may be true of it."""

    AGREED = "agreed"
    SETTLED = "settled"
    OUTCOME_DIFFERS = "outcome_differs"
    FEE_DIFFERS = "fee_differs"
    KIND_DIFFERS = "kind_differs"
    PLACE_DIFFERS = "place_differs"
    REQUEST_DIFFERS = "request_differs"
    MATCHED_BY_TIME = "matched_by_time"
    DOUBLE_LINE = "double_line"
    NEVER_SENT = "never_sent"
    NOT_OURS = "not_ours"
    NOT_IN_STATEMENT = "not_in_statement"

    @property
    def is_difference(self) -> bool:
        """Whether somebody has to look at it."""
        return self not in {Finding.AGREED, Finding.SETTLED}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the statement. `line` is its number in the file; `occurred_at` is UTC; `place` is operator, store, terminal.

    `request_id` is empty where the statement does not carry it. `by_time`: nothing in the line names the issuance; the pairing
    (`reconcile.pairing`) put its number there by place, kind and time.
    """

    line: int
    issuance_number: str
    kind: str
    place: tuple[str, str, str]
    occurred_at: datetime
    outcome: Outcome
    fee_yen: int
    request_id: str = ""
    by_time: bool = False


@dataclass(frozen=True, slots=True)
class OwnIssuance:
    """One answer in our books. `known_from` says who told the outcome: the caller's own report, or an earlier statement."""

    issuance_number: str
    kind: str
    place: tuple[str, str, str]
    fee_yen: int
    outcome: Outcome | None
    fee_collected: bool | None
    known_from: Literal["report", "statement"] | None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """One finding. `ours` and `theirs` are what each side says where they differ."""

    issuance_number: str
    finding: Finding
    line: int | None = None
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """Our side. `answered`: what was sent, by number. `unsent`: numbers given to attempts that never became an answer.

    `due`: those answers that the statement has to name. `stated_elsewhere`: numbers that other statements name.
    """

    answered: Mapping[str, OwnIssuance]
    unsent: Collection[str]
    due: Collection[str]
    stated_elsewhere: Collection[str]


def match_statement(lines: Sequence[StatementLine], books: Books) -> tuple[Matched, ...]:
    """Everything there is to say, in the order of the lines, then what no line names. Pure; raises nothing.

    An answer without a report takes the outcome of its only line (SETTLED). No answer, no fee line: a line for anything
    but an answer of ours is a difference. An answer that is due and in no statement is one too.
    """
    times = Counter(line.issuance_number for line in lines)
    found = [one for line in lines for one in _line(line, books, times[line.issuance_number])]
    missing = set(books.due) - times.keys() - set(books.stated_elsewhere)
    return (*found, *(Matched(number, Finding.NOT_IN_STATEMENT) for number in sorted(missing)))


def _line(line: StatementLine, books: Books, times: int) -> Iterator[Matched]:
    own = books.answered.get(line.issuance_number)
    if own is None:
        unsent = line.issuance_number in books.unsent
        yield _found(line, Finding.NEVER_SENT if unsent else Finding.NOT_OURS)
        return
    if times > 1 or line.issuance_number in books.stated_elsewhere:
        yield _found(line, Finding.DOUBLE_LINE)
        return
    differences = tuple(_differences(line, own))
    yield from differences
    if own.known_from != "report":
        # Whatever else differs, this line is all that is known of the outcome; one that names no issuance settles none.
        if line.by_time:
            yield _found(line, Finding.MATCHED_BY_TIME)
        elif own.outcome in {None, line.outcome}:
            yield _found(line, Finding.SETTLED)
    elif not differences:
        yield _found(line, Finding.AGREED)


def _differences(line: StatementLine, own: OwnIssuance) -> Iterable[Matched]:
    if own.outcome not in {None, line.outcome}:
        yield _found(line, Finding.OUTCOME_DIFFERS, str(own.outcome), line.outcome)
    if line.fee_yen != (due := own.fee_yen if line.outcome == "printed" else 0):
        yield _found(line, Finding.FEE_DIFFERS, str(due), str(line.fee_yen))
    elif own.known_from == "report" and own.fee_yen and own.fee_collected != (line.fee_yen > 0):
        yield _found(line, Finding.FEE_DIFFERS, str(own.fee_yen if own.fee_collected else 0), str(line.fee_yen))
    if line.request_id and own.request_id and line.request_id != own.request_id:
        yield _found(line, Finding.REQUEST_DIFFERS, own.request_id, line.request_id)
    if line.kind != own.kind:
        yield _found(line, Finding.KIND_DIFFERS, own.kind, line.kind)
    if line.place != own.place:
        yield _found(line, Finding.PLACE_DIFFERS, "/".join(own.place), "/".join(line.place))


def _found(line: StatementLine, finding: Finding, ours: str = "", theirs: str = "") -> Matched:
    return Matched(line.issuance_number, finding, line.line, ours, theirs)
