"""Files of inspections, for commands and screens: 閲覧台帳, 閲覧の状況 as it is published, and what a department is provided."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from kiosk_server.cli.csv_file import csv_file
from kiosk_server.cli.registry_lists import ListFile, Suffix, list_file
from registry.residents import PROVIDED_NAMES, Asked, Extract, Inspection, Ledger

_LEDGER: Final = ListFile("住民基本台帳閲覧台帳", ("氏名", "生年月日", "性別", "住所"), (46, 30, 14, 96))
_PUBLISHED: Final = ListFile(
    "住民基本台帳の閲覧状況", ("根拠", "閲覧者", "代表者", "利用目的の概要", "閲覧年月日", "閲覧に係る住民の範囲"), (26, 36, 24, 42, 22, 36)
)  # fmt: skip


def ledger_file(suffix: Suffix, made: Ledger, asked: Asked, on: date) -> bytes:
    """The list for an inspection. Raises what `pdf.list_paper` raises."""
    note = f"台帳番号 {made.extract_id}　{len(made.lines):,}人　作成 {on}　{asked.basis}"
    return list_file(suffix, _LEDGER, note, [[line.name, line.birth, line.sex, line.address] for line in made.lines])


def published_file(suffix: Suffix, found: Sequence[Inspection], since: date, until: date) -> bytes:
    """What the law wants published of the days from `since` to before `until`."""
    rows = [
        [one.basis, one.inspector, one.representative or "", one.purpose, str(one.inspected_on), one.scope]
        for one in found
    ]
    return list_file(suffix, _PUBLISHED, f"{since} から {until - timedelta(days=1)} まで　{len(found):,}件", rows)


def provided_file(made: Extract) -> bytes:
    """What a department or a body was provided, as CSV."""
    names = [PROVIDED_NAMES[item] for item in made.items]
    return csv_file(names, (dict(zip(names, row, strict=True)) for row in made.rows))
