"""印鑑登録証明書 (`seal_registration`): the holder alone; the seal source and the issuance record must say the same of them."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import RefOwner
from issuance_db import seals
from issuance_db.intents import Intent, Subject
from issuance_db.residents import HouseholdMember
from issuance_db.seals import SealRegistration
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

_HOLDER_FIELDS: Final = frozenset({"name", "former_surname", "alias", "birth", "address"})
_FAMILY: Final = "seal_registration"
_IMAGE: Final = f"{_FAMILY}/image"


class SealRegistrationCertificate:
    """The declaration of `seal_registration`."""

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder and the living registration. A deleted seal (廃印) has none and is refused."""
        municipality = asked.request.municipality_code
        holder, seal, age = await _read(connection, municipality, asked.authenticated.person_number, moment)
        make = partial(_snapshot, municipality, holder, seal, Certifying.of(moment))
        return Reading(
            (as_subject(holder),), make, (SourceRead("seal", seal.person_number, seal.sequence, age.fed_at),)
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Nothing to choose."""
        await _read(connection, owner.municipality_code, person_number, moment)
        return Offer()

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder."""
        return subjects

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences first; at equal ones another seal or another holder is a mismatch."""
        city_code = look.intent.lease.key.municipality_code
        await require_same_sources(connection, look)
        seal = await seals.derive_seal(connection, city_code, look.holder_number)
        snapshot = look.snapshot
        if not (
            isinstance(snapshot, pdf.SealRegistrationSnapshot)
            and seal is not None
            and seal.agrees
            and seal.image_sha256 == snapshot.registered_seal.sha256
            and snapshot.holder.person_number == look.holder_number
        ):
            raise PersonDiffers
        require_holder_stays(look.household, held_back=seal.held_back)
        require_young(seal.age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for this kind alone."""
        holder = intent.subjects[0].person_number
        return (holder, f"{_FAMILY}/{printed_field}") if printed_field in _HOLDER_FIELDS else None


async def _read(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment
) -> tuple[HouseholdMember, SealRegistration, SourceAge]:
    holder = await read_staying_holder(connection, municipality_code, person_number, moment)
    seal = await seals.registration_of(connection, municipality_code, person_number)
    if seal is None:
        raise refused("no_seal_registered", person_number)
    age = require_usable(seal, holder, _FAMILY, moment.now)
    return holder, seal, age


def _snapshot(
    municipality_code: str, holder: HouseholdMember, seal: SealRegistration, certifying: Certifying, number: str
) -> pdf.SealRegistrationSnapshot:
    try:
        registered = pdf.RegisteredSeal(seal.image, seal.image_sha256)
    except pdf.SnapshotInvalid:
        raise RecordContradictsItself(holder.person_number, _IMAGE) from None
    return pdf.SealRegistrationSnapshot(
        issuance_number=number,
        issued_at=certifying.instant,
        municipality_code=municipality_code,
        municipality_name=certifying.city_name,
        holder=pdf.SealHolder(
            holder.person_number,
            seal.name,
            holder.former_surname,
            holder.alias,
            seal.birth,
            seal.address,
            holder.nationality is not None,
        ),
        registered_seal=registered,
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )
