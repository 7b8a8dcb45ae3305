"""Seals and koseki of the demo: the same for the same seed, and what both registers say of a person is the same."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from civil.disaster import DEGREES
from civil.sex import Sex
from kiosk_server.demo.city import MUNICIPALITY_CODE, generate_city, load_city, load_settings, samples
from kiosk_server.demo.city.koseki import Resident, make_koseki
from kiosk_server.demo.city.koseki_supplement import Lived, make_supplement
from kiosk_server.demo.city.readings import domicile_in_kana, name_in_kana
from kiosk_server.demo.city.tax import make_amounts
from kiosk_server.demo.feeding import feed
from pdf import TaxAssessmentSnapshot, TaxIncomeSnapshot, TaxPaymentSnapshot
from sync import Projection
from tests.pdf.tax_samples import TAX_FACTS
from tests.registry.office import KEYS
from tests.servers import Database

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _resident(number: str, name: str, relationship: str, sex: Sex, first: str = "見本　太郎") -> Resident:
    born = date(1980, 4, 1) if relationship != "子" else date(2010, 4, 1)
    return Resident(number, name, None, born, None, sex, relationship, "栃木県足利市見本町１番地", first)


FAMILY = (
    _resident("3", "見本　一", "子", Sex.MALE),
    _resident("1", "見本　太郎", "世帯主", Sex.MALE),
    _resident("2", "見本　花子", "妻", Sex.FEMALE),
)


def test_a_family_is_in_one_koseki_with_its_parents_named() -> None:
    (koseki,) = make_koseki(FAMILY, 1)
    assert [one.name for one in koseki.people] == ["見本　太郎", "見本　花子", "見本　一"]
    assert [one.spouse_kind for one in koseki.people] == ["夫", "妻", None]
    assert (koseki.people[2].father, koseki.people[2].mother) == ("見本　太郎", "見本　花子")


def test_children_are_counted_by_sex_in_the_order_of_their_birth() -> None:
    children = [
        replace(_resident(str(number), f"見本　{name}", "子", sex), birth_on=date(2010 + number, 4, 1))
        for number, (name, sex) in enumerate(
            (("春", Sex.FEMALE), ("一", Sex.MALE), ("夏", Sex.FEMALE), ("二", Sex.MALE)), 5
        )
    ]
    (koseki,) = make_koseki([*reversed(children), *FAMILY[1:]], 1)
    assert [one.relationship for one in koseki.people] == ["長男", "長女", "長女", "長男", "二女", "二男"]


def test_what_the_demo_tells_to_type_is_on_the_kana_keyboard() -> None:
    assert name_in_kana("渡邉󠄏　大翔") == "ワタナベ　ヒロト"
    assert domicile_in_kana("栃木県足利市名草上町１２３番地") == "ナグサカミチョウ123"
    assert domicile_in_kana("群馬県館林市見本町１番地") == "群馬県館林市見本町１番地"


def test_a_first_registrant_who_lives_elsewhere_is_known_from_the_koseki_alone() -> None:
    (koseki,) = make_koseki([_resident("1", "見本　次郎", "世帯主", Sex.MALE)], 1)
    assert [(one.name, one.person_number) for one in koseki.people] == [("見本　太郎", None), ("見本　次郎", "1")]


def test_addresses_since_the_koseki_was_made_are_on_its_supplement_in_order() -> None:
    (koseki,) = make_koseki(FAMILY, 1)
    moved = Lived(
        1, "栃木県足利市三丁目", date(2020, 4, 1), None, date(2015, 4, 1), "群馬県太田市二丁目", "栃木県足利市一丁目"
    )
    stayed = Lived(
        2, "栃木県足利市三丁目", date(1990, 4, 1), None, date(1985, 4, 1), "群馬県太田市二丁目", "栃木県足利市一丁目"
    )
    people = make_supplement(koseki, {"1": moved, "2": stayed, "3": moved}, 1)
    assert [at.address for at in people[0].addresses] == [
        "群馬県太田市二丁目",
        "栃木県足利市一丁目",
        "栃木県足利市三丁目",
    ]
    days = [at.since_on for at in people[0].addresses]
    assert days == [koseki.made_on, date(2015, 4, 1), date(2020, 4, 1)]
    assert [at.address for at in people[1].addresses] == ["栃木県足利市三丁目"]
    assert [one.sex for one in people] == [Sex.MALE, Sex.FEMALE, Sex.MALE]


def test_the_same_seed_makes_the_same_koseki() -> None:
    assert list(make_koseki(FAMILY, 7)) == list(make_koseki(FAMILY, 7)) != list(make_koseki(FAMILY, 8))


@pytest.mark.parametrize("person", [str(number) for number in range(40)])
def test_invented_tax_figures_agree_with_each_other(person: str) -> None:
    amounts = make_amounts(person, 2026, 1)
    assert make_amounts(person, 2026, 1) == amounts
    for form in (TaxAssessmentSnapshot, TaxIncomeSnapshot, TaxPaymentSnapshot):
        assert form(**TAX_FACTS | {"amounts": tuple(amounts.items())}).amount("due") == amounts["annual_tax"]


async def test_what_is_fed_agrees_with_the_record(database: Database) -> None:
    city = generate_city(300, seed=1)
    await load_city(database.dsn, city, KEYS)
    await load_settings(database.dsn)
    await Projection(database.dsn("sync"), [MUNICIPALITY_CODE], lambda: NOW).catch_up()
    chosen = samples(city, 40)
    await feed(database.dsn, city, chosen, NOW)
    reader = await database.connect("staff", MUNICIPALITY_CODE)
    seals = await reader.fetch(
        "SELECT s.image, s.image_sha256, s.name = r.name AND s.address = r.address "
        "AND s.birth_on IS NOT DISTINCT FROM r.birth_on AS same "
        "FROM issuance.seal_registration AS s JOIN issuance.resident_record AS r USING (person_number)"
    )
    assert len(seals) >= 40
    assert all(row["same"] and row["image_sha256"] == sha256(row["image"]).digest() for row in seals)
    assert len({row["image"] for row in seals}) > len(seals) * 0.8
    taxes = await reader.fetch(
        "SELECT t.person_number, t.declared, t.name = r.name AND t.address = r.address AND t.birth_on IS NOT DISTINCT FROM r.birth_on "
        "AS same FROM issuance.tax_record AS t JOIN issuance.resident_record AS r USING (person_number)"
    )
    assert len(taxes) >= 80
    assert all(row["same"] for row in taxes)
    assert {row["person_number"] for row in taxes if not row["declared"]} == {city.cases["sex_blank"]}
    damages = await reader.fetch(
        "SELECT d.person_number, d.degree, d.name = r.name AND d.address = r.address AND d.birth_on IS NOT DISTINCT FROM r.birth_on AS same "
        "FROM issuance.disaster_damage AS d JOIN issuance.resident_record AS r USING (person_number)"
    )
    assert len(damages) >= 10
    assert all(row["same"] and row["degree"] in DEGREES for row in damages)
    assert city.cases["five_person_head"] in {row["person_number"] for row in damages}
    koseki = await reader.fetch(
        "SELECT k.domicile = r.domicile AND k.first_registrant = r.first_registrant AND m.surname || '　' || m.given_name = r.name "
        "AS same FROM issuance.koseki_member AS m JOIN issuance.koseki AS k USING (koseki_number) "
        "JOIN issuance.resident_record AS r USING (person_number)"
    )
    assert len(koseki) >= 20
    assert all(row["same"] for row in koseki)
    supplements = await reader.fetch(
        "SELECT s.name = r.name AND s.sex = r.sex AND (SELECT a.address FROM issuance.koseki_supplement_address AS a "
        "WHERE (a.koseki_number, a.position) = (s.koseki_number, s.position) ORDER BY a.address_number DESC LIMIT 1) = r.address "
        "AS same FROM issuance.koseki_supplement_person AS s JOIN issuance.resident_record AS r USING (person_number)"
    )
    assert len(supplements) == len(koseki)
    assert all(row["same"] for row in supplements)
    other_people = await reader.fetch(
        "SELECT m.koseki_person_number FROM issuance.koseki_member AS m FULL JOIN issuance.koseki_supplement_person AS s "
        "USING (koseki_number, koseki_person_number) WHERE m.surname || '　' || m.given_name IS DISTINCT FROM s.name"
    )
    assert other_people == []
    outside = await reader.fetchval("SELECT count(*) FROM issuance.koseki_member WHERE person_number IS NULL")
    assert outside > 0
