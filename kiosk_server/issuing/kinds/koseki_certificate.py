"""What 戸籍全部事項証明書 and 戸籍個人事項証明書 have in common: the koseki in which the holder lives, read and looked at again."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

import asyncpg

import pdf
from cardauth import RefOwner
from issuance_db import kosekis
from issuance_db.intents import Intent, KosekiSubject, Subject
from issuance_db.koseki_access import Accepted
from issuance_db.kosekis import DerivedKosekiMember, Koseki, KosekiMember
from issuance_db.residents import HouseholdMember
from issuance_db.sources import SourceRead, is_unchanged
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import PersonDiffers, RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds.holder import require_nothing_against_holder, require_young
from kiosk_server.issuing.kinds.kind import Certifying, LastLook, Moment, Offer, Reading
from kiosk_server.issuing.kinds.koseki_persons import require_nothing_against, require_unmoved, subjects_of
from kiosk_server.issuing.kinds.koseki_snapshot import Printed, koseki_snapshot
from kiosk_server.issuing.kinds.who_asks import in_record, read_asking
from kiosk_server.issuing.request import Kind

_KOSEKI_FIELDS: Final = frozenset({"domicile", "first_registrant"})
_SNAPSHOTS: Final[Mapping[Kind, type[Printed]]] = {
    Kind.KOSEKI_FULL: pdf.KosekiFullSnapshot,
    Kind.KOSEKI_INDIVIDUAL: pdf.KosekiIndividualSnapshot,
}


class _InKoseki(Protocol):
    @property
    def asks(self) -> bool: ...
    @property
    def is_first_registrant(self) -> bool: ...


_Member = TypeVar("_Member", bound=_InKoseki)


class KosekiCertificate:
    """The declaration of `koseki_full` and of `koseki_individual`, which shows the holder alone.

    On both stands the name of the first registrant, who is therefore shown by either.
    """

    def __init__(self, kind: Kind) -> None:
        self._kind: Final = kind
        self._snapshot: Final = _SNAPSHOTS[kind]
        self._is_whole: Final = kind is Kind.KOSEKI_FULL

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder, then the whole koseki in one statement."""
        municipality = asked.request.municipality_code
        holder, koseki = await self._read(connection, municipality, asked.authenticated.person_number, moment)
        age = require_young(koseki.age, moment.now)
        shown, printed = self._shown(koseki.members), self._printed(koseki.members)
        make = partial(koseki_snapshot, self._snapshot, municipality, koseki, printed, Certifying.of(moment))
        return Reading(
            (*in_record(holder), *subjects_of(shown, printed, holder.person_number)),
            make,
            (SourceRead("koseki", koseki.koseki_number, koseki.sequence, age.fed_at),),
            tuple(KosekiSubject(one.koseki_person_number, one.person_number) for one in shown),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Nothing to choose."""
        await self._read(connection, owner.municipality_code, person_number, moment)
        return Offer()

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder; the others of the koseki may live anywhere."""
        return subjects[:1]

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences of the koseki and of everyone shown first; at equal ones another person is a mismatch."""
        city_code = look.intent.lease.key.municipality_code
        if not await is_unchanged(connection, city_code, look.intent.sources):
            raise RecordMoved
        members = await kosekis.derive_koseki(connection, city_code, look.holder_number, self._kind)
        shown = self._shown(members)
        require_unmoved(look.intent.subjects, shown)
        self._require_same(look, members, shown)
        if look.household:
            require_nothing_against_holder(look.household)
        require_nothing_against(shown)
        if members[0].pending:
            raise refused("koseki_pending", look.holder_number)
        require_young(members[0].age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for this kind alone: who is known only from the koseki has no place in that list."""
        of_koseki = printed_field in _KOSEKI_FIELDS or printed_field.startswith(("person", "item"))
        return (intent.subjects[0].person_number, f"{self._kind}/{printed_field}") if of_koseki else None

    def _shown(self, members: Sequence[_Member]) -> Sequence[_Member]:
        return [one for one in members if self._is_whole or one.asks or one.is_first_registrant]

    def _printed(self, members: Sequence[_Member]) -> Sequence[_Member]:
        return [one for one in members if self._is_whole or one.asks]

    async def _read(
        self, connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment
    ) -> tuple[HouseholdMember | Accepted, Koseki]:
        holder = await read_asking(connection, municipality_code, person_number, moment)
        koseki = await kosekis.koseki_of(connection, municipality_code, person_number, self._kind)
        if koseki is None:
            raise refused("no_koseki_here", person_number)
        require_young(koseki.age, moment.now)
        shown = self._shown(koseki.members)
        if any(member.behind for member in shown):
            raise RecordMoved
        if koseki.pending_since is not None:
            raise refused("koseki_pending", person_number)
        require_nothing_against(shown)
        if koseki.held_back:
            raise refused("held_back", person_number)
        _require_same_holder(holder, koseki, f"{self._kind}/holder")
        return holder, koseki

    def _require_same(
        self, look: LastLook, members: Sequence[DerivedKosekiMember], shown: Sequence[DerivedKosekiMember]
    ) -> None:
        snapshot, printed = look.snapshot, self._printed(members)
        if not (
            isinstance(snapshot, self._snapshot)
            and {snapshot.koseki_number} == {member.koseki_number for member in members}
            and [one.koseki_person_number for one in snapshot.persons] == [one.koseki_person_number for one in printed]
            and [(one.koseki_person_number, one.person_number) for one in look.intent.koseki_persons]
            == [(one.koseki_person_number, one.person_number) for one in shown]
        ):
            raise PersonDiffers


def _require_same_holder(holder: HouseholdMember | Accepted, koseki: Koseki, item: str) -> None:
    """A wrong link between the two registers would be another family's koseki, and so would one that changed since it was accepted."""
    own: KosekiMember = next(one for one in koseki.members if one.asks)
    of_koseki = (f"{own.surname}　{own.given_name}", own.birth, koseki.domicile, koseki.first_registrant)
    if of_koseki != (holder.name, holder.birth, holder.domicile, holder.first_registrant):
        raise RecordContradictsItself(holder.person_number, item)
