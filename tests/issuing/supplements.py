"""戸籍の附票 as a feed would have written it, for the koseki of `tests.issuing.fed`."""

from collections.abc import Sequence
from datetime import date

from tests.issuing.fed import BIRTH, DOMICILE, Fed, InKoseki
from tests.sync.registry_rows import CITY

HOME = "栃木県足利市本城三丁目２１４５番地"
"""Where everybody of the register lives in these tests; their domicile reads the same."""
BEFORE = "群馬県太田市浜町三丁目１番地"


async def feed_supplement(fed: Fed, number: str, people: Sequence[tuple[InKoseki, Sequence[str]]]) -> None:
    """The 附票 of one koseki: each person with their addresses, the oldest first."""
    async with fed.sync.transaction():
        await fed.sync.execute(
            "INSERT INTO issuance.koseki_supplement (municipality_code, koseki_number, domicile, first_registrant) VALUES ($1, $2, $3, $4)",
            CITY, number, DOMICILE, f"足利　{people[0][0].given_name}",
        )  # fmt: skip
        for position, (one, addresses) in enumerate(people, 1):
            await fed.sync.execute(
                "INSERT INTO issuance.koseki_supplement_person (municipality_code, koseki_number, position, koseki_person_number, "
                "person_number, name, birth_on, sex, removed) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
                CITY, number, position, one.koseki_person_number, one.person_number, f"足利　{one.given_name}", BIRTH, one.removed,
            )  # fmt: skip
            for order, address in enumerate(addresses, 1):
                await move_to(fed, number, position, order, address)


async def move_to(fed: Fed, number: str, position: int, order: int, address: str) -> None:
    """One more address."""
    await fed.sync.execute(
        "INSERT INTO issuance.koseki_supplement_address (municipality_code, koseki_number, position, address_number, address, since_on) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        CITY, number, position, order, address, date(2010 + order, 4, 1),
    )  # fmt: skip
