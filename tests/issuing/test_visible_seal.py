"""Every certificate bears its seal: signed after its number was stored, with a place in the status list that is its alone."""

import itertools
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from issuance_db.intents import next_issuance_number
from issuance_db.seal_places import CAPACITY, StatusListFull, take_place
from keys.purpose import Purpose
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from pdf.visible_seal.statement import SealToken, read_token, token_in
from tests.issuing.city import CENTRE, City
from tests.issuing.test_permit import while_made
from tests.sync.registry_rows import CITY


def tokens_on(content: bytes) -> list[SealToken]:
    """Those of the codes that a reader finds on the printed pages."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [page.render(scale=4).to_pil().convert("L") for page in document]
    return [read_token(token_in(found.text)) for page in pages for found in zxingcpp.read_barcodes(page)]


async def test_each_page_says_what_was_issued_and_where_its_status_stands(ashikaga: City) -> None:
    await ashikaga.registry.family("901", "201", "202", "203", "204", "205")
    await ashikaga.project()
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(await ashikaga.credential("201", "7001")))
    tokens = tokens_on(certificate.content)
    assert [(one.statement.page, one.statement.pages) for one in tokens] == [(1, 2), (2, 2)]
    [place] = await ashikaga.rows("SELECT * FROM issuance.seal_place")
    key = ashikaga.environment.keys.statement_signer(Purpose.VISIBLE_SEAL)
    for token in tokens:
        said = token.statement
        assert token.is_of(key.public)
        assert (said.municipality_code, said.kind, said.persons) == (CITY, "resident_record", 5)
        assert said.issuance_number == certificate.issuance_number == place["issuance_number"]
        assert said.issue_date == date(2026, 11, 23)
        assert (said.status.index, said.status.secret) == (place["status_index"], place["status_secret"])
    assert place["status_list"] == "2026-11"


async def test_an_attempt_that_ends_void_keeps_its_place(ashikaga: City, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await ashikaga.credential("101", "7001")

    async def suppress() -> None:
        staff = await ashikaga.database.connect("staff", CITY)
        await staff.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '102', 'staff')",
            CITY,
        )

    while_made(ashikaga, monkeypatch, suppress)
    with pytest.raises(Refusal):
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert await ashikaga.rows("SELECT state FROM issuance.intent") == [{"state": "void"}]
    assert len(await ashikaga.rows("SELECT FROM issuance.seal_place")) == 1


async def test_places_are_neither_in_order_nor_given_twice(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    for _ in range(6):
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    rows = await ashikaga.rows("SELECT status_index, status_secret FROM issuance.seal_place ORDER BY issuance_number")
    indexes = [int(str(row["status_index"])) for row in rows]
    assert len(set(indexes)) == len({row["status_secret"] for row in rows}) == 6
    assert all(0 <= index < CAPACITY for index in indexes)
    assert max(abs(one - other) for one, other in itertools.pairwise(indexes)) > 6


async def test_taking_a_place_reads_none_of_those_that_others_have(ashikaga: City) -> None:
    admin = await ashikaga.database.connect("postgres", CITY)
    # No intents stand behind these places.
    await admin.execute("SET session_replication_role = replica; SET enable_seqscan = off")
    await admin.execute(
        "INSERT INTO issuance.seal_place (municipality_code, status_list, status_index, status_secret, issuance_number) "
        "SELECT $1, '2026-11', index, decode('0011223344556677', 'hex'), 'of ' || index FROM generate_series(0, 4999) AS index",
        CITY,
    )
    await admin.execute("SET ROLE front")
    async with admin.transaction():
        await take_place(admin, CITY, "20261123-01-00000001-0", date(2026, 11, 23))
        read = await admin.fetchval(
            "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'seal_place'"
        )
    assert read < 70


async def test_a_list_without_a_free_place_is_full_and_nothing_is_overwritten(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(await ashikaga.credential("101", "7001")))
    [taken] = await ashikaga.rows("SELECT * FROM issuance.seal_place")
    monkeypatch.setattr("issuance_db.seal_places.secrets.randbelow", lambda _: taken["status_index"])
    async with ashikaga.environment.database.city(CITY) as connection:
        number = await next_issuance_number(connection, date(2026, 11, 23))
        with pytest.raises(StatusListFull):
            await take_place(connection, CITY, number, date(2026, 11, 23))
    assert await ashikaga.rows("SELECT * FROM issuance.seal_place") == [taken]


async def test_a_full_list_refuses_with_one_alert_and_leaves_nothing_half_made(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    [taken] = await ashikaga.rows("SELECT * FROM issuance.seal_place")
    monkeypatch.setattr("issuance_db.seal_places.secrets.randbelow", lambda _: taken["status_index"])
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
        assert (refused.value.code, refused.value.reason) == (RefusalCode.CLOSED, "status_list_full")
    assert await ashikaga.rows("SELECT cause FROM history.alert") == [{"cause": "status_list_full"}]
    assert len(await ashikaga.rows("SELECT FROM issuance.intent")) == 1
    assert await ashikaga.rows("SELECT state FROM issuance.request WHERE state = 'accepted'") == []
