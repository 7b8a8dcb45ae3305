"""住民基本台帳関係年報: the figures of the yearly report, for any period (as a report of 1 January to 1 January)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from civil.sex import Sex
from registry.residents import Cause, Households, Moved, Population

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the names of its columns, and its rows by those names."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]


_SORTS: Final[Mapping[str, Callable[[bool, Sex], bool]]] = {
    "日本人": lambda is_foreign, _: not is_foreign,
    "外国人": lambda is_foreign, _: is_foreign,
    "男": lambda _, sex: sex is Sex.MALE,
    "女": lambda _, sex: sex is Sex.FEMALE,
    "計": lambda _is_foreign, _sex: True,
}
"""The columns, and whom each counts."""
_OTHERS: Final = {
    Cause.ORIGIN_UNKNOWN, Cause.EX_OFFICIO, Cause.MISSING, Cause.CANCELLED, Cause.LOADED, Cause.CORRECTED,
}  # fmt: skip
_ENTRIES: Final[Mapping[str, Collection[Cause]]] = {
    "転入(国内)": {Cause.DOMESTIC}, "転入(国外)": {Cause.ABROAD}, "出生": {Cause.NATURAL}, "帰化等": {Cause.NATIONALITY},
    "その他": _OTHERS,
}  # fmt: skip
_REMOVALS: Final[Mapping[str, Collection[Cause]]] = {
    "転出(国内)": {Cause.DOMESTIC}, "転出(国外)": {Cause.ABROAD}, "死亡": {Cause.NATURAL}, "国籍喪失等": {Cause.NATIONALITY},
    "その他": _OTHERS,
}  # fmt: skip
Figures = Mapping[str, int]


def yearly_report(before: Population, moved: Sequence[Moved], after: Population) -> Table:
    """人口, 世帯数, 記載 and 消除 by cause, 増減; the rate is in percent of the first day's population, as a text."""
    entries = {f"記載 {name}": _moved(moved, causes, is_entry=True) for name, causes in _ENTRIES.items()}
    removals = {f"消除 {name}": _moved(moved, causes, is_entry=False) for name, causes in _REMOVALS.items()}
    entered, removed = _moved(moved, set(Cause), is_entry=True), _moved(moved, set(Cause), is_entry=False)
    first, change = _people(before), _less(entered, removed)
    natural = _less(entries["記載 出生"], removals["消除 死亡"])
    rows: dict[str, Mapping[str, Any]] = {
        f"人口 {before.on}": first, **entries, "記載 計": entered, **removals, "消除 計": removed, "増減": change,
        "自然増減": natural, "社会増減(その他を含む)": _less(change, natural), f"人口 {after.on}": _people(after),
        "増減率(%)": {name: _rate(change[name], first[name]) for name in _SORTS},
        f"世帯 {before.on}": _homes(before.households), f"世帯 {after.on}": _homes(after.households),
        f"うち複数国籍世帯 {after.on}": {"計": sum(home.mixed for home in after.households)},
    }  # fmt: skip
    told = [{"項目": name, **dict.fromkeys(_SORTS, ""), **figures} for name, figures in rows.items()]
    return Table("年報", ["項目", *_SORTS], told)


def _people(day: Population) -> Figures:
    return {
        name: sum(one.persons for one in day.counted if counts(one.is_foreign, one.sex)) for name, counts in _SORTS.items()
    }  # fmt: skip


def _moved(moved: Sequence[Moved], causes: Collection[Cause], *, is_entry: bool) -> Figures:
    chosen = [one for one in moved if one.is_entry is is_entry and one.cause in causes]
    return {
        name: sum(one.persons for one in chosen if counts(one.is_foreign, one.sex)) for name, counts in _SORTS.items()
    }  # fmt: skip


def _less(these: Figures, those: Figures) -> Figures:
    return {name: these[name] - those[name] for name in _SORTS}


def _rate(change: int, first: int) -> str:
    return f"{'△' if change < 0 else ''}{100 * abs(change) / first:.2f}" if first else ""


def _homes(households: Sequence[Households]) -> Figures:
    return {
        "日本人": sum(home.japanese for home in households), "外国人": sum(home.foreign for home in households),
        "計": sum(home.all for home in households),
    }  # fmt: skip
