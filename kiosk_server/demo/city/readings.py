"""How the demo's invented names and domiciles are read: what its people type on a kana keyboard."""

import unicodedata
from typing import Final

from civil.places import towns
from kiosk_server.demo.city.names import GIVEN_NAMES, SPECIAL_SURNAMES, SURNAMES
from kiosk_server.demo.city.places import CITY

_NAMES: Final = dict([*SURNAMES, *SPECIAL_SURNAMES, *(pair for pairs in GIVEN_NAMES.values() for pair in pairs)])


def name_in_kana(name: str) -> str:
    """A name in katakana, part by part; a part that was not drawn from our lists stays as it is."""
    return "　".join(_NAMES.get(part, part) for part in name.split("　"))


def domicile_in_kana(domicile: str) -> str:
    """A 本籍 in one of the city's towns as town and number, in katakana and ASCII digits; any other one as it is."""
    place = domicile.removeprefix(CITY)
    town = max((town for town in towns() if place.startswith(town.name)), key=lambda town: len(town.name), default=None)
    if town is None:
        return domicile
    return town.kana + unicodedata.normalize("NFKC", place.removeprefix(town.name)).removesuffix("番地")
