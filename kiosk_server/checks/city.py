"""Each city has today what a certificate needs: a mayor, an official seal that can be printed, fees and service hours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from civil.calendar import jst_date
from issuance_db.city_readiness import CityReadiness, city_readiness
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong
from pdf import SnapshotInvalid
from pdf.seal_image import decode

_FIX: Final = (
    "市の設定ファイルに今日有効なものを書き、kiosk city apply で登録してください。",
    "Write what holds today into the city's file and store it with: kiosk city apply",
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one city lacks, and whether it can issue nothing at all for that."""

    what: tuple[str, ...] = ()
    issues_nothing: bool = False


async def mayor_and_seal(surroundings: Surroundings) -> str:
    """Today's mayor and seal of each city."""
    return await _look_at_each(surroundings, _mayor_and_seal)


async def fees_and_hours(surroundings: Surroundings) -> str:
    """Today's fee, and hours, of everything that the callers of each city may ask for."""
    return await _look_at_each(surroundings, _fees_and_hours)


async def _look_at_each(surroundings: Surroundings, lacking: Callable[[CityReadiness], Lacking]) -> str:
    # Of many cities one that lacks something is refused request by request; it may not stop the others.
    today, cities = jst_date(surroundings.clock()), surroundings.settings.cities()
    connection = await surroundings.database()
    found = {code: lacking(await city_readiness(connection, code, today)) for code in cities}
    missing = [f"{code} {what}" for code, city in found.items() for what in city.what]
    if missing:
        is_shut = all(city.issues_nothing for city in found.values())
        raise (Wrong if is_shut else Advice)(_fault(missing, today))
    return f"{today} {', '.join(cities)}"


def _mayor_and_seal(city: CityReadiness) -> Lacking:
    if not city.is_registered:
        return Lacking(("市の登録 / the city itself",), issues_nothing=True)
    missing = () if city.has_mayor else ("市長名 / mayor",)
    if not _can_be_printed(city.seal_image):
        missing = (*missing, "公印 / official seal")
    return Lacking(missing, issues_nothing=bool(missing))


def _fees_and_hours(city: CityReadiness) -> Lacking:
    fees = tuple(f"手数料 / fee: {what}" for what in city.without_fee)
    hours = tuple(f"サービス時間 / service hours: {what}" for what in city.without_hours)
    without = {*city.without_fee, *city.without_hours}
    return Lacking((*fees, *hours), issues_nothing=bool(without) and without == set(city.asked_for))


def _can_be_printed(seal_image: bytes | None) -> bool:
    if not seal_image:
        return False
    try:
        decode(seal_image)
    except SnapshotInvalid:
        return False
    return True


def _fault(missing: list[str], today: date) -> Fault:
    listed = "、".join(missing)
    return Fault(f"{today} に有効な設定がありません: {listed}。", f"Not set for {today}: {', '.join(missing)}.", *_FIX)
