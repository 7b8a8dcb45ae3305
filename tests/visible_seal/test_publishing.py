"""What is published of a city: written whole, from a role that sees neither numbers nor persons."""

import os
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from issuance_db.seal_status import NotToWithdraw, PlaceState, place_states, withdraw_sheet
from issuance_db.staff_acts import Actor
from keys.file_provider import FileKeyProvider
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from kiosk_server.issuing.request import Certificate, OutcomeReport
from kiosk_server.seal_publishing import publish, published_keys
from kiosk_server.verification_page import bundle
from pdf.visible_seal.published_keys import PublishedKey, read_keys, sign_keys
from pdf.visible_seal.statement import StatusPlace
from pdf.visible_seal.status_list import StatusList, read_status_list
from tests.issuing.city import CENTRE, NOON, City
from tests.sync.registry_rows import CITY

CLERK = Actor("足利 花子", "差し替えのため")
DAY = timedelta(days=1)


async def issued(city: City, serial: str = "7001") -> Certificate:
    card = await city.credential("101", serial)
    return await city.issuing.issue(CENTRE, city.request(card))


async def state_of(city: City, number: str) -> str:
    """As role publisher finds it, by the place that the number has."""
    publisher = await city.database.connect("publisher", CITY)
    [row] = await city.rows("SELECT status_index FROM issuance.seal_place WHERE issuance_number = $1", number)
    return next(str(one.state) for one in await place_states(publisher) if one.index == row["status_index"])


async def test_what_was_answered_is_issued_and_what_was_only_proposed_is_void(ashikaga: City) -> None:
    certificate = await issued(ashikaga)
    assert await state_of(ashikaga, certificate.issuance_number) == "issued"
    await ashikaga.rows(
        "INSERT INTO issuance.intent (municipality_code, issuance_number, caller_id, call, request_id, lease_token, kind, channel, "
        "fee_yen, instant, pages, snapshot_digest, state) SELECT municipality_code, 'never', caller_id, call, request_id, "
        "lease_token, kind, channel, fee_yen, instant, pages, snapshot_digest, 'proposed' FROM issuance.intent RETURNING 1"
    )
    await ashikaga.rows(
        "INSERT INTO issuance.seal_place SELECT municipality_code, status_list, (status_index + 1) % 262144, status_secret, 'never' "
        "FROM issuance.seal_place RETURNING 1"
    )
    assert await state_of(ashikaga, "never") == "void"


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (OutcomeReport("printed", fee_collected=True, occurred_at=NOON), "issued"),
        (OutcomeReport("cancelled", fee_collected=False, occurred_at=NOON), "void"),
        (OutcomeReport("failed", fee_collected=False, occurred_at=NOON), "void"),
    ],
)
async def test_what_the_shop_reports_decides(ashikaga: City, report: OutcomeReport, state: str) -> None:
    number = (await issued(ashikaga)).issuance_number
    await ashikaga.issuing.report_outcome(CENTRE, number, report)
    assert await state_of(ashikaga, number) == state


async def test_staff_withdraw_a_sheet_once_and_for_good(ashikaga: City) -> None:
    number = (await issued(ashikaga)).issuance_number
    staff = await ashikaga.database.connect("staff", CITY)
    await withdraw_sheet(staff, CITY, number, "replaced", CLERK)
    assert await state_of(ashikaga, number) == "replaced"
    for again in (number, "20261123-01-99999999-0"):
        with pytest.raises(NotToWithdraw):
            await withdraw_sheet(staff, CITY, again, "void", CLERK)
    for statement in ("DELETE FROM history.seal_withdrawal", "UPDATE history.seal_withdrawal SET state = 'void'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await staff.execute(statement)


async def test_the_publisher_sees_no_number_and_no_other_city(ashikaga: City) -> None:
    await issued(ashikaga)
    publisher = await ashikaga.database.connect("publisher", CITY)
    assert {type(one) for one in await place_states(publisher)} == {PlaceState}
    for table in (
        "issuance.seal_place",
        "issuance.intent",
        "issuance.request",
        "history.outcome",
        "history.seal_withdrawal",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await publisher.fetch(f"SELECT FROM {table}")
    other = await ashikaga.database.connect("publisher", "092011")
    assert await place_states(other) == []
    assert await place_states(await ashikaga.database.connect("publisher")) == []


def list_in(directory: Path, month: str = "2026-11") -> StatusList:
    return read_status_list((directory / CITY / "status" / f"{month}.cose").read_bytes())


def test_keys_and_lists_are_published_with_times_and_signed_by_what_is_published(
    tmp_path: Path, keys: FileKeyProvider
) -> None:
    places = [
        PlaceState("2026-10", 1, bytes(8), "issued"),
        PlaceState("2026-11", 2, b"12345678", "replaced"),
        PlaceState("2026-11", 3, b"87654321", "issued"),
    ]
    assert publish(tmp_path, CITY, places, keys, NOON, DAY) == ("2026-10", "2026-11")
    published = read_keys((tmp_path / CITY / "keys.cose").read_bytes())
    assert published.municipality_code == CITY
    found = list_in(tmp_path)
    signer = published.find(Purpose.SEAL_STATUS, found.signed.key_id)
    assert signer is not None
    assert found.signed.is_of(signer)
    assert (found.issued_at, found.expires_at) == (NOON, NOON + DAY)
    assert [found.state(StatusPlace(one.index, one.secret)) for one in places[1:]] == ["replaced", "issued"]
    assert list_in(tmp_path, "2026-10").state(StatusPlace(1, bytes(8))) == "issued"


def test_a_month_in_which_nothing_was_issued_has_its_list_too(tmp_path: Path, keys: FileKeyProvider) -> None:
    assert publish(tmp_path, CITY, [], keys, NOON, DAY) == ("2026-11",)
    assert list_in(tmp_path).state(StatusPlace(1, bytes(8))) in {"void", "issued", "replaced"}


def test_files_are_replaced_whole_readable_for_all_and_nothing_is_left_beside_them(
    tmp_path: Path, keys: FileKeyProvider
) -> None:
    mask = os.umask(0o022)
    try:
        for hours in (0, 1):
            publish(tmp_path, CITY, [], keys, NOON + timedelta(hours=hours), DAY)
    finally:
        os.umask(mask)
    assert list_in(tmp_path).issued_at == NOON + timedelta(hours=1)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(str(path.relative_to(tmp_path / CITY)) for path in files) == sorted(
        ["keys.cose", "status/2026-11.cose", "verify.html", *(f"verify/{name}" for name in bundle(CITY))]
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o644}


def test_a_list_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, keys: FileKeyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, CITY, [], keys, NOON, DAY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish(tmp_path, CITY, [], keys, NOON + DAY, DAY)
    assert list_in(tmp_path).issued_at == NOON
    assert sorted(path.name for path in tmp_path.rglob("*.cose*")) == ["2026-11.cose", "keys.cose"]


def test_document_certificates_are_published_with_their_dates_and_stay_when_they_are_renewed(
    tmp_path: Path, keys: FileKeyProvider
) -> None:
    (present,) = keys.document_certificates()
    assert present.certificate_der == keys.document_signer().certificate_der
    publish(tmp_path, CITY, (), keys, NOON, DAY)
    file = tmp_path / CITY / "keys.cose"
    assert read_keys(file.read_bytes()).documents == (present,)
    before = replace(present, certificate_der=b"a certificate of last year")
    signer = keys.statement_signer(Purpose.SEAL_STATUS)
    file.write_bytes(sign_keys(CITY, published_keys(keys), NOON, signer, (before,)))
    publish(tmp_path, CITY, (), keys, NOON, DAY)
    assert read_keys(file.read_bytes()).documents == (before, present)


def test_certificates_in_a_file_that_somebody_else_signed_are_not_carried_over(
    tmp_path: Path, keys: FileKeyProvider
) -> None:
    (present,) = keys.document_certificates()
    foreign = StatementKey.of(SecretKey(Purpose.SEAL_STATUS, 1, bytes(32)), NOON - DAY, None)
    other = replace(present, certificate_der=b"a certificate of somebody else")
    file = tmp_path / CITY / "keys.cose"
    file.parent.mkdir()
    file.write_bytes(sign_keys(CITY, (PublishedKey(Purpose.SEAL_STATUS, foreign.public),), NOON, foreign, (other,)))
    publish(tmp_path, CITY, (), keys, NOON, DAY)
    assert read_keys(file.read_bytes()).documents == (present,)
