"""What happens in a town, and how often: everything that the table of event kinds knows, and what leads to it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from civil.check_digits import resident_code
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents import Measure, PersonRecord, State, measure_of
from tests.registry.town import Town

_PLACES: Final = ("東京都足立区見本町１番地", "埼玉県熊谷市見本町２番地", "群馬県太田市見本町３番地")
_SPOUSES: Final = frozenset({"夫", "妻"})
_NEXT: Final[Mapping[Measure | None, list[str]]] = {
    Measure.PROVISIONAL: ["PM+"],
    Measure.ENDING: ["PM~"],
    Measure.OVER: ["PM~", "PM-"],
}
"""What comes of a measure that waits for somebody."""


async def month(town: Town) -> None:
    """One month of it: each thing as often as a town of this size sees it, and at least a chance of it."""
    await town.begin_month()
    for happens, each_year_of_a_thousand in _HAPPENINGS:
        expected = len(town.people) / 1000 * each_year_of_a_thousand / 12
        for _ in range(int(expected) + (town.rng.random() < expected % 1)):
            await happens(town)


def _is_japanese(person: PersonRecord) -> bool:
    return person.nationality is None


def _place(town: Town, part: str) -> dict[str, Any]:
    return {"address": f"栃木県足利市{part}{town.serial()}番地", "building": None}


def _code(town: Town) -> str:
    return resident_code(f"{7_000_000_000 + town.serial()}")


async def _birth(town: Town) -> None:
    mother = town.somebody(lambda p: p.sex is Sex.FEMALE and 20 <= town.age(p) <= 42 and _is_japanese(p))
    if mother is None:
        return
    (number,) = await town.numbers("person")
    child = PersonRecord(
        person_number=number, household_number=mother.household_number, resident_code="", birth=RecordedDate(town.day),
        sex=town.rng.choice([Sex.FEMALE, Sex.MALE]), address=mother.address, building=mother.building,
        postal_code=mother.postal_code, relationship="子の子" if mother.relationship == "子" else "子",
        domicile=mother.domicile, first_registrant=mother.first_registrant, **town.named("見本"),
    )  # fmt: skip
    await town.file("BI", entries=(child,), identity_check=None)
    await town.file("MN3", {number: {"my_number": town.sealed(number)}})


async def _death(town: Town) -> None:
    person = town.somebody(lambda p: town.age(p) > 60) or town.somebody()
    if person is None:
        return
    died = await town.file("DE", {person.person_number: {}}, identity_check=None)
    if town.rng.random() < 0.05:
        await town.file("UN+", reverses=died)
    else:
        await town.give_a_head(person.household_number)


async def _found_gone(town: Town) -> None:
    person = town.somebody()
    if person is None:
        return
    removed = await town.file(town.rng.choice(["OD", "OD", "OM"]), {person.person_number: {}})
    if town.rng.random() < 0.2:
        await town.file("UN+", reverses=removed)
    else:
        await town.give_a_head(person.household_number)


async def _move_in(town: Town) -> None:
    persons = await town.numbers("person", town.rng.choice([1, 1, 2, 3]))
    (home,) = await town.numbers("household")
    place = {"postal_code": "3260053"} | _place(town, "本城三丁目")
    entries = [
        PersonRecord(
            person_number=number, household_number=home, resident_code=_code(town),
            birth=RecordedDate(date(1960 + town.rng.randrange(45), 1 + town.rng.randrange(12), 3)),
            sex=town.rng.choice([Sex.FEMALE, Sex.MALE]), relationship=relationship, domicile="なし", first_registrant="なし",
            address_before_move_in=town.rng.choice(_PLACES), **place, **town.named("転見"),
        )
        for number, relationship in zip(persons, ("世帯主", "同居人", "縁故者"), strict=False)
    ]  # fmt: skip
    kind, moved = town.rng.choice(["IN1", "IN1", "IN2", "IN4"]), town.day - timedelta(days=3)
    planned: dict[str, Any] = {"planned_elsewhere_on": moved} if kind == "IN2" else {}
    await town.file(kind, entries=tuple(entries), occurred=RecordedDate(moved), **planned)


async def _move_back(town: Town) -> None:
    known = town.somebody(
        lambda p: p.removal_reason == "転出" and not p.suppressed and _is_japanese(p), among=town.gone
    )
    if known is None:
        return
    (home,) = await town.numbers("household")
    back = PersonRecord(
        person_number=known.person_number, household_number=home, resident_code=known.resident_code, name=known.name,
        furigana=known.furigana, birth=known.birth, sex=known.sex, relationship="世帯主", domicile=known.domicile,
        first_registrant=known.first_registrant, my_number=known.my_number, address_before_move_in=town.rng.choice(_PLACES),
        **_place(town, "助戸一丁目"),
    )  # fmt: skip
    await town.file("IN1", entries=(back,))


async def _move_in_from_abroad(town: Town) -> None:
    (number,), (home,) = await town.numbers("person"), await town.numbers("household")
    newcomer = PersonRecord(
        person_number=number, household_number=home, resident_code="", birth=RecordedDate(date(1995, 2, 3)), sex=Sex.MALE,
        relationship="世帯主", nationality="ネパール", article_30_45_category="特別永住者", name=f"GURUNG {town.serial()}",
        **_place(town, "通二丁目"),
    )  # fmt: skip
    await town.file("IN3", entries=(newcomer,))


async def _move_out(town: Town) -> None:
    person = town.somebody()
    if person is None or not (members := town.untouched(person.household_number)):
        return
    leaving = members if town.rng.random() < 0.7 else [person]
    if any(member.state is not State.RESIDENT for member in leaving):
        return
    planned = RecordedDate(town.day + timedelta(days=town.rng.randrange(40)))
    away = {"move_out_address": town.rng.choice(_PLACES)}
    kind = town.rng.choice(["OU1", "OU1", "OU2", "OU3"])
    told = await town.file(kind, {member.person_number: away for member in leaving}, occurred=planned)
    if town.rng.random() < 0.1:
        await town.file("UN+", reverses=told)


async def _move_within(town: Town) -> None:
    person = town.somebody()
    if person is None or not (members := town.untouched(person.household_number)):
        return
    to = _place(town, "大橋町一丁目")
    await town.file("MV", {member.person_number: to for member in members})


async def _marriage(town: Town) -> None:
    alone = [
        person for person in town.people.values()
        if person.relationship == "世帯主" and town.age(person) >= 18 and _is_japanese(person)
        and person.state is State.RESIDENT and len(town.untouched(person.household_number)) == 1
    ]  # fmt: skip
    if len(alone) < 2:
        return
    one, other = town.rng.sample(alone, 2)
    to = {
        "household_number": one.household_number, "relationship": "妻（未届）", "address": one.address, "building": one.building,
        "postal_code": one.postal_code,
    }  # fmt: skip
    await town.file("MV", {other.person_number: to})
    married = {"relationship": "妻", "domicile": one.domicile, "first_registrant": one.name} | town.named(one.name[:2])
    await town.file("CO", {other.person_number: married}, note="婚姻届受理通知による")
    kind = "PN1" if other.former_surname is None else "PN2"
    await town.file(kind, {other.person_number: {"former_surname": "旧見"}})


async def _divorce(town: Town) -> None:
    spouse = town.somebody(lambda p: p.relationship in _SPOUSES and _is_japanese(p))
    if spouse is None:
        return
    (home,) = await town.numbers("household")
    number, alone = spouse.person_number, {"household_number": home, "relationship": "世帯主"}
    await town.file("MV", {number: alone | _place(town, "葉鹿町")})
    own = town.named("離見")
    koseki = {"domicile": "栃木県足利市葉鹿町１番地", "first_registrant": own["name"]}
    await town.file("CO", {number: own | koseki}, note="離婚届受理通知による")
    if spouse.former_surname is not None:
        await town.file("PN3", {number: {}})


async def _split_and_merge(town: Town) -> None:
    person = town.somebody(lambda p: p.relationship == "子" and town.age(p) >= 18)
    if person is None:
        return
    (home,) = await town.numbers("household")
    other = town.somebody(
        lambda p: p.household_number == person.household_number and p.relationship == "子" and p != person
    )
    split = await town.file("HS", {person.person_number: {"household_number": home, "relationship": "世帯主"}})
    if other is not None and (other.address, other.building) == (person.address, person.building):
        await town.file("HC", {other.person_number: {"household_number": home, "relationship": "同居人"}})
    elif town.rng.random() < 0.4:
        back = {"household_number": person.household_number, "relationship": "子"}
        await town.file("HM", {person.person_number: back})
    elif town.rng.random() < 0.5:
        await town.file("UN~", reverses=split)


async def _another_head(town: Town) -> None:
    person = town.somebody(lambda p: p.relationship in _SPOUSES)
    if person is None or not (members := town.untouched(person.household_number)):
        return
    roles = {member.person_number: {"relationship": "同居人"} for member in members}
    await town.file("HH", roles | {person.person_number: {"relationship": "世帯主"}})


async def _nationality(town: Town) -> None:
    person = town.somebody(lambda p: not _is_japanese(p))
    if town.rng.random() < 0.2:
        person = town.somebody(lambda p: _is_japanese(p) and town.age(p) >= 18)
    if person is None:
        return
    if _is_japanese(person):
        lost = {
            "nationality": "ブラジル",
            "article_30_45_category": "国籍喪失による経過滞在者",
            "name": f"MIHON {town.serial()}",
        }
        became = await town.file("NL", {person.person_number: lost})
    else:
        koseki = {"domicile": "栃木県足利市本城三丁目２１４５番地"} | town.named("帰見")
        became = await town.file("NA", {person.person_number: koseki | {"first_registrant": koseki["name"]}})
    if town.rng.random() < 0.1:
        await town.file("UN~", reverses=became)


async def _alias(town: Town) -> None:
    person = town.somebody(lambda p: not _is_japanese(p))
    if person is not None and person.alias is None:
        await town.file("PN4", {person.person_number: {"alias": f"通見　{town.serial()}号"}})
    elif person is not None:
        await town.file("PN5", {person.person_number: {}})


async def _former_surname(town: Town) -> None:
    person = town.somebody(lambda p: p.former_surname is not None)
    if person is not None:
        kind = town.rng.choice(["PN2", "PN3"])
        await town.file(kind, {person.person_number: {"former_surname": "元見"} if kind == "PN2" else {}})


async def _correction(town: Town) -> None:
    person = town.somebody()
    if person is None:
        return
    number, kind = person.person_number, town.rng.choice(["MI", "CE", "CE", "RF", "RP", "RC1", "RC2", "MN1", "MN2"])
    if kind == "MI":
        # The name of the building, for everybody who lives in it.
        if members := town.untouched(person.household_number):
            await town.file("MI", {member.person_number: {"building": "見本荘"} for member in members})
    elif kind == "CE":
        wrong = town.somebody(among=town.gone) or person
        await town.file("CE", {wrong.person_number: {"telephone": f"{town.serial():010}"}})
    else:
        await town.file(kind, {number: {"my_number": town.sealed(number)} if kind.startswith("MN") else {}})


async def _protection(town: Town) -> None:
    person = town.somebody(lambda p: measure_of(p, town.day) in _NEXT)
    if person is not None:
        kinds = _NEXT[measure_of(person, town.day)]
    elif town.rng.random() < 0.2:
        person, kinds = town.somebody(lambda p: p.suppressed), ["PM-"]
    else:
        person, kinds = town.somebody(lambda p: not p.suppressed), ["PM0", "PM+"]
    if person is not None:
        await town.file(town.rng.choice(kinds), {person.person_number: {}})


async def _mistaken_entry(town: Town) -> None:
    (number,), (home,) = await town.numbers("person"), await town.numbers("household")
    found = PersonRecord(
        person_number=number, household_number=home, resident_code=_code(town), birth=RecordedDate(date(1980, 5, 5)),
        sex=Sex.UNKNOWN, relationship="世帯主", domicile="不明", first_registrant="不明", resident_since=RecordedDate(town.day),
        **_place(town, "通一丁目"), **town.named("職見"),
    )  # fmt: skip
    entered = await town.file("OI", entries=(found,))
    await town.file("UN-", reverses=entered)


_HAPPENINGS: Final = (
    (_birth, 9), (_death, 12), (_found_gone, 1), (_move_in, 20), (_move_back, 2), (_move_in_from_abroad, 8), (_move_out, 20),
    (_move_within, 15), (_marriage, 5), (_divorce, 2), (_split_and_merge, 6), (_another_head, 2), (_nationality, 3), (_alias, 2), (_former_surname, 1),
    (_correction, 12), (_protection, 4), (_mistaken_entry, 1),
)  # fmt: skip
"""What happens, and how often in a year among a thousand people."""
