"""The tables of `kiosk registry statistics`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from civil.prefectures import PREFECTURES
from civil.sex import Sex
from registry.residents import Cause, Counted, Moved, Population

_SEXES: Final = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "空欄"}
_SORTS: Final = {False: "日本人", True: "外国人"}
_OLDEST: Final = 100
AGE_CLASSES: Final = (*(f"{age}-{age + 4}" for age in range(0, _OLDEST, 5)), f"{_OLDEST}以上", "不詳")
"""年齢5歳階級; the last is of those whose age is not known."""
_ELSEWHERE: Final = "不詳"
Row = Mapping[str, Any]


def age_class(age: int | None) -> str:
    """年齢5歳階級: 0-4 … 95-99, 100以上, or 不詳."""
    if age is None:
        return AGE_CLASSES[-1]
    return AGE_CLASSES[min(age, _OLDEST) // 5]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the names of its columns, and its rows by those names."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]


def tables(before: Population, moved: Sequence[Moved], after: Population) -> Mapping[str, Table]:
    """Return the tables by the name of their file. The age and town tables are of the second day."""
    sexes = [*_SEXES.values(), "計"]
    days = [row for day in (before, after) for row in _population(day)]
    homes = ["基準日", "町字", "日本人のみ", "外国人のみ", "複数国籍", "計"]
    return {
        "population": Table("人口", ["基準日", "区分", *sexes], days),
        "households": Table("世帯", homes, list(_households(before, after))),
        "ages": Table("年齢", ["年齢", "区分", *sexes], list(_ages(after.counted, by_town=False))),
        "towns": Table("町字", ["町字", "年齢", "区分", *sexes], list(_ages(after.counted, by_town=True))),
        "movements": Table("異動", ["異動", "事由", "区分", *sexes], list(_movements(moved))),
        "prefectures": Table("都道府県", ["都道府県", "転入", "転出", "転入超過"], list(_prefectures(moved))),
    }


def _row(keys: Row, by_sex: Mapping[Sex, int]) -> Row:
    figures = {name: by_sex.get(sex, 0) for sex, name in _SEXES.items()}
    return {**keys, **figures, "計": sum(figures.values())}


def _population(day: Population) -> Iterable[Row]:
    for is_foreign, name in [*_SORTS.items(), (None, "計")]:
        yield _row(
            {"基準日": str(day.on), "区分": name}, {sex: day.persons(is_foreign=is_foreign, sex=sex) for sex in _SEXES}
        )


def _households(before: Population, after: Population) -> Iterable[Row]:
    for day in (before, after):
        for home in sorted(day.households, key=lambda home: home.town):
            yield {
                "基準日": str(day.on), "町字": home.town, "日本人のみ": home.japanese, "外国人のみ": home.foreign,
                "複数国籍": home.mixed, "計": home.all,
            }  # fmt: skip


def _ages(counted: Sequence[Counted], *, by_town: bool) -> Iterable[Row]:
    found: Counter[tuple[str, str, bool, Sex]] = Counter()
    for one in counted:
        found[one.town if by_town else "", age_class(one.age), one.is_foreign, one.sex] += one.persons
    towns = sorted({town for town, *_ in found}) if by_town else [""]
    for town, age, is_foreign in product(towns, AGE_CLASSES, _SORTS):
        keys = {"町字": town, "年齢": age, "区分": _SORTS[is_foreign]}
        yield _row(keys, {sex: found[town, age, is_foreign, sex] for sex in _SEXES})


def _movements(moved: Sequence[Moved]) -> Iterable[Row]:
    found: Counter[tuple[bool, Cause, bool, Sex]] = Counter()
    for one in moved:
        found[one.is_entry, one.cause, one.is_foreign, one.sex] += one.persons
    for is_entry, cause, is_foreign in product((True, False), Cause, _SORTS):
        keys = {"異動": "記載" if is_entry else "消除", "事由": cause.value, "区分": _SORTS[is_foreign]}
        yield _row(keys, {sex: found[is_entry, cause, is_foreign, sex] for sex in _SEXES})


def _prefectures(moved: Sequence[Moved]) -> Iterable[Row]:
    found: Counter[tuple[bool, str]] = Counter()
    for one in moved:
        if one.cause is Cause.DOMESTIC:
            found[one.is_entry, one.place or _ELSEWHERE] += one.persons
    for place in (*PREFECTURES, _ELSEWHERE):
        came, left = found[True, place], found[False, place]
        yield {"都道府県": place, "転入": came, "転出": left, "転入超過": came - left}
