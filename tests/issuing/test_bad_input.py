"""What no record should hold and one holds nevertheless: a refusal with a code, a list for staff, nothing half made."""

import pytest

from issuance_db.fsck import check
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.issuing.city import CENTRE, City
from tests.sync.registry_rows import CITY


@pytest.mark.parametrize(
    ("column", "text", "cause"),
    [
        ("name", "足利\n三郎", "character"),
        ("name", "足利\u202e三郎", "character"),
        ("name", "足利\u2066三郎\u2069", "character"),
        ("name", "足利\u00ad三郎", "character"),
        ("name", "足利　辻\U000e01ef", "character"),
        ("name", "足利\ue000三郎", "character"),
        ("name", "足利か\u3099", "character"),
        ("name", "足" * 4000, "overflow"),
        ("previous_address", "栃木県足利市通二丁目1234番地5　" * 235, "overflow"),
    ],
    ids=[
        "line break",
        "override",
        "isolate",
        "soft hyphen",
        "no such glyph",
        "gaiji",
        "not NFC",
        "4,000",
        "4,000 of an address",
    ],
)
async def test_a_text_that_cannot_be_printed_refuses_and_is_listed(
    ashikaga: City, column: str, text: str, cause: str
) -> None:
    await ashikaga.rows(
        f"UPDATE issuance.resident_record SET {column} = $1 WHERE person_number = '103' RETURNING 1", text
    )
    with pytest.raises(Refusal) as refused:
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(await ashikaga.credential("101", "7001")))
    assert (refused.value.code, refused.value.reason) == (RefusalCode.NOT_AVAILABLE, "cannot_be_printed")
    assert text not in f"{refused.value} {refused.value!r}"
    listed = await ashikaga.rows("SELECT person_number, cause FROM issuance.person_held_back")
    assert listed == [{"person_number": "103", "cause": cause}]
    assert await ashikaga.rows("SELECT state FROM issuance.intent") == [{"state": "void"}]
    assert await ashikaga.rows("SELECT FROM history.issuance") == []
    fsck = await ashikaga.database.connect("fsck")
    assert await check(fsck, CITY, ashikaga.clock.now) == []
