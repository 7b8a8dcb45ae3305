"""`kiosk till`: what the books of a kiosk terminal say of the visit whose reference somebody brings to the staff."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click

from civil.calendar import JST
from civil.errors import KioskError
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.terminal.journal import What, read_journal

_WORDS: Final[Mapping[What, str]] = {
    "collected": "受け取った / taken in",
    "issued": "発行された / issued",
    "not_issued": "発行されなかった / not issued",
    "print_ended": "印刷の結果 / printing ended",
    "reported": "市に伝えた結果 / told to the city",
    "given_back": "返した / given back",
    "left_to_staff": "係員に引き継いだ / left to the staff",
    "receipt": "領収書 / receipt",
}
_TOLD: Final = ("end", "method", "issuance_number", "request_id")

Line = Mapping[str, Any]


class NoBooks(KioskError):
    """この場所に端末の帳簿(journal.jsonl)がありません。端末の設定ファイルの directory を指定してください。 /
    There are no books of a terminal (journal.jsonl) here. Name the directory that the terminal's settings file names."""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("reference", required=False)
def till(directory: Path, reference: str | None) -> int:
    """Show what happened in the visit with this reference; without one, the visits whose money was left to the staff.

    DIRECTORY is the terminal's own, as its settings file names it; in a demo kiosk-data/terminal. Exit code 1: no such visit.

    端末の帳簿から、画面の受付番号の取引を見る。番号を省くと、係員に引き継いだ取引の一覧。
    """
    if not (directory / "journal.jsonl").exists():
        raise NoBooks
    visits = [list(lines) for _, lines in groupby(_by_visit(directory), key=lambda line: line["visit"])]
    found = [lines for lines in visits if _is_meant(lines, reference)]
    for lines in found:
        _show(lines)
    click.echo(f"{len(found)}件 / found")
    return 0 if found or reference is None else ANSWER_IS_NO


def _by_visit(directory: Path) -> Iterable[Line]:
    """The lines of a visit together, the visits in the order in which they began."""
    lines = list(read_journal(directory / "journal.jsonl"))
    order = {visit: place for place, visit in enumerate(dict.fromkeys(line["visit"] for line in lines))}
    return sorted(lines, key=lambda line: order[line["visit"]])


def _is_meant(lines: list[Line], reference: str | None) -> bool:
    if reference is None:
        return any(line["what"] == "left_to_staff" for line in lines)
    return _reference(lines[0]) == reference.upper()


def _show(lines: list[Line]) -> None:
    click.echo(_reference(lines[0]))
    for line in lines:
        at = f"{datetime.fromisoformat(line['at']).astimezone(JST):%Y-%m-%d %H:%M:%S} JST"
        said = [f"{line['yen']}円"] if "yen" in line else []
        said += [str(line[name]) for name in _TOLD if name in line]
        click.echo(f"  {at}  {_WORDS[line['what']]}: {', '.join(said)}")


def _reference(line: Line) -> str:
    """As the screen shows it (`visit.Visit.reference`)."""
    return str(line["visit"][:8].upper())
