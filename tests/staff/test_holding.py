import pytest

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.staff.duties import Duty
from tests.staff.counter import acts, at_counter, code_of
from tests.staff.office import Office
from tests.sync.registry_rows import CITY


async def held(office: Office, *rows: tuple[str, str, str]) -> None:
    admin = await office.city.database.connect("postgres", CITY)
    for row in rows:
        await admin.execute(
            "INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) VALUES ($1, $2, $3, $4)",
            CITY, *row,
        )  # fmt: skip


async def test_who_is_held_back_is_listed_with_the_cause_in_words_and_what_to_do(office: Office) -> None:
    await held(
        office,
        ("101", "character", "person1.name"),
        ("102", "data", "seal_registration/holder"),
        ("103", "doubt", "reconciliation"),
        ("888", "projection", "name"),
    )
    clerk = await office.at_work("sato", Duty.COUNTER)
    text = (await clerk.get("/holds")).text
    for words in (
        "足利　101",
        "印字できない文字",
        "印鑑登録証明書: 本人の記録",
        "住民基本台帳との比較",
        "取り込めない行",
        "(記録なし)",
        "自動的に解けます",
    ):
        assert words in text  # fmt: skip
    rows = await office.city.rows("SELECT reading, concerns FROM history.staff_reading")
    assert [tuple(row.values()) for row in rows] == [("held_back", "4")]


async def test_somebody_is_held_back_and_released_with_effect_on_the_next_issuance(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "103")
    assert "発行を保留しました" in (await counter.act("/hold", reason="氏名の字体を確認中")).text
    assert await code_of(office.city, card) is RefusalCode.NOT_AVAILABLE
    assert (await counter.act("/hold", reason="もう一度")).status == 409
    assert "職員による保留" in await counter.page()
    assert "保留を解きました" in (await counter.act("/release", reason="確認した")).text
    assert await code_of(office.city, card) is None
    assert await acts(office) == [("person_held", "103", "職員 sato"), ("person_released", "103", "職員 sato")]


@pytest.mark.parametrize(("cause", "item"), [("projection", "name"), ("doubt", "reconciliation")])
async def test_what_ends_otherwise_is_not_lifted_here(office: Office, cause: str, item: str) -> None:
    await held(office, ("103", cause, item))
    counter = await at_counter(office, "103")
    assert "保留を解く" not in await counter.page()
    shown = await counter.act("/release", reason="確認した")
    assert (shown.status, await acts(office)) == (409, [])


@pytest.mark.parametrize("reason", ["", " ", "x" * 401])
async def test_without_a_reason_nobody_is_held_back(office: Office, reason: str) -> None:
    shown = await (await at_counter(office, "103")).act("/hold", reason=reason)
    assert (shown.status, await acts(office)) == (422, [])
