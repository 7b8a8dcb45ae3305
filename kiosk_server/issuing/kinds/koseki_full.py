"""戸籍全部事項証明書 (`koseki_full`): the koseki in which the holder lives, with everyone ever recorded in it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import RefOwner
from issuance_db import kosekis
from issuance_db.intents import Intent, KosekiSubject, Subject
from issuance_db.kosekis import DerivedKosekiMember, Koseki, KosekiMember
from issuance_db.residents import HouseholdMember
from issuance_db.sources import SourceRead, is_unchanged
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import PersonDiffers, RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds.holder import as_subject, read_holder, require_nothing_against_holder, require_young
from kiosk_server.issuing.kinds.kind import Certifying, LastLook, Moment, Offer, Reading
from kiosk_server.issuing.kinds.koseki_full_snapshot import koseki_full_snapshot

_KOSEKI_FIELDS: Final = frozenset({"domicile", "first_registrant"})
_OTHER_SAYS_OTHERWISE: Final = "koseki_full/holder"


class KosekiFull:
    """The declaration of `koseki_full`."""

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder, then the whole koseki in one statement."""
        municipality = asked.request.municipality_code
        holder, koseki = await _read(connection, municipality, asked.authenticated.person_number, moment)
        age = require_young(koseki.age, moment.now)
        return Reading(
            _subjects(holder, koseki),
            partial(koseki_full_snapshot, municipality, koseki, Certifying.of(moment)),
            (SourceRead("koseki", koseki.koseki_number, koseki.sequence, age.fed_at),),
            tuple(KosekiSubject(one.koseki_person_number, one.person_number) for one in koseki.members),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Nothing to choose."""
        await _read(connection, owner.municipality_code, person_number, moment)
        return Offer()

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder; the others of the koseki may live anywhere."""
        return subjects[:1]

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences of the koseki and of everyone in it first; at equal ones another person is a mismatch."""
        city_code = look.intent.lease.key.municipality_code
        if not await is_unchanged(connection, city_code, look.intent.sources):
            raise RecordMoved
        members = await kosekis.derive_koseki(connection, city_code, look.holder_number)
        _require_unmoved(look.intent.subjects, members)
        _require_same_koseki(look, members)
        require_nothing_against_holder(look.household)
        for member in members:
            if member.suppressed or member.held_back:
                raise refused("suppressed" if member.suppressed else "held_back", member.person_number)
        if members[0].pending:
            raise refused("koseki_pending", look.holder_number)
        require_young(members[0].age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for this kind alone: who is known only from the koseki has no place in that list."""
        of_koseki = printed_field in _KOSEKI_FIELDS or printed_field.startswith(("person", "item"))
        return (intent.subjects[0].person_number, f"koseki_full/{printed_field}") if of_koseki else None


async def _read(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment
) -> tuple[HouseholdMember, Koseki]:
    holder = await read_holder(connection, municipality_code, person_number, moment)
    koseki = await kosekis.koseki_of(connection, municipality_code, person_number)
    if koseki is None:
        raise refused("no_koseki_here", person_number)
    require_young(koseki.age, moment.now)
    if any(member.behind for member in koseki.members):
        raise RecordMoved
    if koseki.pending_since is not None:
        raise refused("koseki_pending", person_number)
    for member in koseki.members:
        if member.suppressed or member.held_back:
            raise refused("suppressed" if member.suppressed else "held_back", member.person_number)
    if koseki.held_back:
        raise refused("held_back", person_number)
    _require_same_holder(holder, koseki)
    return holder, koseki


def _require_same_holder(holder: HouseholdMember, koseki: Koseki) -> None:
    """A wrong link between the two registers would be another family's koseki."""
    own = next(one for one in koseki.members if one.person_number == holder.person_number and not one.removed)
    of_koseki = (f"{own.surname}　{own.given_name}", own.birth, koseki.domicile, koseki.first_registrant)
    if of_koseki != (holder.name, holder.birth, holder.domicile, holder.first_registrant):
        raise RecordContradictsItself(holder.person_number, _OTHER_SAYS_OTHERWISE)


def _subjects(holder: HouseholdMember, koseki: Koseki) -> tuple[Subject, ...]:
    """The holder first, then everyone else whom the issuance record has."""
    others = [_subject(one) for one in koseki.members if one.person_number != holder.person_number]
    return (as_subject(holder), *(other for other in others if other is not None))


def _subject(member: KosekiMember) -> Subject | None:
    person, household = member.person_number, member.household_number
    if person is None or household is None or member.person_sequence is None or member.household_sequence is None:
        return None
    return Subject(person, member.person_sequence, household, member.household_sequence, "person")


def _require_unmoved(subjects: Sequence[Subject], members: Sequence[DerivedKosekiMember]) -> None:
    """Nobody of the register on it may have moved, come or gone in the issuance record, nor be behind the registry."""
    recorded = {one.person_number: one.person_sequence for one in members if one.person_sequence is not None}
    if any(one.behind for one in members) or recorded != {one.person_number: one.person_sequence for one in subjects}:
        raise RecordMoved


def _require_same_koseki(look: LastLook, members: Sequence[DerivedKosekiMember]) -> None:
    snapshot = look.snapshot
    if not (
        isinstance(snapshot, pdf.KosekiFullSnapshot)
        and {snapshot.koseki_number} == {member.koseki_number for member in members}
        and [one.koseki_person_number for one in snapshot.persons] == [one.koseki_person_number for one in members]
        and [(one.koseki_person_number, one.person_number) for one in look.intent.koseki_persons]
        == [(one.koseki_person_number, one.person_number) for one in members]
    ):
        raise PersonDiffers
