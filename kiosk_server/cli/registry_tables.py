"""The tables of `kiosk registry statistics`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final

from civil.prefectures import PREFECTURES
from civil.sex import Sex
from kiosk_server.cli.registry_yearly import Row, Table, yearly_report
from registry.residents import Cause, Counted, Moved, Population

_SEXES: Final = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "空欄"}
_SORTS: Final = {False: "日本人", True: "外国人"}
_OLDEST: Final = 100
AGE_CLASSES: Final = (*(f"{age}-{age + 4}" for age in range(0, _OLDEST, 5)), f"{_OLDEST}以上", "不詳")
"""年齢5歳階級; the last is of those whose age is not known."""
ELSEWHERE: Final = "不詳"
"""Where a place is not recorded."""
_JAPANESE: Final = "日本"
_FLOWS: Final = ("転入", "転出", "転入超過")


TABLES: Final = (
    "yearly", "population", "households", "ages", "towns", "town_totals", "nationalities", "town_nationalities", "movements", "prefectures",
    "municipalities",
)  # fmt: skip
"""The names of the tables, in the order of the workbook."""


def age_class(age: int | None) -> str:
    """年齢5歳階級: 0-4 … 95-99, 100以上, or 不詳."""
    if age is None:
        return AGE_CLASSES[-1]
    return AGE_CLASSES[min(age, _OLDEST) // 5]


def tables(before: Population, moved: Sequence[Moved], after: Population) -> Mapping[str, Table]:
    """Return the tables by the name of their file. The age and town tables are of the second day."""
    sexes = [*_SEXES.values(), "計"]
    days = [row for day in (before, after) for row in _population(day)]
    homes = ["基準日", "町字", "日本人のみ", "外国人のみ", "複数国籍", "計"]
    made = {
        "population": Table("人口", ["基準日", "区分", *sexes], days),
        "households": Table("世帯", homes, list(_households(before, after))),
        "ages": Table("年齢", ["年齢", "区分", *sexes], list(_ages(after.counted, by_town=False))),
        "towns": Table("町字", ["町字", "年齢", "区分", *sexes], list(_ages(after.counted, by_town=True))),
        "nationalities": Table("国籍", ["国籍・地域", *sexes], list(_nationalities(after.counted, by_town=False))),
        "town_nationalities": Table(
            "町字別国籍", ["町字", "国籍・地域", *sexes], list(_nationalities(after.counted, by_town=True))
        ),
        "town_totals": Table("町字別人口・世帯", ["町字", "世帯", *sexes, "うち外国人"], list(_town_totals(after))),
        "yearly": yearly_report(before, moved, after),
        "movements": Table("異動", ["異動", "事由", "区分", *sexes], list(_movements(moved))),
        "prefectures": Table("都道府県", ["都道府県", *_FLOWS], list(_prefectures(moved))),
        "municipalities": Table("市区町村", ["都道府県", "市区町村", *_FLOWS], list(_municipalities(moved))),
    }
    return {name: made[name] for name in TABLES}


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


def _nationalities(counted: Sequence[Counted], *, by_town: bool) -> Iterable[Row]:
    """Japanese first, then by how many there are."""
    found: Counter[tuple[str, str, Sex]] = Counter()
    of: Counter[tuple[str, str]] = Counter()
    for one in counted:
        town, nationality = one.town if by_town else "", one.nationality or _JAPANESE
        found[town, nationality, one.sex] += one.persons
        of[town, nationality] += one.persons
    for town, nationality in sorted(of, key=lambda key: (key[0], key[1] != _JAPANESE, -of[key], key[1])):
        yield _row({"町字": town, "国籍・地域": nationality}, {sex: found[town, nationality, sex] for sex in _SEXES})


def _town_totals(day: Population) -> Iterable[Row]:
    homes = {home.town: home.all for home in day.households}
    by_town: dict[str, list[Counted]] = {town: [] for town in homes}
    for one in day.counted:
        by_town.setdefault(one.town, []).append(one)
    for town, counted in sorted(by_town.items()):
        here = Population(day.on, tuple(counted), ())
        row = _row({"町字": town, "世帯": homes.get(town, 0)}, {sex: here.persons(sex=sex) for sex in _SEXES})
        yield {**row, "うち外国人": here.persons(is_foreign=True)}


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
            found[one.is_entry, one.place or ELSEWHERE] += one.persons
    for place in (*PREFECTURES, ELSEWHERE):
        yield {"都道府県": place, **_flow(found[True, place], found[False, place])}


def _municipalities(moved: Sequence[Moved]) -> Iterable[Row]:
    """Those that anybody came from or went to, in the order of the prefectures."""
    found: Counter[tuple[bool, tuple[str, str]]] = Counter()
    for one in moved:
        if one.cause is Cause.DOMESTIC:
            found[one.is_entry, (one.place or ELSEWHERE, one.municipality or ELSEWHERE)] += one.persons
    order = [*PREFECTURES, ELSEWHERE]
    for place in sorted({place for _, place in found}, key=lambda place: (order.index(place[0]), place[1])):
        yield {"都道府県": place[0], "市区町村": place[1], **_flow(found[True, place], found[False, place])}


def _flow(came: int, left: int) -> Row:
    return dict(zip(_FLOWS, (came, left, came - left), strict=True))
