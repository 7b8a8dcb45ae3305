"""Whether this person may have this certificate now, and who is on it. Pure: it reads nothing but what it is given.

The kiosk is told one neutral word whatever the reason (domain rule: never that a protective measure exists); staff see the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from civil.age import attained
from issuance_db.city import CitySettings
from issuance_db.koseki_access import Accepted
from issuance_db.residents import HouseholdMember
from kiosk_server.issuing.asked import Chosen
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import ResidentRecordOptions

MY_NUMBER_NOT_PRINTED: Final = "my_number_not_printed_by_city"
HOUSEHOLD_INCOMPLETE: Final = "household_incomplete"


@dataclass(frozen=True, slots=True)
class Authorised:
    """Who is printed, in printing order, and whether that is everyone in the household."""

    holder: HouseholdMember
    printed: tuple[HouseholdMember, ...]
    whole_household: bool
    head: HouseholdMember | None
    """The head, when the certificate prints the head's name; they may be on it by that name only."""


def authorise(
    household: Sequence[HouseholdMember],
    holder_number: str,
    chosen: Chosen,
    options: ResidentRecordOptions,
    city: CitySettings,
    on: date,
) -> Authorised:
    """Decide by the facts of one read. ``chosen`` names persons by number; raises ``Refusal`` with ``not_available``."""
    holder = holder_in(household, holder_number)
    require_city_ready(city)
    require_of_age(holder, city.minimum_age, on)
    printed = _chosen(household, holder, chosen)
    is_whole = len(printed) == len(household) == (holder.household_members or len(household))
    if chosen == "household" and not is_whole:
        raise refused(HOUSEHOLD_INCOMPLETE, None)
    head = _head(household) if options.relationship else None
    _require_nobody_leaving(household)
    for member in (*printed, *([head] if head else [])):
        require_nothing_against(member)
    if options.my_number and not city.my_number_allowed:
        raise refused(MY_NUMBER_NOT_PRINTED, holder_number)
    return Authorised(holder, printed, is_whole, head)


def holder_in(household: Sequence[HouseholdMember], holder_number: str) -> HouseholdMember:
    """The asking person; raises ``Refusal`` for somebody who is not, or no longer, in the issuance record."""
    holder = next((member for member in household if member.person_number == holder_number), None)
    if holder is None:
        raise refused("not_in_issuance_record", holder_number)
    return holder


def refused(reason: str, person_number: str | None) -> Refusal:
    """``not_available``, with the reason for staff."""
    return Refusal(RefusalCode.NOT_AVAILABLE, reason, person_number=person_number)


def require_city_ready(city: CitySettings) -> None:
    """A certificate without a mayor, a seal or a fee of its day is refused, not made without them (Okayama 2023)."""
    missing = [name for name in ("mayor_name", "seal_image", "fee_yen") if getattr(city, name) is None]
    if missing:
        raise refused(f"city_setting_missing_{missing[0]}", None)


def require_of_age(holder: HouseholdMember | Accepted, minimum_age: int, on: date) -> None:
    """Raises ``Refusal`` unless the holder surely has the age on this JST date."""
    if attained(holder.birth, minimum_age, on) is not True:
        raise refused("under_age", holder.person_number)


def _chosen(
    household: Sequence[HouseholdMember], holder: HouseholdMember, chosen: Chosen
) -> tuple[HouseholdMember, ...]:
    if chosen == "household":
        return tuple(household)
    if chosen == "self":
        return (holder,)
    printed = tuple(member for member in household if member.person_number in chosen)
    if chosen == "koseki" or len(printed) != len(chosen):
        raise refused("not_of_household", None)
    return printed


def _head(household: Sequence[HouseholdMember]) -> HouseholdMember:
    """Who is printed as 世帯主. A household may be without one for a while; relationships cannot be printed then."""
    head = next((member for member in household if member.is_head), None)
    if head is None:
        raise refused("household_without_head", None)
    return head


def _require_nobody_leaving(household: Sequence[HouseholdMember]) -> None:
    """One member with a 転出届 stops the whole household, as cities do (Tamba, Ginowan)."""
    for member in household:
        if member.planned_move_out_on is not None:
            raise refused("planned_move_out", member.person_number)


def require_nothing_against(member: HouseholdMember) -> None:
    """Raises ``Refusal`` for somebody under suppression or set aside for staff."""
    if member.suppressed:
        raise refused("suppressed", member.person_number)
    if member.held_back:
        raise refused("held_back", member.person_number)
