"""Whatever text of a certificate cannot be printed: staff read whose it is and which; what is the city's own lists nobody."""

from datetime import UTC, datetime
from functools import cache

import pytest

from issuance_db.intents import Intent, Subject
from issuance_db.requests import Lease, RequestKey
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.request import Kind
from pdf import FontChain, GlyphMissing, Snapshot, plan
from tests.pdf.free_text import Path, free_texts, with_texts
from tests.pdf.test_every_text_whole_or_refused import EVERY

_NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
_GAIJI = "\ue000"
_OF_THE_CITY = {"municipality_name", "mayor"}


def intent_of(kind: Kind, persons: int) -> Intent:
    """About `persons` who stand on it in this order."""
    lease = Lease(RequestKey("092029", "centre", "issuances", "1"), 1, _NOON, _NOON)
    subjects = tuple(Subject(f"{number}", 1, "H1", 1, "person") for number in range(1, persons + 1))
    return Intent("20261123-01-00012345-6", lease, kind, "centre", 200, _NOON, 1, bytes(32), subjects)


@cache
def fonts_of_the_city() -> FontChain:
    return FontChain()


def refused_field(snapshot: Snapshot, place: Path) -> str:
    with pytest.raises(GlyphMissing) as refused:
        plan(with_texts(snapshot, {place: _GAIJI}), fonts_of_the_city())
    return refused.value.field


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_text_that_cannot_be_printed_is_listed_with_its_owner(name: str) -> None:
    kind, snapshot = Kind(name.split(maxsplit=1)[0]), EVERY[name]
    persons = len(getattr(snapshot, "persons", ())) or 1
    for place, _ in free_texts(snapshot):
        field = refused_field(snapshot, place)
        listed = KINDS[kind].to_list(intent_of(kind, persons), field)
        if place[0] in _OF_THE_CITY:
            assert listed is None
        else:
            assert listed is not None, place
            assert listed[1].endswith(field)


@pytest.mark.parametrize("kind", [Kind.RESIDENT_RECORD, Kind.RESIDENT_STATEMENT])
def test_of_a_household_the_person_is_listed_whose_text_it_is(kind: Kind) -> None:
    field = refused_field(EVERY[kind], ("persons", 1, "name"))
    assert KINDS[kind].to_list(intent_of(kind, 2), field) == ("2", "person2.name")
