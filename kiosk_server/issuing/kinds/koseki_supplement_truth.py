"""What koseki, 附票 and issuance record must agree on before a 戸籍の附票の写し is made, and what the permit must find again."""

from collections.abc import Sequence
from typing import Final

import pdf
from issuance_db.intents import Intent
from issuance_db.koseki_access import Accepted
from issuance_db.koseki_supplements import DerivedOfSupplement, KosekiSupplement, PersonOfSupplement
from issuance_db.residents import HouseholdMember
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import PersonDiffers, RecordContradictsItself
from kiosk_server.issuing.kinds.holder import SOURCE_RETRY_SECONDS
from kiosk_server.issuing.kinds.koseki_supplement_scope import Scope
from kiosk_server.issuing.refusal import Refusal, RefusalCode

_OF_ANOTHER_KOSEKI: Final = "koseki_supplement/koseki"
_OTHER_SAYS_OTHERWISE: Final = "koseki_supplement/holder"
_NOWHERE: Final = "koseki_supplement/addresses"


def require_one_truth(holder: HouseholdMember | Accepted, supplement: KosekiSupplement, scope: Scope) -> None:
    """The 附票 is of the people of the koseki, no more and no less, and of the holder as the issuance record has them.

    Raises ``RecordContradictsItself``, which lists the holder.
    """
    if {one.in_koseki for one in supplement.persons} != supplement.members:
        raise RecordContradictsItself(holder.person_number, _OF_ANOTHER_KOSEKI)
    own = next(one for one in supplement.persons if one.asks)
    of_supplement = (own.name, own.birth, supplement.domicile, supplement.first_registrant)
    if of_supplement != (holder.name, holder.birth, holder.domicile, holder.first_registrant):
        raise RecordContradictsItself(holder.person_number, _OTHER_SAYS_OTHERWISE)
    if not all(one.addresses for one in scope.printed(supplement.persons)):
        raise RecordContradictsItself(holder.person_number, _NOWHERE)


def require_todays_addresses(printed: Sequence[PersonOfSupplement]) -> None:
    """Raises ``Refusal`` for a move that the register has and the 附票 has not: the next feed brings it, nobody is listed."""
    for one in printed:
        here = one.address_in_record is not None and not one.removed
        if here and one.addresses[-1].address != one.address_in_record:
            raise Refusal(
                RefusalCode.NOT_FRESH,
                "supplement_behind_record",
                retry_after=SOURCE_RETRY_SECONDS,
                person_number=one.person_number,
            )


def require_nobody_leaving(printed: Sequence[PersonOfSupplement] | Sequence[DerivedOfSupplement]) -> None:
    """It is about the address: whoever has filed a 転出届 will have another one. Raises ``Refusal``."""
    for one in printed:
        if one.planned_move_out:
            raise refused("planned_move_out", one.person_number)


def require_same(
    snapshot: pdf.KosekiSupplementSnapshot, intent: Intent, persons: Sequence[DerivedOfSupplement], scope: Scope
) -> None:
    """The koseki gives the same persons, and the 附票 the same addresses to each of them. Raises ``PersonDiffers``."""
    derived = {one.koseki_person_number: one.addresses for one in scope.printed(persons)}
    on_paper = {one.koseki_person_number: tuple(at.address for at in one.addresses) for one in snapshot.persons}
    shown = {(one.koseki_person_number, one.person_number) for one in scope.shown(persons)}
    if not (
        {snapshot.koseki_number} == {one.koseki_number for one in persons}
        and snapshot.whole == scope.whole
        and derived == on_paper
        and shown == {(one.koseki_person_number, one.person_number) for one in intent.koseki_persons}
    ):
        raise PersonDiffers
