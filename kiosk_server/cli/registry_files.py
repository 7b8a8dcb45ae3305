"""What `kiosk registry statistics` writes: each table as CSV, all of them as one workbook, and two pictures."""

from collections.abc import Mapping, Sequence

from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.registry_pictures import movement_chart, prefecture_chart, pyramid
from kiosk_server.cli.registry_tables import tables
from kiosk_server.cli.registry_yearly import Table
from kiosk_server.cli.workbook import workbook
from registry.residents import Moved, Population


def statistics_files(before: Population, moved: Sequence[Moved], after: Population) -> Mapping[str, bytes]:
    """Return the files by name. The same figures give the same bytes."""
    made = tables(before, moved, after)
    return {f"{name}.csv": csv_file(table.columns, table.rows) for name, table in made.items()} | {
        "statistics.xlsx": workbook({table.name: _cells(table) for table in made.values()}),
        "pyramid.svg": pyramid(after),
        "movements.svg": movement_chart(moved, before.on, after.on),
        "prefectures.svg": prefecture_chart(moved, before.on, after.on),
    }


def _cells(table: Table) -> list[list[str | int]]:
    return [list(table.columns), *([row[column] for column in table.columns] for row in table.rows)]
