"""Which issuance a line of the statement is about: by its number, by the request's id, or by place, kind and time. One to one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from reconcile.settlement import StatementLine

TIME_WINDOW: Final = timedelta(minutes=10)
"""A line without a name is about an answer of ours at most so long before or after it."""
_Where = tuple[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer of ours that no line names: `place` is operator, store, terminal; `sent_at` is UTC."""

    issuance_number: str
    place: tuple[str, str, str]
    kind: str
    sent_at: datetime


def named(line: StatementLine, numbers: Mapping[str, str]) -> StatementLine:
    """The line with its issuance number, by the request's id where it carries no number; `numbers` by request id."""
    if line.issuance_number or not line.request_id:
        return line
    return replace(line, issuance_number=numbers.get(line.request_id, ""))


def paired(lines: Sequence[StatementLine], unnamed: Iterable[Sent]) -> tuple[StatementLine, ...]:
    """The lines in their order; those that name nothing have the number of the answer next in time, if one is within the window.

    Of one place and kind, both sides are taken in the order of time and each answer once: no other way pairs more of them.
    A line that finds none is called by what it says instead.
    """
    answers: dict[_Where, list[Sent]] = defaultdict(list)
    for sent in sorted(unnamed, key=_when):
        answers[sent.place, sent.kind].append(sent)
    nameless: dict[_Where, list[StatementLine]] = defaultdict(list)
    for line in sorted((line for line in lines if not line.issuance_number and not line.request_id), key=_then):
        nameless[line.place, line.kind].append(line)
    found = {line: number for where, some in nameless.items() for line, number in _by_time(some, answers[where])}
    return tuple(_called(line, found) for line in lines)


def _by_time(lines: Sequence[StatementLine], answers: Sequence[Sent]) -> Iterator[tuple[int, str]]:
    waiting = iter(answers)
    sent = next(waiting, None)
    for line in lines:
        while sent is not None and sent.sent_at < line.occurred_at - TIME_WINDOW:
            sent = next(waiting, None)
        if sent is not None and sent.sent_at <= line.occurred_at + TIME_WINDOW:
            yield line.line, sent.issuance_number
            sent = next(waiting, None)


def _called(line: StatementLine, found: Mapping[int, str]) -> StatementLine:
    if line.issuance_number:
        return line
    if (number := found.get(line.line)) is not None:
        return replace(line, issuance_number=number, by_time=True)
    return replace(
        line, issuance_number=line.request_id or f"{'/'.join(line.place)} {line.occurred_at:%Y-%m-%dT%H:%M:%SZ}"
    )


def _when(sent: Sent) -> tuple[datetime, str]:
    return sent.sent_at, sent.issuance_number


def _then(line: StatementLine) -> tuple[datetime, int]:
    return line.occurred_at, line.line
