"""A 住民票記載事項証明書 of people who do not exist."""

from dataclasses import fields, replace

from pdf import PrintedPerson, ResidentStatementSnapshot, StatementItems
from tests.pdf.samples import JAPANESE, SNAPSHOT

ITEMS = tuple(field.name for field in fields(StatementItems))


def items(*chosen: str) -> StatementItems:
    return StatementItems(**{name: name in chosen for name in ITEMS})


def statement(*persons: PrintedPerson, options: StatementItems) -> ResidentStatementSnapshot:
    return ResidentStatementSnapshot(
        issuance_number="20261123-01-00012352-9",
        issued_at=SNAPSHOT.issued_at,
        municipality_code=SNAPSHOT.municipality_code,
        municipality_name=SNAPSHOT.municipality_name,
        head_name=SNAPSHOT.head_name,
        address=SNAPSHOT.address,
        persons=persons,
        options=options,
        mayor=SNAPSHOT.mayor,
        official_seal=SNAPSHOT.official_seal,
        specimen=False,
        salt=bytes(16),
    )


RENAMED = replace(
    JAPANESE, name="見本　葛󠄂子", former_surname="手本", former_surname_furigana="テホン", relationship="妻"
)
STATEMENT = statement(JAPANESE, RENAMED, options=items("relationship", "address_since"))
