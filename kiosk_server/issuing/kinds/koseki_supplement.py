"""戸籍の附票の写し (`koseki_supplement`): where everyone in the holder's koseki has lived, or the holder alone.

What it shows is what a protective measure (支援措置) hides. Everybody printed is looked up in both registers, those too who are known
only from the koseki.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import RefOwner
from issuance_db import koseki_supplements
from issuance_db.intents import Intent, KosekiSubject, Subject
from issuance_db.koseki_access import Accepted
from issuance_db.koseki_supplements import KosekiSupplement
from issuance_db.residents import HouseholdMember
from issuance_db.sources import SourceRead, is_unchanged
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.authorise import refused
from kiosk_server.issuing.findings import PersonDiffers, RecordMoved
from kiosk_server.issuing.kinds.holder import require_nothing_against_holder, require_young
from kiosk_server.issuing.kinds.kind import Certifying, LastLook, Moment, Offer, Reading
from kiosk_server.issuing.kinds.koseki_persons import require_nothing_against, require_unmoved, subjects_of
from kiosk_server.issuing.kinds.koseki_supplement_scope import Scope
from kiosk_server.issuing.kinds.koseki_supplement_snapshot import koseki_supplement_snapshot
from kiosk_server.issuing.kinds.koseki_supplement_truth import (
    require_nobody_leaving,
    require_one_truth,
    require_same,
    require_todays_addresses,
)
from kiosk_server.issuing.kinds.who_asks import in_record, read_asking

SUPPLEMENT_OPTIONS: Final = ("domicile",)
_EVERYTHING: Final = Scope("koseki", with_domicile=True)
_KOSEKI_FIELDS: Final = frozenset({"domicile", "first_registrant"})


class KosekiSupplementCopy:
    """The declaration of `koseki_supplement`."""

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """The holder, then the whole 附票 with the state of its koseki in one statement."""
        request, scope = asked.request, Scope(asked.chosen, asked.request.options.domicile)
        person_number = asked.authenticated.person_number
        holder, supplement = await _read(connection, request.municipality_code, person_number, moment, scope)
        printed, shown = scope.printed(supplement.persons), scope.shown(supplement.persons)
        make = partial(koseki_supplement_snapshot, request.municipality_code, supplement, scope, Certifying.of(moment))
        return Reading(
            (*in_record(holder), *subjects_of(shown, printed, person_number)),
            make,
            _young_sources(supplement, moment),
            tuple(KosekiSubject(one.koseki_person_number, one.person_number) for one in shown),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Only when the whole of it may be had: to offer the holder's own alone would say that somebody is protected."""
        await _read(connection, owner.municipality_code, person_number, moment, _EVERYTHING)
        return Offer(SUPPLEMENT_OPTIONS)

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """The holder; the others of the koseki may live anywhere."""
        return subjects[:1]

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """Sequences of both sources and of everyone shown first; at equal ones another person or address is a mismatch."""
        city_code = look.intent.lease.key.municipality_code
        if not await is_unchanged(connection, city_code, look.intent.sources):
            raise RecordMoved
        if not isinstance(look.snapshot, pdf.KosekiSupplementSnapshot):
            raise PersonDiffers
        scope = Scope(look.chosen, look.snapshot.domicile is not None)
        persons = await koseki_supplements.derive_supplement(connection, city_code, look.holder_number)
        shown = scope.shown(persons)
        require_unmoved(look.intent.subjects, shown)
        require_same(look.snapshot, look.intent, persons, scope)
        if look.household:
            require_nothing_against_holder(look.household)
        require_nothing_against(shown)
        require_nobody_leaving(scope.printed(persons))
        if persons[0].pending:
            raise refused("koseki_pending", look.holder_number)
        require_young(persons[0].koseki_age, look.now)
        require_young(persons[0].age, look.now)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """The holder, for this kind alone: who is known only from the koseki has no place in that list."""
        of_koseki = printed_field in _KOSEKI_FIELDS or printed_field.startswith("person")
        return (intent.subjects[0].person_number, f"koseki_supplement/{printed_field}") if of_koseki else None


async def _read(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment, scope: Scope
) -> tuple[HouseholdMember | Accepted, KosekiSupplement]:
    holder = await read_asking(connection, municipality_code, person_number, moment)
    if scope.chosen not in {"koseki", "self"}:
        raise refused("not_of_koseki", person_number)
    supplement = await koseki_supplements.supplement_of(connection, municipality_code, person_number)
    if supplement is None:
        raise refused("no_supplement_here", person_number)
    _young_sources(supplement, moment)
    printed, shown = scope.printed(supplement.persons), scope.shown(supplement.persons)
    if any(one.behind for one in shown):
        raise RecordMoved
    if supplement.pending_since is not None:
        raise refused("koseki_pending", person_number)
    require_nothing_against(shown)
    require_nobody_leaving(printed)
    if supplement.held_back:
        raise refused("held_back", person_number)
    require_one_truth(holder, supplement, scope)
    require_todays_addresses(printed)
    return holder, supplement


def _young_sources(supplement: KosekiSupplement, moment: Moment) -> tuple[SourceRead, SourceRead]:
    """Both must be young: whether a notification is pending is what the koseki's source says. Raises ``Refusal``."""
    number = supplement.koseki_number
    of_koseki, own = require_young(supplement.koseki_age, moment.now), require_young(supplement.age, moment.now)
    return (
        SourceRead("koseki", number, supplement.koseki_sequence or 0, of_koseki.fed_at),
        SourceRead("koseki_supplement", number, supplement.sequence, own.fed_at),
    )
