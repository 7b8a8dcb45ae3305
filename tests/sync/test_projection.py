import json
from datetime import date

import asyncpg

from sync import Progress, Projection
from tests.servers import Database
from tests.sync.conftest import NOW, IssuanceRecords
from tests.sync.registry_rows import A_DAY, CITY, OTHER_CITY, Registry, registry

FAMILY = ("1001", "1002", "1003")


async def test_f6_every_item_of_a_foreign_resident_is_copied_and_the_derived_ones_are_right(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.household("50", "1001")
    await city_registry.person(
        "1001", "50", name="ＳＭＩＴＨ　ＪＯＨＮ", furigana="スミス　ジョン", alias="山田　𠮷男", alias_furigana="ヤマダ　ヨシオ",
        birth_on=None, birth_text="1960年月日不詳", relationship="世帯主", resident_since_on=date(2020, 1, 2),
        address_since_on=date(2021, 3, 4), address_notified_on=date(2021, 3, 5), address_before_move_in="東京都千代田区",
        address_before_move="足利市通二丁目", nationality="米国", foreign_resident_since_on=date(2012, 7, 9),
        article_30_45_category="中長期在留者", residence_status="永住者", residence_period="無期限",
        residence_expires_on=date(2030, 1, 1), residence_card_number="AB12345678CD", my_number_sealed=b"sealed",
        my_number_key_version=1, my_number_index=b"index",
        state="planned_mover", building="市役所",
    )  # fmt: skip
    await projection.catch_up()
    row = (await f6.read())["1001"]
    assert json.loads(row.pop("article_30_45")) == {
        "category": "中長期在留者", "status": "永住者", "period": "無期限", "expires_on": "2030-01-01",
        "card_number": "AB12345678CD",
    }  # fmt: skip
    assert row == {
        "municipality_code": CITY, "person_number": "1001", "name": "ＳＭＩＴＨ　ＪＯＨＮ", "birth_on": None,
        "birth_text": "1960年月日不詳", "sex": 1, "head_name": "ＳＭＩＴＨ　ＪＯＨＮ", "relationship": "世帯主", "domicile": None,
        "first_registrant": None, "resident_since_on": date(2020, 1, 2), "resident_since_text": None,
        "address": "栃木県足利市本城三丁目２１４５番地　市役所", "address_since_on": date(2021, 3, 4), "address_since_text": None,
        "address_notified_on": date(2021, 3, 5), "previous_address": "東京都千代田区", "nationality": "米国",
        "foreign_resident_since_on": date(2012, 7, 9), "foreign_resident_since_text": None, "alias": "山田　𠮷男",
        "my_number_sealed": b"sealed", "my_number_key_version": 1, "my_number_index": b"index", "furigana": "スミス　ジョン",
        "former_surname": None, "former_surname_furigana": None, "alias_furigana": "ヤマダ　ヨシオ",
        "address_before_move": "足利市通二丁目", "household_number": "50", "member_order": 1, "is_head": True,
        "planned_move_out_on": A_DAY, "person_sequence": 1, "household_sequence": 1, "suppressed_by": [],
    }  # fmt: skip


async def test_f6_015_is_empty_for_a_japanese(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", "1001")
    await projection.catch_up()
    assert (await f6.read())["1001"]["article_30_45"] is None


async def test_a_change_of_the_head_reaches_every_member(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", *FAMILY)
    await projection.catch_up()
    await city_registry.household("50", "1002")
    await projection.catch_up()
    rows = await f6.read()
    assert {row["head_name"] for row in rows.values()} == {"足利　1002"}
    assert [rows[number]["is_head"] for number in FAMILY] == [False, True, False]
    assert {row["household_sequence"] for row in rows.values()} == {2}


async def test_a_new_name_of_the_head_reaches_every_member_though_no_household_moved(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", *FAMILY)
    await projection.catch_up()
    await city_registry.person("1001", name="足利　改")
    assert await projection.catch_up() == Progress(changed=3)
    rows = await f6.read()
    assert {row["head_name"] for row in rows.values()} == {"足利　改"}
    assert [rows[number]["person_sequence"] for number in FAMILY] == [2, 1, 1]


async def test_a_member_who_moves_to_another_household_leaves_nothing_behind(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", *FAMILY)
    await city_registry.family("60", "2001")
    await projection.catch_up()
    async with city_registry.connection.transaction():
        await city_registry.person("1003", "60", member_order=2, relationship="同居人")
        await city_registry.household("50", "1001")
        await city_registry.household("60", "2001")
    await projection.catch_up()
    rows = await f6.read()
    assert {number: (row["household_number"], row["household_sequence"], row["head_name"]) for number, row in rows.items()} == {
        "1001": ("50", 2, "足利　1001"), "1002": ("50", 2, "足利　1001"),
        "1003": ("60", 2, "足利　2001"), "2001": ("60", 2, "足利　2001"),
    }  # fmt: skip


async def test_whoever_leaves_the_register_is_gone_within_one_event_and_comes_back_with_the_next(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", *FAMILY)
    await projection.catch_up()
    await city_registry.person("1003", state="removed")
    assert await projection.catch_up() == Progress(removed=1)
    assert set(await f6.read()) == {"1001", "1002"}
    await city_registry.person("1003", state="resident")
    await projection.catch_up()
    assert (await f6.read())["1003"]["person_sequence"] == 3


async def test_a_planned_mover_stays_in_f6(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords
) -> None:
    await city_registry.family("50", "1001")
    await city_registry.person("1001", state="planned_mover")
    await projection.catch_up()
    assert (await f6.read())["1001"]["planned_move_out_on"] == A_DAY


async def test_suppression_is_copied_and_lifted_and_that_of_staff_stays(
    city_registry: Registry, projection: Projection, f6: IssuanceRecords, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", *FAMILY)
    await admin.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '1002', 'staff')", CITY
    )
    await city_registry.person("1002", suppressed=True)
    await projection.catch_up()
    assert {number: row["suppressed_by"] for number, row in (await f6.read()).items()} == {
        "1001": [], "1002": ["registry", "staff"], "1003": [],
    }  # fmt: skip
    await city_registry.person("1002", suppressed=False)
    await projection.catch_up()
    assert (await f6.read())["1002"]["suppressed_by"] == ["staff"]


async def test_leaving_the_register_does_not_lift_a_suppression(
    city_registry: Registry, projection: Projection, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001")
    await city_registry.person("1001", suppressed=True)
    await projection.catch_up()
    await city_registry.person("1001", state="removed")
    await projection.catch_up()
    await projection.rebuild()
    assert await admin.fetchval("SELECT source FROM issuance.suppression WHERE person_number = '1001'") == "registry"


async def test_protection_of_a_removed_person_is_rebuilt_from_nothing_and_can_be_lifted(
    city_registry: Registry, projection: Projection, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", "1001")
    await city_registry.person("1001", state="removed", suppressed=True)
    await projection.catch_up()
    await admin.execute("DELETE FROM issuance.suppression")
    await projection.rebuild()
    assert await admin.fetchval("SELECT source FROM issuance.suppression WHERE person_number = '1001'") == "registry"
    await city_registry.person("1001", suppressed=False)
    await projection.catch_up()
    assert await admin.fetchval("SELECT count(*) FROM issuance.suppression") == 0


async def test_once_however_often_delivered(
    city_registry: Registry, projection: Projection, admin: asyncpg.Connection
) -> None:
    await city_registry.family("50", *FAMILY)
    await city_registry.person("1002", suppressed=True)
    await city_registry.person("1003", state="removed")
    assert await projection.catch_up() == Progress(changed=2)
    written = "SELECT person_number, xmin::text, projected_at FROM issuance.resident_key ORDER BY 1"
    before = await admin.fetch(written)
    await city_registry.deliver_again()
    await city_registry.deliver_again()
    assert await projection.catch_up() == Progress()
    assert await admin.fetch(written) == before


async def test_many_cities_stay_apart(database: Database, city_registry: Registry, admin: asyncpg.Connection) -> None:
    elsewhere = await registry(database, OTHER_CITY)
    await city_registry.family("50", "1001")
    await elsewhere.family("50", "1001", "1002")
    projection = Projection(database.dsn("sync"), [CITY, OTHER_CITY], lambda: NOW)
    assert await projection.catch_up() == Progress(changed=3)
    assert set(await IssuanceRecords(admin).read()) == {"1001"}
    assert set(await IssuanceRecords(admin, OTHER_CITY).read()) == {"1001", "1002"}
