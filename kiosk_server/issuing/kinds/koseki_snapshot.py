"""The snapshot of a 戸籍全部事項証明書 or a 戸籍個人事項証明書: pure."""

from collections.abc import Iterable, Sequence

import pdf
from issuance_db.kosekis import Koseki, KosekiEntry, KosekiMember
from kiosk_server.issuing.kinds.kind import Certifying

Printed = pdf.KosekiFullSnapshot | pdf.KosekiIndividualSnapshot


def koseki_snapshot(
    kind: type[Printed],
    municipality_code: str,
    koseki: Koseki,
    printed: Sequence[KosekiMember],
    certifying: Certifying,
    number: str,
) -> Printed:
    """The printed persons in the order of the koseki, each with the items that are theirs, in the order of the koseki."""
    return kind(
        issuance_number=number,
        issued_at=certifying.instant,
        municipality_code=municipality_code,
        municipality_name=certifying.city_name,
        koseki_number=koseki.koseki_number,
        domicile=koseki.domicile,
        first_registrant=koseki.first_registrant,
        items=_items(entry for entry in koseki.entries if entry.member_position is None),
        persons=tuple(_person(koseki, member) for member in printed),
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )


def _person(koseki: Koseki, member: KosekiMember) -> pdf.KosekiPerson:
    return pdf.KosekiPerson(
        koseki_person_number=member.koseki_person_number,
        given_name=member.given_name,
        given_name_furigana=member.given_name_furigana,
        birth=member.birth,
        spouse_kind=member.spouse_kind,
        father=member.father,
        mother=member.mother,
        adoptive_father=member.adoptive_father,
        adoptive_mother=member.adoptive_mother,
        relationship=member.relationship,
        removed=member.removed,
        items=_items(entry for entry in koseki.entries if entry.member_position == member.position),
    )


def _items(entries: Iterable[KosekiEntry]) -> tuple[pdf.KosekiItem, ...]:
    return tuple(
        pdf.KosekiItem(entry.heading, tuple(pdf.KosekiParagraph(*paragraph) for paragraph in entry.paragraphs))
        for entry in entries
    )
