"""The permit: who this is about is derived a second time, and everything is looked at once more, under the locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import asyncpg

import pdf
from cardauth import Authenticated, CredentialKey, UserCertificateKey
from civil.calendar import jst_date
from civil.clock import Clock
from issuance_db import city, intents
from issuance_db.intents import Intent, Subject
from issuance_db.koseki_access import derive_registration
from issuance_db.residents import DerivedMember, derive_again, lock_for_permit
from kiosk_server.issuing.asked import Asked, Chosen
from kiosk_server.issuing.findings import DayChanged, PersonDiffers, RecordMoved
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.kinds.kind import LastLook
from kiosk_server.issuing.opening import (
    concerned,
    require_nobody_stopped,
    require_not_retired,
    require_young_residents,
)
from kiosk_server.issuing.refusal import Refusal, RefusalCode

STOPPED_RETRY_SECONDS: Final = 600


async def grant_permit(
    connection: asyncpg.Connection,
    intent: Intent,
    snapshot: pdf.Snapshot,
    asked: Asked,
    inspected_digest: bytes,
    clock: Clock,
) -> pdf.SignPermit:
    """Give the permit to sign exactly the inspected bytes, in the transaction that ``connection`` has open.

    Raises ``RecordMoved`` and ``DayChanged`` (void, then again), ``Refusal`` (something stands against it now) and
    ``PersonDiffers`` (quarantine). Nothing is permitted unless the transaction commits.
    """
    city_code, kind = intent.lease.key.municipality_code, KINDS[intent.kind]
    asking = asked.authenticated
    subjects = kind.of_household(intent.subjects) if intent.registration is None else ()
    await lock_for_permit(connection, city_code, intent.lock_subjects(asking.person_number))
    now = clock()
    if jst_date(now) != jst_date(intent.instant):
        raise DayChanged
    household = await _derived_household(connection, intent, asking, now)
    _require_unmoved(subjects, household)
    _require_same_persons(subjects, household, asked.chosen)
    await kind.look_again(connection, LastLook(intent, snapshot, asking.person_number, household, asked.chosen, now))
    about = concerned(intent.kind, asked.request.terminal, intent.persons(asking.person_number))
    standing = await city.standing(connection, city_code, about, intent.instant, now)
    require_not_retired(standing)
    require_nobody_stopped(standing)
    require_young_residents(standing, now)
    if standing.is_stopped:
        raise Refusal(RefusalCode.CLOSED, "kind_stopped", retry_after=STOPPED_RETRY_SECONDS)
    if not await intents.permit(connection, intent, inspected_digest, now):
        raise Refusal(RefusalCode.TIMED_OUT, "lease_lost")
    return pdf.SignPermit(intent.issuance_number, inspected_digest)


async def _derived_household(
    connection: asyncpg.Connection, intent: Intent, asking: Authenticated, now: datetime
) -> Sequence[DerivedMember]:
    """Whose the credential is now; nobody's here for who asks by a registration, which must be good and the same."""
    city_code, columns = intent.lease.key.municipality_code, _as_columns(asking.key)
    if intent.registration is None:
        household = await derive_again(connection, city_code, columns, now)
        if not household:
            raise Refusal(RefusalCode.NOT_IDENTIFIED, "credential_stopped")
        return household
    derived = await derive_registration(connection, city_code, columns[1], columns[2] or "", now)
    if derived is None:
        raise Refusal(RefusalCode.NOT_IDENTIFIED, "registration_ended", person_number=intent.registration)
    if derived != intent.registration:
        raise PersonDiffers
    return ()


def _as_columns(
    credential: CredentialKey,
) -> tuple[Literal["user_certificate"], str, str] | tuple[Literal["user_id"], str, None]:
    if isinstance(credential, UserCertificateKey):
        return "user_certificate", credential.issuer_key_id, credential.serial
    return "user_id", credential.user_id, None


def _require_unmoved(subjects: Sequence[Subject], household: Sequence[DerivedMember]) -> None:
    """Sequences first: only a difference at equal sequence numbers is a mismatch of persons."""
    committed = {member.person_number: member for member in household}
    for subject in subjects:
        member = committed.get(subject.person_number)
        if member is None or (member.person_sequence, member.household_sequence) != (
            subject.person_sequence,
            subject.household_sequence,
        ):
            raise RecordMoved


def _require_same_persons(subjects: Sequence[Subject], household: Sequence[DerivedMember], chosen: Chosen) -> None:
    printed = {subject.person_number for subject in subjects if subject.printed_as == "person"}
    by_name = {subject.person_number for subject in subjects if subject.printed_as == "head_name"}
    if printed != _derived(household, chosen) or by_name - {
        member.person_number for member in household if member.is_head
    }:
        raise PersonDiffers


def _derived(household: Sequence[DerivedMember], chosen: Chosen) -> set[str]:
    if chosen == "household":
        return {member.person_number for member in household}
    if chosen in {"koseki", "self"}:  # whoever else is in a koseki may live anywhere
        return {member.person_number for member in household if member.asks}
    return set(chosen) & {member.person_number for member in household}
