"""Invented addresses: towns of the city with lots and buildings that do not exist, and places elsewhere."""

from dataclasses import dataclass
from random import Random

from civil.places import Town, towns

CITY = "栃木県足利市"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_BUILDINGS = (
    "見本荘",
    "コーポみほん",
    "メゾン見本",
    "見本ハイツ",
    "サンプルコート",
    "グランみほん",
    "第二見本ビル",
    "市営みほん住宅",
)
ELSEWHERE = (
    "栃木県宇都宮市見本町", "栃木県佐野市見本町", "群馬県太田市見本町", "群馬県桐生市見本町", "群馬県館林市見本町",
    "埼玉県熊谷市見本町", "東京都足立区見本町", "東京都世田谷区見本町", "茨城県古河市見本町", "神奈川県横浜市中区見本町",
    "大阪府大阪市北区見本町", "北海道札幌市中央区見本町", "福岡県福岡市博多区見本町", "宮城県仙台市青葉区見本町",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An address in the city; `building` is 方書."""

    postal_code: str
    address: str
    building: str | None

    @property
    def full(self) -> str:
        """Address and building as they are printed."""
        return self.address if self.building is None else f"{self.address}　{self.building}"


def place_in_city(rng: Random, *, may_have_building: bool = True) -> Place:
    """An address in one of the city's towns."""
    town = _town(rng)
    building = None
    if may_have_building and rng.random() < 0.3:  # noqa: PLR2004 - three in ten live in a house with many flats
        building = f"{rng.choice(_BUILDINGS)}{full_width(rng.randrange(1, 10) * 100 + rng.randrange(1, 13))}号"
    return Place(town.postal_code, CITY + town.name + _lot(rng), building)


def place_elsewhere(rng: Random) -> str:
    """An address in another city."""
    return rng.choice(ELSEWHERE) + _lot(rng)


def domicile(rng: Random) -> str:
    """A 本籍, more often here than elsewhere."""
    if rng.random() < 0.6:  # noqa: PLR2004 - our guess
        return CITY + _town(rng).name + full_width(rng.randrange(1, 3000)) + "番地"
    return rng.choice(ELSEWHERE) + full_width(rng.randrange(1, 3000)) + "番地"


def full_width(number: int) -> str:
    """Return a number in full-width digits, as addresses have them."""
    return str(number).translate(_FULL_WIDTH)


def _town(rng: Random) -> Town:
    return rng.choice(towns())


def _lot(rng: Random) -> str:
    lot = full_width(rng.randrange(1, 4000)) + "番地"
    return lot if rng.random() < 0.5 else f"{lot}{full_width(rng.randrange(1, 40))}"  # noqa: PLR2004
