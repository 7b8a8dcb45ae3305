"""Searches of the register by clerks, over a generated city: what each kind of question takes, its record in the log included."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any, Final

from civil.clock import utc_now
from civil.places import towns
from civil.recorded_date import RecordedDate
from registry.residents import (
    Inquirer,
    PersonRecord,
    Sight,
    Sought,
    inquire,
    look_at_household,
    look_at_person,
    number_of,
)
from tests.bench.cluster import bench_cluster
from tests.bench.figures import Table, milliseconds, percentile
from tests.registry.office import CITY, KEYS, Office, days_ago, someone
from tests.servers import MigratedCluster

_PEOPLE: Final = 150_000
_QUICK_PEOPLE: Final = 5_000
_TIMES: Final = 100
_MOVED: Final = 2_000
_WANTED_SECONDS: Final = 0.05
_SETTINGS: Final = {"shared_buffers": "256MB", "fsync": "off", "synchronous_commit": "off"}
_HOME: Final = "栃木県足利市"
_FIRST: Final = tuple(
    zip("佐鈴髙田渡伊小齋山川長大須𠮷中松岡石本森", "サスタタワイコサヤカナオスヨナマオイモモ", strict=True)
)
_SECOND: Final = tuple(
    zip("藤木橋中邉東林島﨑田野上原村井川本口沢山", "トキハナヘトリシサタノウハムイカモクサヤ", strict=True)
)
"""Four hundred surnames of two characters; the most frequent is one in twenty, the next far fewer."""
_GIVEN: Final = ("一郎", "花子", "翔太", "美咲", "健", "陽菜", "大輔", "結衣", "隆", "恵子", "誠", "優")
_KANA: Final = (
    "イチロウ",
    "ハナコ",
    "ショウタ",
    "ミサキ",
    "ケン",
    "ヒナ",
    "ダイスケ",
    "ユイ",
    "タカシ",
    "ケイコ",
    "マコト",
    "ユウ",
)
_CLERK: Final = Inquirer("sato", "測定", frozenset(Sight))


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: the median and the 95th percentile by question."""
    people = _QUICK_PEOPLE if quick else _PEOPLE
    with bench_cluster(_SETTINGS) as cluster:
        return [asyncio.run(_measure(cluster, people))]


async def _measure(cluster: MigratedCluster, people: int) -> Table:
    async with cluster.database() as database:
        office = Office(database, await database.connect("registry"))
        residents = [resident(serial) for serial in range(1, people + 1)]
        started, spent = perf_counter(), process_time()
        await office.load(*residents)
        loaded, spent = perf_counter() - started, process_time() - spent
        for turn in range(min(_MOVED, people // 10)):
            person = residents[turn * 7919 % people].person_number
            await office.file("MV", {person: {"address": f"{_HOME}通七丁目{turn}番地"}}, occurred=days_ago(0))
        await (await database.connect()).execute("VACUUM ANALYZE")
        return _table(people, loaded, spent, await _asked(office, residents))


def resident(serial: int) -> PersonRecord:
    random = Random(serial)
    place = int(random.random() ** 2 * len(_FIRST) * len(_SECOND))
    (first, first_kana), (second, second_kana) = _FIRST[place % len(_FIRST)], _SECOND[place // len(_FIRST)]
    surname, kana = first + second, first_kana + second_kana
    given = random.randrange(len(_GIVEN))
    household = (serial - 1) // 3 * 3 + 1
    town = Random(household).choice(towns()).name
    born = date(1930, 1, 1) + timedelta(days=random.randrange(34_000))
    uncertain = serial % 500 == 0
    return someone(
        serial, "世帯主" if serial == household else "同居人", household_number=number_of(household),
        name=f"{surname}　{_GIVEN[given]}", furigana=f"{kana}　{_KANA[given]}",
        birth=RecordedDate.uncertain(f"{born.year}年月日不詳", born) if uncertain else RecordedDate(born),
        address=f"{_HOME}{town}{household % 900 + 1}番地", first_registrant=f"{surname}　{_GIVEN[0]}",
    )  # fmt: skip


async def _asked(office: Office, residents: list[PersonRecord]) -> Mapping[str, tuple[list[float], float]]:
    """By question the seconds of each time, and the CPU seconds of one: ours and the server's."""
    backend = await office.connection.fetchval("SELECT pg_backend_pid()")
    found: dict[str, tuple[list[float], float]] = {}
    some = [residents[Random(turn).randrange(len(residents))] for turn in range(_TIMES)]
    for question in (*dict(_questions(some[0])), *_LOOKS):
        times, spent = [], _cpu(backend)
        for one in some:
            started = perf_counter()
            assert await _ask(office, question, one), question
            times.append(perf_counter() - started)
        found[question] = times, (_cpu(backend) - spent) / _TIMES
    return found


def _cpu(backend: int) -> float:
    fields = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _ask(office: Office, question: str, one: PersonRecord) -> object:
    if question in _LOOKS:
        return await _LOOKS[question](office, one)
    asked = dict(_questions(one))[question]
    return (await inquire(office.connection, CITY, Sought(home=_HOME, **asked), _CLERK, utc_now(), KEYS)).found


async def _look(office: Office, one: PersonRecord) -> object:
    return (await look_at_person(office.connection, CITY, one.person_number, _CLERK, utc_now())).rows


async def _look_home(office: Office, one: PersonRecord) -> object:
    return await look_at_household(office.connection, CITY, one.household_number, _CLERK, utc_now())


_LOOKS: Final = {"a person with history": _look, "a household": _look_home}


def _questions(one: PersonRecord) -> Iterator[tuple[str, Mapping[str, Any]]]:
    name, furigana = one.name, one.furigana or ""
    surname, kana = name.partition("　")[0], furigana.partition("　")[0]
    born = (one.birth.on or date(1980, 1, 1)).isoformat()
    town = one.address.removeprefix(_HOME)
    yield "person number", {"person_number": one.person_number}
    yield "household number", {"household_number": one.household_number}
    yield "name", {"name": name}
    yield "surname alone", {"name": surname}
    yield "name and birth date", {"name": name, "birth": born}
    yield "kana", {"furigana": furigana}
    yield "first kana alone", {"furigana": kana[0]}
    yield "kana and birth year", {"furigana": kana, "birth": born[:4]}
    yield "kana, exactly, and sex", {"furigana": furigana, "exact_kana": True, "sex": one.sex}
    yield "birth date", {"birth": born}
    yield "birth month", {"birth": born[:7]}
    yield "address", {"address": town}
    yield "town and kana", {"address": town[:2], "furigana": kana}
    yield "residents of now only: name", {"name": name, "past": False, "removed": False}
    yield "first registrant and birth year", {"first_registrant": one.first_registrant, "birth": born[:4]}


def _table(people: int, loaded: float, spent: float, asked: Mapping[str, tuple[list[float], float]]) -> Table:
    figures = {question: (cpu, percentile(of, 50), percentile(of, 95)) for question, (of, cpu) in asked.items()}
    return Table(
        f"Searches of the register over {people:,} residents, ms; wanted: {milliseconds(_WANTED_SECONDS)} at p95",
        ("question", "CPU", "p50", "p95"),
        [(question, *map(milliseconds, of)) for question, of in figures.items()],
        notes=(f"{_TIMES} of each; loaded in {loaded:.0f} s ({spent:.0f} s CPU of the program)",),
        results={"people": people, "loaded": loaded, "seconds": figures},
    )
