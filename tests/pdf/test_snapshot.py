import dataclasses
import hashlib
import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from pdf import OfficialSeal, PrintedPerson, SnapshotInvalid, snapshot_digest
from tests.pdf.samples import FOREIGN, JAPANESE, SEAL, SNAPSHOT


def test_f6_the_resident_code_has_no_place_on_the_paper() -> None:
    fields = {field.name for field in dataclasses.fields(PrintedPerson)}
    assert not [name for name in fields if "resident_code" in name]


def test_a_snapshot_without_persons_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(SNAPSHOT, persons=())


def test_an_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(SNAPSHOT, issued_at=datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "seal",
    [
        OfficialSeal(b"", date(2020, 1, 1), None),
        OfficialSeal(SEAL.png, date(2026, 11, 24), None),
        OfficialSeal(SEAL.png, date(2020, 1, 1), date(2026, 11, 22)),
    ],
)
def test_mis_15_without_a_seal_in_force_on_the_day_there_is_no_snapshot(seal: OfficialSeal) -> None:
    with pytest.raises(SnapshotInvalid):
        replace(SNAPSHOT, official_seal=seal)


def test_both_ends_of_a_seals_validity_are_days_of_use() -> None:
    day = date(2026, 11, 23)
    snapshot = replace(SNAPSHOT, official_seal=OfficialSeal(SEAL.png, day, day))
    assert snapshot.official_seal.may_be_used(day)


def test_former_surnames_are_for_japanese_nationals_and_aliases_for_foreign_residents() -> None:
    with pytest.raises(SnapshotInvalid):
        replace(FOREIGN, former_surname="見本")
    with pytest.raises(SnapshotInvalid):
        replace(JAPANESE, alias="見本")


@pytest.mark.parametrize("number", ["12345678901", "12345678901a", "１２３４５６７８９０１２"])
def test_a_my_number_has_twelve_digits(number: str) -> None:
    with pytest.raises(SnapshotInvalid):
        replace(JAPANESE, my_number=number)


def test_the_digest_tells_every_field_apart() -> None:
    others = [
        replace(SNAPSHOT, issuance_number="092029-20261123-0000012346"),
        replace(SNAPSHOT, persons=(replace(JAPANESE, name="見本　次郎"),)),
        replace(SNAPSHOT, salt=b"1" * 16),
        replace(SNAPSHOT, official_seal=replace(SEAL, valid_to=date(2030, 1, 1))),
        replace(SNAPSHOT, specimen=True),
    ]
    digests = {snapshot_digest(snapshot) for snapshot in (SNAPSHOT, *others)}
    assert len(digests) == 1 + len(others)
    assert snapshot_digest(SNAPSHOT) == snapshot_digest(replace(SNAPSHOT))


def test_the_digest_is_over_the_whole_snapshot_as_json() -> None:
    facts = {"kind": SNAPSHOT.document_title, **dataclasses.asdict(SNAPSHOT)}
    plain = json.dumps(
        facts,
        default=lambda value: value.hex() if isinstance(value, bytes) else value.isoformat(),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert snapshot_digest(SNAPSHOT) == hashlib.sha256(plain.encode()).digest()
