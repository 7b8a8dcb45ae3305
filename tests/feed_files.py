"""Files as another system writes them: header, records, a trailer that fits."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence


def envelope(header: Sequence[str], records: Iterable[Sequence[str]]) -> bytes:
    """A whole file; header and records without their first letters."""
    body = io.StringIO()
    writer = csv.writer(body, lineterminator="\n")
    writer.writerow(["H", *header])
    rows = [["D", *record] for record in records]
    writer.writerows(rows)
    return sealed(body.getvalue(), len(rows))


def lines(header: Sequence[str], records: Sequence[Sequence[str]]) -> bytes:
    """A whole file whose lines have letters of their own; the header without its letter."""
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows([["H", *header], *records])
    return sealed(body.getvalue(), len(records))


def sealed(body: str, count: int) -> bytes:
    """Any lines with a trailer that fits them: for what is wrong inside."""
    content = body.encode()
    return content + f"T,{count},{hashlib.sha256(content).hexdigest()}\n".encode()
