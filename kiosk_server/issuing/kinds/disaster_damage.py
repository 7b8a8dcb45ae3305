"""罹災証明書 (`disaster_damage`): what one disaster did to one dwelling, for the resident who applied.

The source and the issuance record must say the same of the holder. Nobody else is on the paper.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import RefOwner
from civil.eras import wareki
from issuance_db import damages
from issuance_db.damages import CertifiedDamage, DisasterDamage
from issuance_db.intents import Intent, Subject
from issuance_db.residents import HouseholdMember
from issuance_db.sources import SourceAge, SourceRead
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import PersonDiffers, RecordContradictsItself
from kiosk_server.issuing.kinds.holder import (
    as_subject,
    read_staying_holder,
    require_holder_stays,
    require_same_sources,
    require_usable,
    require_young,
)
from kiosk_server.issuing.kinds.kind import Certifying, LastLook, Moment, Offer, Reading
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import MenuChoice

_FAMILY: Final = "disaster_damage"
_NONE: Final = "no_disaster_damage"


class DisasterDamageCertificate:
    """The declaration of `disaster_damage`. The choice is the number of the damage."""

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder, and that damage if it is theirs and decided."""
        municipality, person = asked.request.municipality_code, asked.authenticated.person_number
        holder = await read_staying_holder(connection, municipality, person, moment)
        found = await damages.damages_of(connection, municipality, person, asked.request.choice or "")
        if not found:
            raise refused(_NONE, person)
        age = _require_certifiable(found[0], holder, moment)
        return Reading(
            (as_subject(holder),),
            partial(_snapshot, municipality, holder, found[0], Certifying.of(moment)),
            (SourceRead("disaster", person, found[0].sequence, age.fed_at),),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Each damage that may be certified now; without any, why the latest may not."""
        holder = await read_staying_holder(connection, owner.municipality_code, person_number, moment)
        choices: list[MenuChoice] = []
        against = refused(_NONE, person_number)
        for damage in reversed(await damages.damages_of(connection, owner.municipality_code, person_number)):
            try:
                _require_certifiable(damage, holder, moment)
            except Refusal as refusal:
                against = refusal
            else:
                choices.insert(0, MenuChoice(damage.damage_number, _label(damage)))
        if not choices:
            raise against
        return Offer(choices=tuple(choices))

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder."""
        return subjects

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences first; at equal ones another damage or another holder is a mismatch."""
        await require_same_sources(connection, look)
        snapshot = look.snapshot
        if not (
            isinstance(snapshot, pdf.DisasterDamageSnapshot) and snapshot.holder.person_number == look.holder_number
        ):
            raise PersonDiffers
        city_code, shown = look.intent.lease.key.municipality_code, snapshot.damage
        certified = CertifiedDamage(**{name: getattr(shown, name) for name in CertifiedDamage.__dataclass_fields__})
        derived = await damages.derive_damage(connection, city_code, look.holder_number, certified)
        if derived is None or not derived.agrees:
            raise PersonDiffers
        require_holder_stays(look.household, held_back=derived.held_back)
        require_young(derived.age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for this kind alone."""
        fields = (*pdf.DamageHolder.__dataclass_fields__, *pdf.Damage.__dataclass_fields__)
        return (intent.subjects[0].person_number, f"{_FAMILY}/{printed_field}") if printed_field in fields else None


def _require_certifiable(damage: DisasterDamage, holder: HouseholdMember, moment: Moment) -> SourceAge:
    age = require_usable(damage, holder, _FAMILY, moment.now)
    if damage.reassessing:
        raise refused("damage_being_reassessed", holder.person_number)
    return age


def _label(damage: DisasterDamage) -> str:
    return f"{damage.disaster}（{wareki(damage.struck_on)}）　{damage.dwelling_address}"


def _snapshot(
    municipality_code: str, holder: HouseholdMember, damage: DisasterDamage, certifying: Certifying, number: str
) -> pdf.DisasterDamageSnapshot:
    try:
        shown = pdf.Damage(**{name: getattr(damage, name) for name in pdf.Damage.__dataclass_fields__})
    except pdf.SnapshotInvalid:
        raise RecordContradictsItself(holder.person_number, f"{_FAMILY}/degree") from None
    return pdf.DisasterDamageSnapshot(
        issuance_number=number,
        issued_at=certifying.instant,
        municipality_code=municipality_code,
        municipality_name=certifying.city_name,
        holder=pdf.DamageHolder(
            holder.person_number, damage.name, damage.birth, damage.address, holder.nationality is not None
        ),
        damage=shown,
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )
