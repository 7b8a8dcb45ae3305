"""`python -m tests.bench [paper] [history] [service] [growth] [load] [books] [registry] [makers] [reconcile] [settlement] [search] [inquiry] [feeds] [terminal] [--quick] [--json FILE] [--pictures DIR]`."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from tests.bench import (
    books,
    feeds,
    growth,
    history,
    inquiry,
    load,
    paper,
    reconcile,
    registry,
    search,
    service,
    settlement,
    terminal,
)
from tests.bench.figures import Table
from tests.bench.makers import comparing

PARTS: Final[Mapping[str, Callable[[bool], list[Table]]]] = {
    "paper": paper.measure,
    "history": history.measure,
    "service": service.measure,
    "growth": growth.measure,
    "load": load.measure,
    "books": books.measure,
    "registry": registry.measure,
    "makers": comparing.measure,
    "reconcile": reconcile.measure,
    "settlement": settlement.measure,
    "search": search.measure,
    "inquiry": inquiry.measure,
    "feeds": feeds.measure,
    "terminal": terminal.measure,
}


def main() -> None:
    """Measure the parts asked for, all of them without a choice, and print a table or more for each."""
    arguments = _arguments()
    console = Console(highlight=False, width=None if Console().is_terminal else 160)
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", style="dim")
    results: dict[str, object] = {}
    parts: Mapping[str, Callable[[bool], list[Table]]] = {
        **PARTS,
        "service": partial(service.measure, workers=arguments.workers),
        "growth": partial(growth.measure, million=arguments.million),
        "feeds": partial(feeds.measure, sizes=arguments.residents),
        "registry": partial(registry.measure, sizes=arguments.residents),
        "reconcile": partial(reconcile.measure, sizes=arguments.residents),
    }
    for name in arguments.parts or PARTS:
        tables = parts[name](arguments.quick)
        for table in tables:
            _print(console, table)
            if table.picture and arguments.pictures is not None:
                (arguments.pictures / f"bench-{name}.svg").write_text(table.picture, encoding="utf-8")
        results[name] = [{"title": table.title, "figures": table.results} for table in tables]
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    # argparse checks a default list as if it were one choice: none means all.
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all unless told")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, shorter runs, a smaller city")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--workers", type=int, default=1, help="workers of the service part")
    parser.add_argument("--million", action="store_true", help="growth with a city of a million too")
    parser.add_argument(
        "--residents",
        type=int,
        nargs="+",
        default=(),
        metavar="N",
        help="sizes of the city of the parts registry, reconcile and feeds",
    )
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="draw bench-PART.svg there, where a part has a picture"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return arguments


def _print(console: Console, table: Table) -> None:
    shown = RichTable(box=box.SIMPLE_HEAD)
    for place, column in enumerate(table.columns):
        shown.add_column(column, justify="left" if place == 0 else "right", no_wrap=place == 0)
    for row in table.rows:
        shown.add_row(*row)
    console.print(f"\n{table.title}", style="bold")
    if table.rows:
        console.print(shown)
    for note in table.notes:
        console.print(f"  {note}", style="dim")


if __name__ == "__main__":
    main()
