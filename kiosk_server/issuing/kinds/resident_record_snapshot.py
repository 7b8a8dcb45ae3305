"""The snapshot: everything one certificate will say, with the sequence numbers that it was read at."""

from dataclasses import fields

import pdf
from issuance_db.intents import Subject
from issuance_db.residents import HouseholdMember
from keys.errors import SealBroken
from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.sealing import unseal
from kiosk_server.issuing.authorise import Authorised
from kiosk_server.issuing.findings import RecordContradictsItself
from kiosk_server.issuing.kinds.kind import Certifying
from kiosk_server.issuing.request import IssuanceRequest


def subjects_of(authorised: Authorised) -> tuple[Subject, ...]:
    """Everyone whose data will be printed; a head who is on the paper by name only counts too."""
    printed = tuple(_subject(member, by_name_only=False) for member in authorised.printed)
    head = authorised.head
    if head is None or any(member.person_number == head.person_number for member in authorised.printed):
        return printed
    return (*printed, _subject(head, by_name_only=True))


def _subject(member: HouseholdMember, *, by_name_only: bool) -> Subject:
    return Subject(
        member.person_number,
        member.person_sequence,
        member.household_number,
        member.household_sequence,
        "head_name" if by_name_only else "person",
    )


def resident_record_snapshot(
    request: IssuanceRequest,
    authorised: Authorised,
    certifying: Certifying,
    issuance_number: str,
    keys: KeyProvider,
) -> pdf.ResidentRecordSnapshot:
    """Pure but for the unsealing of My Numbers, which happens only when the certificate prints them."""
    return pdf.ResidentRecordSnapshot(
        issuance_number=issuance_number,
        issued_at=certifying.instant,
        municipality_code=request.municipality_code,
        municipality_name=certifying.city_name,
        form=request.form,
        whole_household=authorised.whole_household,
        head_name=authorised.holder.head_name or "",
        address=authorised.holder.address,
        persons=_printed_persons(request, authorised, keys),
        options=pdf.ResidentOptions(**_chosen(request, pdf.ResidentOptions)),
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )


def resident_statement_snapshot(
    request: IssuanceRequest,
    authorised: Authorised,
    certifying: Certifying,
    issuance_number: str,
    keys: KeyProvider,
) -> pdf.ResidentStatementSnapshot:
    """The same of a 住民票記載事項証明書; an item that the request does not name is not stated."""
    return pdf.ResidentStatementSnapshot(
        issuance_number=issuance_number,
        issued_at=certifying.instant,
        municipality_code=request.municipality_code,
        municipality_name=certifying.city_name,
        head_name=authorised.holder.head_name or "",
        address=authorised.holder.address,
        persons=_printed_persons(request, authorised, keys),
        options=pdf.StatementItems(**_chosen(request, pdf.StatementItems)),
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )


def _chosen(request: IssuanceRequest, items: type[pdf.ResidentOptions]) -> dict[str, bool]:
    """Items that the request has no word for are not chosen."""
    return {field.name: getattr(request.options, field.name, False) for field in fields(items)}


def _printed_persons(
    request: IssuanceRequest, authorised: Authorised, keys: KeyProvider
) -> tuple[pdf.PrintedPerson, ...]:
    """Everyone chosen, in the order of the household. Raises ``RecordContradictsItself``."""
    return tuple(_checked(member, request, keys) for member in authorised.printed)


def _checked(member: HouseholdMember, request: IssuanceRequest, keys: KeyProvider) -> pdf.PrintedPerson:
    try:
        return printed_person(
            member, _my_number(member, request.municipality_code, keys) if request.options.my_number else None
        )
    except (pdf.SnapshotInvalid, SealBroken):
        raise RecordContradictsItself(member.person_number) from None


def printed_person(member: HouseholdMember, my_number: str | None) -> pdf.PrintedPerson:
    """One person as the paper takes them. Raises ``pdf.SnapshotInvalid`` for a record that contradicts itself."""
    article = member.article_30_45
    return pdf.PrintedPerson(
        person_number=member.person_number,
        name=member.name,
        furigana=member.furigana,
        former_surname=member.former_surname,
        former_surname_furigana=member.former_surname_furigana,
        alias=member.alias,
        birth=member.birth,
        sex=member.sex,
        relationship=member.relationship,
        domicile=member.domicile,
        first_registrant=member.first_registrant,
        resident_since=member.resident_since,
        address_since=member.address_since,
        notified_on=member.address_notified_on,
        address_before_move_in=member.previous_address,
        address_before_move=member.address_before_move,
        nationality=member.nationality,
        foreign_resident_since=member.foreign_resident_since,
        article_30_45=None
        if article is None
        else pdf.Article30_45(
            article.category,
            article.residence_status,
            article.residence_period,
            article.expires_on,
            article.card_number,
        ),
        my_number=my_number,
        is_foreign=member.nationality is not None,
    )


def _my_number(member: HouseholdMember, municipality_code: str, keys: KeyProvider) -> str | None:
    if member.my_number_sealed is None:
        return None
    key = keys.secret(Purpose.MY_NUMBER, member.my_number_key_version)
    return unseal(key, member.my_number_sealed, f"{municipality_code}/{member.person_number}".encode()).decode()
