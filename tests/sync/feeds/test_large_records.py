"""Records of many lines: what stands in memory at once does not grow with what somebody writes into a file."""

from dataclasses import dataclass

import pytest

from sync.feeds import FileRefused
from sync.feeds.items import Items
from sync.feeds.receiving import BATCH, in_batches
from sync.feeds.records import in_records

LONG = "印" * 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """A record, and where it begins."""

    line: int


@pytest.mark.parametrize(("lines", "at_once"), [(1, BATCH), (9, BATCH), (1_000, 6), (10_000, 2)])
def test_records_of_many_lines_are_few_at_once(lines: int, at_once: int) -> None:
    rows = [Row(1 + place * lines) for place in range(1_100)]
    batches = list(in_batches(rows))
    assert [row for batch in batches for row in batch] == rows
    assert {len(batch) for batch in batches[:-1]} == {at_once}


def test_a_record_has_an_end() -> None:
    """Within the limits of a line and of their count it could have had a thousand times as many."""
    lines = [
        Items(1, {"koseki_number": "K1"}),
        *(Items(number, {"content": LONG}, part="P") for number in range(2, 20)),
    ]
    with pytest.raises(FileRefused, match="1,000,000文字") as fault:
        list(in_records(lines))
    assert (fault.value.line, fault.value.item) == (11, "type")
    assert len(list(in_records([*lines[:10], *lines[:10]]))) == 2
