"""`kiosk feed layout`: the tables that say how other systems write their files, checked and shown."""

from collections.abc import Callable
from pathlib import Path

import click

from sync.feeds.layout_table import Column, LayoutTable, Line
from sync.feeds.layout_tables import examples, read, table_for, tables_in

Choose = Callable[[str], LayoutTable | None]


def chooser(named: str | None, directory: Path | None) -> Choose:
    """Which table a file of some name is read by: the one named (a file, or an example), or one of the directory; None for our own form."""
    if named is not None:
        table = read(next((path for path in examples() if path.stem == named), Path(named)))
        return lambda _name: table
    tables = () if directory is None else tables_in(directory)
    return lambda name: table_for(tables, name)


@click.command()
@click.argument("table", required=False)
def layout(table: str | None) -> None:
    """Check a layout TABLE (a file, or an example by its name) and show it; without one, list the examples.

    レイアウト表を確かめて表示する。省くと付属の例の一覧。
    """
    if table is None:
        for path in examples():
            click.echo(f"{path.stem}\t{read(path).title}\t{path}")
        return
    found = chooser(table, None)("")
    if found is not None:
        _say(found)


def _say(table: LayoutTable) -> None:
    click.echo(f"{table.title}: {', '.join(layout.name for layout in table.layouts)}")
    click.echo(f"{table.encoding}, {table.form}; {'  '.join(table.files)}")
    _say_line("始まりの行 / header", table.header)
    for _part, line in table.records:
        _say_line("データの行 / record", line)
    _say_line("終わりの行 / trailer", table.trailer)


def _say_line(title: str, line: Line) -> None:
    click.echo(f"{title}: {line.mark}")
    at = len(line.mark) + 1
    for column in line.columns:
        place = f"{at:>6} {column.size:>4}  " if column.size else "  "
        click.echo(f"{place}{column.item or '-'}  {_written(column)}")
        at += column.size
    for item, value in line.constants.items():
        click.echo(f"  {item} = {value}")


def _written(column: Column) -> str:
    return ", ".join(f"{written}={meant}" for written, meant in column.words.items()) if column.words else column.form
