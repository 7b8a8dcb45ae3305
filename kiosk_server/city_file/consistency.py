"""What the items of a file must be together: dates in order, nothing said twice, windows apart."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter

from civil.text import UnacceptableText, require_printable
from kiosk_server.city_file.form import CityItems, TermItem, clock_time

_LONGEST = 60


def complaints(items: CityItems) -> Iterator[str]:
    """A line for each fault."""
    yield from _texts(items)
    yield from _terms("mayor", items.mayor)
    yield from _terms("official_seal", items.official_seal)
    yield from _fees(items)
    yield from _hours(items)
    yield from _tax_years(items)
    yield from _retired(items)


def _texts(items: CityItems) -> Iterator[str]:
    texts = {"name": items.name}
    for number, mayor in enumerate(items.mayor, 1):
        texts |= {f"mayor[{number}].title": mayor.title, f"mayor[{number}].name": mayor.name}
    for place, text in texts.items():
        if not text.strip(" \u3000"):
            yield f"{place}: 空です。書いてください。 / It is empty; write it."
        try:
            require_printable(place, text, _LONGEST)
        except UnacceptableText as error:
            yield str(error)


def _terms(name: str, terms: Sequence[TermItem]) -> Iterator[str]:
    for number, term in enumerate(terms, 1):
        if term.until is not None and term.until < term.start:
            yield f"{name}[{number}].until: from より前の日です。 / It is before from."
    for before, after in pairwise(sorted(terms, key=attrgetter("start"))):
        if before.start == after.start:
            yield f"{name}: from {after.start} が2つあります。 / It is there twice; leave one."
        elif before.until is not None and before.until >= after.start:
            yield (
                f"{name}: from {before.start} の until が次の from {after.start} と重なります。until を前の日までに。 / "
                f"until of {before.start} reaches into the next; end it the day before."
            )


def _fees(items: CityItems) -> Iterator[str]:
    seen = set()
    for number, fee in enumerate(items.fee, 1):
        key = (fee.kind, fee.channel, fee.start)
        if key in seen:
            yield f"fee[{number}]: 同じ kind・channel・from が既にあります。 / The same kind, channel and from is there already."
        seen.add(key)


def _hours(items: CityItems) -> Iterator[str]:
    windows = []
    for number, item in enumerate(items.hours, 1):
        opens, closes = clock_time(item.opens), clock_time(item.closes)
        if closes <= opens:
            yield f"hours[{number}].closes: opens より後にしてください(日をまたぐ時間は2つに分けて)。 / It must be after opens; split hours across midnight."
        windows += [(item.kind, weekday, opens, closes, number) for weekday in item.weekdays]
    for before, after in pairwise(sorted(windows)):
        if before[:2] == after[:2] and after[2] < before[3]:
            yield f"hours[{after[4]}]: {after[1]} の時間が hours[{before[4]}] と重なります。 / It overlaps with hours[{before[4]}] on {after[1]}."


def _tax_years(items: CityItems) -> Iterator[str]:
    seen = set()
    for number, item in enumerate(items.tax_year, 1):
        if item.until is not None and item.until < item.start:
            yield f"tax_year[{number}].until: from より前の日です。 / It is before from."
        for kind in item.kinds:
            if (kind, item.year) in seen:
                yield f"tax_year[{number}]: {kind} の {item.year} が既にあります。 / {kind} has {item.year} already."
            seen.add((kind, item.year))


def _retired(items: CityItems) -> Iterator[str]:
    seen = set()
    for number, item in enumerate(items.retired, 1):
        if item.kind in seen:
            yield f"retired[{number}]: {item.kind} が既にあります。 / {item.kind} is there already."
        seen.add(item.kind)
