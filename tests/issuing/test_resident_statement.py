"""住民票記載事項証明書: the record, the persons and the refusals of a 住民票の写し, with the chosen items alone."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from cardauth import UserCertificate
from issuance_db import residents
from kiosk_server.issuing import permit
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import (
    STATEMENT_OPTIONS,
    Caller,
    Certificate,
    Channel,
    IssuanceRequest,
    Kind,
    Menu,
    MenuRequest,
    ResidentRecordOptions,
    ResidentStatementOptions,
)
from tests.issuing.city import TERMINAL, City
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import pages_of, text_of
from tests.sync.registry_rows import CITY

KIND = Kind.RESIDENT_STATEMENT
CENTRE = Caller("centre", CITY, Channel.CENTRE, frozenset({Kind.RESIDENT_RECORD, KIND}))
STATEMENT_ONLY = Caller("centre", CITY, Channel.CENTRE, frozenset({KIND}))
NOTHING = ResidentStatementOptions()


@pytest.fixture
async def town(ashikaga: City) -> City:
    """The small city, where statements are to be had too, at a fee of their own."""
    staff = await ashikaga.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) "
        "VALUES ($1, $2, 'centre', '2020-01-01', 250)",
        CITY, KIND,
    )  # fmt: skip
    await staff.execute(
        "INSERT INTO issuance.service_hours SELECT $1, $2, d, '06:30', '23:00' FROM generate_series(1, 7) AS d",
        CITY,
        KIND,
    )
    return ashikaga


@pytest.fixture
async def card(town: City) -> UserCertificate:
    """Of 101, the head."""
    return await town.credential("101", "7001")


def asked(town: City, card: UserCertificate, **changes: object) -> IssuanceRequest:
    return town.request(card, **({"kind": KIND, "options": NOTHING} | changes))


async def issue(town: City, card: UserCertificate, **changes: object) -> Certificate:
    return await town.issuing.issue(CENTRE, asked(town, card, **changes))


async def refused(town: City, card: UserCertificate, **changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(town, card, **changes)
    return caught.value


async def menu(town: City, card: UserCertificate, caller: Caller = CENTRE) -> Menu:
    return await town.issuing.menu(caller, MenuRequest("menu-1", CITY, TERMINAL, card))


async def suppress(town: City, person: str) -> None:
    staff = await town.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')",
        CITY,
        person,
    )


async def test_it_states_name_address_birth_and_sex_and_nothing_that_was_not_chosen(
    town: City, card: UserCertificate
) -> None:
    certificate = await issue(town, card)
    text = text_of(certificate.content)
    assert (certificate.pages, certificate.fee_yen) == (1, 250)
    assert "住民票記載事項証明書" in text
    assert "住民票に記載があることを証明する" in text
    for told in ("足利　101", "足利　102", "足利　103", "栃木県足利市本城三丁目２１４５番地", "昭和55年4月1日"):
        assert told in text
    for unasked in ("世帯主", "本籍", "個人番号", "住民となった日", "住所を定めた日", "転入前住所", "【省略】"):
        assert unasked not in text


@pytest.mark.parametrize(
    ("item", "labels"),
    [
        ("relationship", ("世帯主", "続柄")),
        ("domicile", ("本籍", "筆頭者")),
        ("my_number", ("個人番号",)),
        ("resident_since", ("住民となった日",)),
        ("address_since", ("住所を定めた日", "届出日")),
        ("previous_address", ("転入前住所", "異動前住所")),
    ],
)
async def test_each_item_is_stated_where_it_is_chosen(
    town: City, card: UserCertificate, item: str, labels: tuple[str, ...]
) -> None:
    text = text_of((await issue(town, card, persons="self", options=ResidentStatementOptions(**{item: True}))).content)
    assert all(label in text for label in labels)


async def test_the_resident_code_is_never_on_it(town: City, card: UserCertificate) -> None:
    everything = ResidentStatementOptions(*[True] * len(fields(ResidentStatementOptions)))
    text = text_of((await issue(town, card, options=everything)).content)
    rows = await town.rows("SELECT resident_code FROM registry.person")
    assert len(rows) == 3
    assert not any(str(row["resident_code"]) in text for row in rows)


async def test_options_of_a_resident_record_are_taken_as_they_are(town: City, card: UserCertificate) -> None:
    text = text_of((await issue(town, card, options=ResidentRecordOptions(relationship=True))).content)
    assert "続柄" in text
    assert "転入前住所" not in text


async def test_the_menu_offers_persons_and_items(town: City, card: UserCertificate) -> None:
    record, statement = (await menu(town, card)).kinds
    assert (statement.kind, statement.fee_yen) == (KIND, 250)
    assert [person.name for person in statement.persons] == ["足利　101", "足利　102", "足利　103"]
    assert statement.options == (*record.options, *STATEMENT_OPTIONS)


async def test_the_chosen_person_is_the_only_one_on_it_and_in_the_books(town: City, card: UserCertificate) -> None:
    offered = await menu(town, card)
    chosen = (offered.kinds[1].persons[2].person_ref,)
    text = text_of((await issue(town, card, persons=chosen)).content)
    assert ("足利　103" in text, "足利　101" in text) == (True, False)
    subjects = await town.rows("SELECT person_number, printed_as FROM history.issuance_subject")
    assert [tuple(row.values()) for row in subjects] == [("103", "person")]


async def test_a_head_by_name_only_counts_as_shown(town: City, card: UserCertificate) -> None:
    child = await town.credential("103", "7003")
    await suppress(town, "101")
    own = ResidentStatementOptions(domicile=True)
    assert (await issue(town, child, persons="self", options=own)).pages == 1
    named = ResidentStatementOptions(relationship=True)
    assert (await refused(town, child, persons="self", options=named)).reason == "suppressed"
    assert (await refused(town, card, persons="self")).reason == "suppressed"


async def test_suppression_of_anybody_printed_refuses_at_menu_and_issuance(town: City, card: UserCertificate) -> None:
    await suppress(town, "103")
    refusal = await refused(town, card)
    assert (refusal.code, refusal.reason, refusal.person_number) == (RefusalCode.NOT_AVAILABLE, "suppressed", "103")
    assert (await issue(town, card, persons="self")).pages == 1
    await suppress(town, "101")
    with pytest.raises(Refusal) as caught:
        await menu(town, card, STATEMENT_ONLY)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE


async def test_mis_16_suppression_while_the_paper_is_made_refuses(
    town: City, card: UserCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_made(town, monkeypatch, lambda: suppress(town, "103"))
    assert (await refused(town, card)).reason == "suppressed"
    assert await town.rows("SELECT FROM history.issuance") == []


async def test_mis_17_a_planned_move_of_one_stops_the_household(town: City, card: UserCertificate) -> None:
    await town.registry.person("103", state="planned_mover")
    await town.project()
    assert (await refused(town, card, persons="self")).reason == "planned_move_out"


async def test_promise_2_what_the_registry_commits_while_the_paper_is_made_is_on_it(
    town: City, card: UserCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rename() -> None:
        await town.registry.person("103", name="足利　新姓")
        await town.project()

    once_made(town, monkeypatch, rename)
    assert "足利　新姓" in text_of((await issue(town, card)).content)
    states = await town.rows("SELECT state, state_cause FROM issuance.intent ORDER BY proposed_at")
    assert [tuple(row.values()) for row in states] == [("void", "RecordMoved"), ("recorded", None)]


async def test_a_kind_stopped_while_the_paper_is_made_is_not_issued_and_the_record_is(
    town: City, card: UserCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop() -> None:
        staff = await town.database.connect("staff", CITY)
        await staff.execute(
            "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) VALUES ($1, $2, $3, 'ordered', 'test')",
            CITY, KIND, town.clock.now,
        )  # fmt: skip

    once_made(town, monkeypatch, stop)
    assert (await refused(town, card)).reason == "kind_stopped"
    assert (await issue(town, card, kind=Kind.RESIDENT_RECORD)).pages == 1


async def test_f6_017_my_number_is_read_only_when_stated_and_refused_where_the_city_prints_none(
    town: City, card: UserCertificate
) -> None:
    await issue(town, card, persons="self")
    assert await town.rows("SELECT FROM history.my_number_read") == []
    await issue(town, card, persons="self", options=ResidentStatementOptions(my_number=True))
    reads = await town.rows("SELECT person_number, purpose, allowed FROM history.my_number_read")
    assert [tuple(row.values()) for row in reads] == [("101", "certificate", True)]
    admin = await town.database.connect()
    await admin.execute("UPDATE issuance.municipality SET my_number_allowed = false")
    refusal = await refused(town, card, persons="self", options=ResidentStatementOptions(my_number=True))
    assert refusal.reason == "my_number_not_printed_by_city"


async def test_who_cannot_be_printed_is_set_aside_for_both_kinds_of_the_record(
    town: City, card: UserCertificate
) -> None:
    await town.registry.person("103", name="足利　\ue000")
    await town.project()
    assert (await refused(town, card)).reason == "cannot_be_printed"
    listed = await town.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "103", "cause": "character", "item": "person3.name"}]
    assert (await refused(town, card, kind=Kind.RESIDENT_RECORD)).reason == "held_back"
    assert (await issue(town, card, persons="self")).pages == 1


async def test_o1_a_second_derivation_that_names_another_quarantines_and_stops_this_kind(
    town: City, card: UserCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = residents.derive_again

    async def one_too_many(*arguments: Any) -> Any:
        household = await derive(*arguments)
        return (*household, replace(household[0], person_number="999", asks=False))

    monkeypatch.setattr(permit, "derive_again", one_too_many)
    assert (await refused(town, card)).code is RefusalCode.CLOSED
    assert await town.rows("SELECT cause FROM issuance.quarantine") == [{"cause": "PersonDiffers"}]
    assert await town.rows("SELECT kind FROM issuance.service_stop") == [{"kind": "resident_statement"}]


async def test_under_age_nobody_gets_one(town: City) -> None:
    await town.registry.person("103", birth_on=date(2015, 4, 1))
    await town.project()
    child = await town.credential("103", "7003")
    assert (await refused(town, child, persons="self")).reason == "under_age"


async def test_a_koseki_is_no_household(town: City, card: UserCertificate) -> None:
    assert (await refused(town, card, persons="koseki")).reason == "not_of_household"


async def test_mis_06_a_large_household_is_on_pages_of_one_number(town: City) -> None:
    numbers = [f"{n}" for n in range(301, 310)]
    await town.registry.family("903", *numbers)
    await town.project()
    certificate = await issue(
        town, await town.credential("301", "7301"), options=ResidentStatementOptions(relationship=True)
    )
    pages = pages_of(certificate.content)
    assert len(pages) == certificate.pages == 2
    for number, page in enumerate(pages, 1):
        assert certificate.issuance_number in page
        assert f"{number}/2" in page
