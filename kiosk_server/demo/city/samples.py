"""Choosing people to try the kiosk with."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from civil.calendar import attained
from kiosk_server.demo.city.generate import DemoCity
from kiosk_server.demo.city.household import AS_OF
from registry.residents import PersonRecord

_ADULT = 18

_Home = list[PersonRecord]


def samples(city: DemoCity, n: int) -> tuple[str, ...]:
    """Return up to n person numbers of adults who may have a 住民票 now, each from a household of its own.

    Nobody from a household in which something happened after the load (protection, planned move, death ...). Households that
    common fonts can print come first, and among them those of every size in turn; those with rare letters follow.
    """
    eventful = _eventful(city)
    quiet = [home for number, home in _homes(city).items() if number not in eventful]
    common = [home for home in quiet if _is_common(home)]
    rare = [home for home in quiet if not _is_common(home)]
    return tuple(number for home in (*_by_turns(common), *_by_turns(rare)) if (number := _adult(home)) is not None)[:n]


def _homes(city: DemoCity) -> dict[str, _Home]:
    homes: dict[str, _Home] = defaultdict(list)
    for person in city.people:
        homes[person.record.household_number].append(person.record)
    return homes


def _eventful(city: DemoCity) -> set[str]:
    concerned = {number for later in city.later for number in later.event.changes}
    entered = {entry.household_number for later in city.later for entry in later.event.entries}
    return entered | {p.record.household_number for p in city.people if p.record.person_number in concerned}


def _is_common(home: Iterable[PersonRecord]) -> bool:
    """Whether every name and address is within JIS X 0208, which any Japanese font has."""
    texts = [text for person in home for text in (person.name, person.alias, person.full_address) if text]
    try:
        "".join(texts).encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def _by_turns(homes: Iterable[_Home]) -> Iterator[_Home]:
    """One household of each size and composition, then the second of each, and so on."""
    groups: dict[tuple[int, bool], list[_Home]] = defaultdict(list)
    for home in homes:
        groups[len(home), any(person.nationality for person in home)].append(home)
    for turn in range(max(map(len, groups.values()), default=0)):
        yield from (group[turn] for _, group in sorted(groups.items(), key=lambda item: item[0]) if turn < len(group))


def _adult(home: _Home) -> str | None:
    return next((person.person_number for person in home if attained(person.birth, _ADULT, AS_OF)), None)
