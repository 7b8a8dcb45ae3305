"""課税証明書, 所得証明書, 納税証明書 (`tax_assessment`, `tax_income`, `tax_payment`): the holder's record of one tax year.

The tax source and the issuance record must say the same of the holder. Dependants are printed as counts, never by name, so that
the holder is the only person on the paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import RefOwner
from civil.calendar import jst_date
from issuance_db import taxes
from issuance_db.intents import Intent, Subject
from issuance_db.residents import HouseholdMember
from issuance_db.sources import SourceAge, SourceRead
from issuance_db.taxes import TaxRecord
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
from kiosk_server.issuing.request import Kind, MenuChoice

_FAMILY: Final = "tax"
_HOLDER_FIELDS: Final = frozenset({"name", "birth", "address", "address_on_january_1"})


@dataclass(frozen=True, slots=True)
class TaxCertificate:
    """The declaration of one of the three; ``form`` is what its paper says."""

    kind: Kind
    form: type[pdf.TaxAssessmentSnapshot | pdf.TaxIncomeSnapshot | pdf.TaxPaymentSnapshot]

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder, and the record of the year that was asked for, if the city offers it at the accept instant."""
        municipality, person = asked.request.municipality_code, asked.authenticated.person_number
        holder = await read_staying_holder(connection, municipality, person, moment)
        offered = await taxes.offered_years(connection, municipality, self.kind, jst_date(moment.instant))
        year = next((year for year in offered if str(year) == asked.request.choice), None)
        if year is None:
            raise refused("tax_year_not_offered", person)
        record, age = await _record(connection, municipality, holder, year, moment)
        return Reading(
            (as_subject(holder),),
            partial(self._snapshot, municipality, (holder, record), (year, age), Certifying.of(moment)),
            (SourceRead("tax", person, record.sequence, age.fed_at),),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """The years that this person may have now; without any, why the newest may not be had."""
        municipality = owner.municipality_code
        holder = await read_staying_holder(connection, municipality, person_number, moment)
        choices: list[MenuChoice] = []
        last = refused("tax_year_not_offered", person_number)
        for year in reversed(await taxes.offered_years(connection, municipality, self.kind, jst_date(moment.instant))):
            try:
                await _record(connection, municipality, holder, year, moment)
            except Refusal as refusal:
                last = refusal
            else:
                choices.insert(0, MenuChoice(str(year), pdf.tax_year_text(year)))
        if not choices:
            raise last
        return Offer(choices=tuple(choices))

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder."""
        return subjects

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences first; at equal ones other figures or another holder are a mismatch."""
        await require_same_sources(connection, look)
        snapshot = look.snapshot
        if not isinstance(snapshot, self.form):
            raise PersonDiffers
        city_code = look.intent.lease.key.municipality_code
        record = await taxes.derive_tax(connection, city_code, look.holder_number, snapshot.tax_year)
        if not (
            record is not None
            and record.agrees
            and record.amounts == dict(snapshot.amounts)
            and snapshot.holder.person_number == look.holder_number
        ):
            raise PersonDiffers
        require_holder_stays(look.household, held_back=record.held_back)
        require_young(record.age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for the tax kinds alone."""
        holder = intent.subjects[0].person_number
        return (holder, f"{_FAMILY}/{printed_field}") if printed_field in _HOLDER_FIELDS else None

    def _snapshot(
        self,
        municipality_code: str,
        of: tuple[HouseholdMember, TaxRecord],
        when: tuple[int, SourceAge],
        certifying: Certifying,
        number: str,
    ) -> pdf.Snapshot:
        holder, record = of
        tax_year, age = when
        try:
            return self.form(
                issuance_number=number,
                issued_at=certifying.instant,
                municipality_code=municipality_code,
                municipality_name=certifying.city_name,
                holder=_holder(holder, record),
                tax_year=tax_year,
                amounts=tuple(sorted(record.amounts.items())),
                as_of=age.fed_at,
                mayor=certifying.mayor,
                official_seal=certifying.official_seal,
                specimen=certifying.specimen,
                salt=certifying.salt,
            )
        except pdf.SnapshotInvalid:
            raise RecordContradictsItself(holder.person_number, f"{_FAMILY}/amounts") from None


async def _record(
    connection: asyncpg.Connection, municipality_code: str, holder: HouseholdMember, tax_year: int, moment: Moment
) -> tuple[TaxRecord, SourceAge]:
    record = await taxes.record_of(connection, municipality_code, holder.person_number, tax_year)
    if record is None:
        raise refused("no_tax_record_of_year", holder.person_number)
    age = require_usable(record, holder, _FAMILY, moment.now)
    if not record.declared:
        raise refused("tax_not_declared", holder.person_number)
    return record, age


def _holder(holder: HouseholdMember, record: TaxRecord) -> pdf.TaxHolder:
    return pdf.TaxHolder(
        holder.person_number,
        record.name,
        record.birth,
        record.address,
        record.address_on_january_1,
        holder.nationality is not None,
    )
