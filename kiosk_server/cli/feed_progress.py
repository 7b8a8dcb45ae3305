"""A bar while a large file is read: how far, and how many records."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from typing import Final

import click

from sync.feeds.receiving import Watch

_WORTH_A_BAR: Final = 4 * 2**20


@contextmanager
def progress_over(stream: BufferedIOBase) -> Iterator[Watch]:
    """What to call with the number of records read so far. On a terminal alone, and for what takes more than a moment."""
    length = stream.seek(0, 2)
    stream.seek(0)
    # Elsewhere the bar would write a line for each batch.
    hidden = length < _WORTH_A_BAR or not sys.stderr.isatty()
    with click.progressbar(length=length, label="読み取り / reading", file=sys.stderr, hidden=hidden) as bar:

        def watch(records: int) -> None:
            bar.label = f"{records:,}件 / records"
            bar.update(max(0, min(stream.tell(), length) - bar.pos))

        yield watch
