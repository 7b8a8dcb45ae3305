from dataclasses import replace
from datetime import UTC, datetime

import pytest

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from pdf import ResidentOptions
from pdf.printed_values import BLANK, OMITTED, certification_sentence, head_values, issue_date, person_values
from tests.pdf.samples import ALL, FOREIGN, JAPANESE, NONE, SNAPSHOT

OPTION_OF = {
    "relationship": "relationship",
    "domicile": "domicile",
    "first_registrant": "domicile",
    "my_number": "my_number",
    "nationality": "nationality",
    "residence_category": "residence_status",
    "residence_status": "residence_status",
    "residence_period": "residence_status",
    "residence_expires_on": "residence_status",
    "residence_card_number": "residence_card_number",
}


@pytest.mark.parametrize("person", [JAPANESE, FOREIGN], ids=["japanese", "foreign"])
def test_b1_8_what_was_not_asked_for_prints_as_omitted_and_nothing_else_does(person: object) -> None:
    assert person in {JAPANESE, FOREIGN}
    values = person_values(FOREIGN if person is FOREIGN else JAPANESE, NONE)
    assert {field for field, value in values.items() if value == OMITTED} == set(OPTION_OF) & set(values)


@pytest.mark.parametrize("option", sorted(set(OPTION_OF.values())))
def test_each_option_governs_its_fields_alone(option: str) -> None:
    options = ResidentOptions(**{name: name == option for name in ResidentOptions.__slots__})
    for person in (JAPANESE, FOREIGN):
        shown = {f for f, v in person_values(person, options).items() if f in OPTION_OF and v != OMITTED}
        assert shown == {f for f in person_values(person, ALL) if OPTION_OF.get(f) == option}


def test_the_heads_name_belongs_to_the_relationship_option() -> None:
    assert head_values(SNAPSHOT)["head_name"] == "見本　太郎"
    assert head_values(replace(SNAPSHOT, options=replace(ALL, relationship=False)))["head_name"] == OMITTED


def test_mis_20_what_is_asked_for_but_not_recorded_is_knowingly_blank() -> None:
    bare = replace(
        JAPANESE, relationship=None, domicile=None, first_registrant=None, my_number=None, resident_since=None,
        address_since=None, notified_on=None, address_before_move_in=None, address_before_move=None, sex=Sex.UNKNOWN,
    )  # fmt: skip
    values = person_values(bare, ALL)
    assert {f for f, v in values.items() if v != BLANK} == {"furigana", "name", "birth"}


def test_a_foreign_resident_without_article_30_45_data_shows_blanks() -> None:
    values = person_values(replace(FOREIGN, article_30_45=None, nationality=None, foreign_resident_since=None), ALL)
    assert {values[f] for f in OPTION_OF if f.startswith("residence")} == {BLANK}
    assert values["nationality"] == values["foreign_resident_since"] == BLANK


def test_names_that_are_not_registered_print_nothing_at_all() -> None:
    values = person_values(replace(JAPANESE, furigana=None), ALL)
    assert not {"furigana", "former_surname", "former_surname_furigana", "alias"} & set(values)


def test_registered_former_surname_and_alias_print_without_being_asked_for() -> None:
    japanese = replace(JAPANESE, former_surname="手本", former_surname_furigana="テホン")
    assert person_values(japanese, NONE)["former_surname"] == "手本"
    assert person_values(FOREIGN, NONE)["alias"] == "阮　明英"


def test_my_number_prints_in_groups_of_four() -> None:
    assert person_values(JAPANESE, ALL)["my_number"] == "1234 5678 9018"


def test_j90_birth_and_expiry_of_foreign_residents_are_western_dates_all_others_japanese() -> None:
    foreign, japanese = person_values(FOREIGN, ALL), person_values(JAPANESE, ALL)
    assert (foreign["birth"], foreign["residence_expires_on"]) == ("1990年12月31日", "2027年9月30日")
    assert foreign["foreign_resident_since"] == "平成30年10月1日"
    assert foreign["address_since"] == japanese["address_since"] == "令和元年5月1日"
    assert (japanese["birth"], japanese["notified_on"]) == ("昭和60年4月1日", "令和元年5月7日")


def test_j80_an_uncertain_date_prints_as_recorded() -> None:
    born = replace(JAPANESE, birth=RecordedDate(None, "昭和10年月日不詳"))
    assert person_values(born, ALL)["birth"] == "昭和10年月日不詳"


def test_c3_the_sentence_says_whether_the_whole_household_is_shown() -> None:
    assert certification_sentence(SNAPSHOT) == "この写しは、世帯全員の住民票の原本と相違ないことを証明する。"
    some = replace(SNAPSHOT, whole_household=False)
    assert certification_sentence(some) == "この写しは、住民票の原本と相違ないことを証明する。"


@pytest.mark.parametrize(
    ("instant", "printed"),
    [
        (datetime(2019, 4, 30, 14, 59, 59, tzinfo=UTC), "平成31年4月30日"),
        (datetime(2019, 4, 30, 15, 0, 0, tzinfo=UTC), "令和元年5月1日"),
        (datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC), "令和9年1月1日"),
    ],
)
def test_mis_15_the_date_of_issue_is_the_japanese_one_in_the_era_of_that_day(instant: datetime, printed: str) -> None:
    seal = replace(SNAPSHOT.official_seal, valid_from=instant.date().replace(year=2000))
    assert issue_date(replace(SNAPSHOT, issued_at=instant, official_seal=seal)) == printed
