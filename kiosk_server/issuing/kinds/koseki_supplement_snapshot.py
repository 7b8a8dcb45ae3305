"""The snapshot of a 戸籍の附票の写し: pure."""

import pdf
from issuance_db.koseki_supplements import KosekiSupplement, PersonOfSupplement
from kiosk_server.issuing.kinds.kind import Certifying
from kiosk_server.issuing.kinds.koseki_supplement_scope import Scope


def koseki_supplement_snapshot(
    municipality_code: str, supplement: KosekiSupplement, scope: Scope, certifying: Certifying, number: str
) -> pdf.KosekiSupplementSnapshot:
    """The printed persons in the order of the 附票, with every address; domicile and first registrant only where asked for."""
    return pdf.KosekiSupplementSnapshot(
        issuance_number=number,
        issued_at=certifying.instant,
        municipality_code=municipality_code,
        municipality_name=certifying.city_name,
        koseki_number=supplement.koseki_number,
        whole=scope.whole,
        domicile=supplement.domicile if scope.with_domicile else None,
        first_registrant=supplement.first_registrant if scope.with_domicile else None,
        persons=tuple(_person(one) for one in scope.printed(supplement.persons)),
        mayor=certifying.mayor,
        official_seal=certifying.official_seal,
        specimen=certifying.specimen,
        salt=certifying.salt,
    )


def _person(one: PersonOfSupplement) -> pdf.SupplementPerson:
    return pdf.SupplementPerson(
        koseki_person_number=one.koseki_person_number,
        name=one.name,
        birth=one.birth,
        sex=one.sex,
        removed=one.removed,
        addresses=tuple(pdf.SupplementAddress(at.address, at.since) for at in one.addresses),
    )
