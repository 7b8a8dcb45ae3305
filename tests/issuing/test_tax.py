"""課税証明書, 所得証明書, 納税証明書: of the holder alone, of a year the city offers on the day of acceptance, while both sources say the same."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuance_db.fsck import check
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, Kind, MenuChoice, MenuRequest
from tests.issuing.city import CENTRE, TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, TAX_AMOUNTS, TAX_KINDS, Fed
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import text_of
from tests.sync.registry_rows import CITY

INCOME = Kind.TAX_INCOME


async def issue(fed: Fed, person: str = "101", kind: Kind = INCOME, year: int = 2026) -> Certificate:
    request = fed.request(kind, await fed.card(person), choice=str(year))
    return await fed.city.issuing.issue(EVERY_KIND, request)


async def refused(fed: Fed, person: str = "101", kind: Kind = INCOME, year: int = 2026) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person, kind, year)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "says", "leaves_out"),
    [
        (Kind.TAX_ASSESSMENT, ("課税証明書", "3,656,000円", "126,500円", "課税"), "63,500円"),
        (Kind.TAX_INCOME, ("所得証明書", "5,120,000円", "3,656,000円"), "126,500円"),
        (Kind.TAX_PAYMENT, ("納税証明書", "126,500円", "63,500円", "令和8年11月23日現在"), "3,656,000円"),
    ],
)
async def test_each_kind_says_its_own_of_the_year_and_of_nobody_else(
    fed: Fed, kind: Kind, says: tuple[str, ...], leaves_out: str
) -> None:
    await fed.tax_record("101")
    await fed.tax_record("102")
    certificate = await issue(fed, kind=kind)
    assert (certificate.pages, certificate.fee_yen) == (1, 200)
    text = text_of(certificate.content)
    holder = ("足利　101", "昭和55年4月1日", DOMICILE, "令和8年度（令和7年分）", "栃木県足利市通二丁目１番地")
    for printed in (*holder, *says, "相違ないことを証明する", certificate.issuance_number):
        assert printed in text
    assert leaves_out not in text
    assert "102" not in text.replace(certificate.issuance_number, "")
    subjects = await fed.city.rows("SELECT person_number, asked_by FROM history.issuance_subject")
    assert subjects == [{"person_number": "101", "asked_by": True}]
    assert await check(await fed.city.database.connect("fsck"), CITY, fed.city.clock.now) == []


async def test_who_is_not_taxed_gets_a_certificate_that_says_so(fed: Fed) -> None:
    amounts = dict.fromkeys(("total_income", "total_deductions", "taxable_income", "annual_tax"), 0)
    await fed.tax_record("101", amounts=amounts)
    assert "非課税" in text_of((await issue(fed, kind=Kind.TAX_ASSESSMENT)).content)


@pytest.mark.parametrize("kind", TAX_KINDS)
async def test_a_year_without_a_record_is_refused(fed: Fed, kind: Kind) -> None:
    await fed.tax_record("101", 2025)
    refusal = await refused(fed, kind=kind)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "no_tax_record_of_year")


@pytest.mark.parametrize("year", [2025, 2027, 202])
async def test_a_year_that_the_city_does_not_offer_is_refused_whatever_the_source_has(fed: Fed, year: int) -> None:
    await fed.tax_record("101", 2025)
    await fed.tax_record("101", 2026)
    assert (await refused(fed, year=year)).reason == "tax_year_not_offered"


async def test_who_has_not_declared_is_refused(fed: Fed) -> None:
    await fed.tax_record("101", declared=False, amounts={})
    assert (await refused(fed)).reason == "tax_not_declared"


async def test_the_new_year_is_offered_from_its_day_on_and_the_old_one_until_its_last(fed: Fed) -> None:
    staff = await fed.city.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.tax_year VALUES ($1, 'tax_income', 2025, '2025-06-10', '2026-05-31')", CITY
    )
    for year in (2025, 2026):
        await fed.tax_record("101", year)
    offered = {}
    for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 9), date(2026, 6, 10)):
        fed.city.clock.now = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        await fed.fed("tax", fed.city.clock.now)
        offered[day.day] = [year for year in (2025, 2026) if await may_have(fed, year)]
    assert offered == {31: [2025], 1: [], 9: [], 10: [2026]}


async def may_have(fed: Fed, year: int) -> bool:
    try:
        return (await issue(fed, year=year)).pages == 1
    except Refusal as refusal:
        assert refusal.reason == "tax_year_not_offered"  # noqa: PT017 - the only reason there may be
        return False


@pytest.mark.parametrize(
    "differs", [{"name": "足利　別人"}, {"birth_on": date(1980, 4, 2)}, {"address": "栃木県足利市通二丁目１番地"}]
)
async def test_a_source_that_says_otherwise_refuses_and_is_listed_for_the_tax_kinds_alone(
    fed: Fed, differs: dict[str, object]
) -> None:
    await fed.tax_record("101", **differs)  # type: ignore[arg-type]  # the columns that differ
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "record_contradicts_itself")
    listed = await fed.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "101", "cause": "data", "item": "tax/holder"}]
    assert (await refused(fed, kind=Kind.TAX_PAYMENT)).reason == "held_back"
    assert (await fed.city.issuing.issue(CENTRE, fed.city.request(await fed.card("101")))).pages == 1


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Kind.TAX_ASSESSMENT, {"annual_tax": 126_501}),
        (Kind.TAX_PAYMENT, {"paid": 63_001}),
        (Kind.TAX_INCOME, {"lottery": 1}),
    ],
)
async def test_figures_that_do_not_agree_refuse_and_are_listed(fed: Fed, kind: Kind, wrong: dict[str, int]) -> None:
    await fed.tax_record("101", amounts=TAX_AMOUNTS | wrong)
    assert (await refused(fed, kind=kind)).reason == "record_contradicts_itself"
    assert await fed.city.rows("SELECT item FROM issuance.person_held_back") == [{"item": "tax/amounts"}]


async def test_a_total_that_is_missing_refuses(fed: Fed) -> None:
    await fed.tax_record("101", amounts={"salary_revenue": 1})
    assert (await refused(fed)).reason == "record_contradicts_itself"


async def test_a_figure_changed_while_the_paper_is_made_is_the_one_printed(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.tax_record("101")
    change = "UPDATE issuance.tax_amount SET amount = 4000000 WHERE item = 'total_income'"
    once_made(fed.city, monkeypatch, lambda: fed.sync.execute(change))
    text = text_of((await issue(fed)).content)
    assert "4,000,000円" in text
    assert "3,656,000円" not in text
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent ORDER BY issuance_number")
    assert [state["state"] for state in states] == ["void", "recorded"]


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        ("DELETE FROM issuance.tax_record", "no_tax_record_of_year"),
        ("UPDATE issuance.tax_record SET declared = false", "tax_not_declared"),
        ("INSERT INTO issuance.source_doubt VALUES ('092029', 'tax', '101', 'different', now())", "held_back"),
    ],
)
async def test_what_the_source_takes_back_while_the_paper_is_made_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch, meanwhile: str, reason: str
) -> None:
    await fed.tax_record("101")
    once_made(fed.city, monkeypatch, lambda: fed.sync.execute(meanwhile))
    assert (await refused(fed)).reason == reason
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent")
    assert states == [{"state": "void", "state_cause": "RecordMoved"}]


async def test_mis_16_suppression_between_authorisation_and_permit_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.tax_record("101")
    staff = await fed.city.database.connect("staff", CITY)
    suppress = (
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    once_made(fed.city, monkeypatch, lambda: staff.execute(suppress))
    assert (await refused(fed)).reason == "suppressed"


async def test_mis_17_a_planned_move_refuses_the_holder(fed: Fed) -> None:
    await fed.tax_record("101")
    await fed.city.registry.person("101", state="planned_mover")
    await fed.city.project()
    assert (await refused(fed)).reason == "planned_move_out"


async def test_who_left_the_register_gets_none_though_the_record_is_still_fed(fed: Fed) -> None:
    await fed.tax_record("103")
    card = await fed.card("103")
    await fed.city.registry.person("103", state="removed")
    await fed.city.registry.household("900", "101")
    await fed.city.project()
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.issue(EVERY_KIND, fed.request(INCOME, card, choice="2026"))
    assert caught.value.reason == "not_in_issuance_record"


async def test_mis_09_past_its_age_limit_the_kinds_stop_by_themselves_and_start_with_the_next_feed(fed: Fed) -> None:
    await fed.tax_record("101")
    await fed.fed("tax", fed.city.clock.now - AGE_LIMIT)
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")
    await fed.fed("tax", fed.city.clock.now - AGE_LIMIT + timedelta(seconds=1))
    assert (await issue(fed)).pages == 1
    ages = await fed.city.rows("SELECT source, age FROM history.issuance_source ORDER BY source")
    assert ages == [
        {"source": "registry", "age": timedelta()},
        {"source": "tax", "age": AGE_LIMIT - timedelta(seconds=1)},
    ]


async def test_mis_09_a_source_that_grows_too_old_while_the_paper_is_made_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.tax_record("101")
    once_made(fed.city, monkeypatch, lambda: fed.fed("tax", fed.city.clock.now - AGE_LIMIT))
    assert (await refused(fed)).reason == "source_past_age_limit"


async def test_a_name_that_cannot_be_printed_is_listed_for_the_tax_kinds_alone(fed: Fed) -> None:
    long = "栃木県足利市" + "見本" * 400
    await fed.tax_record("101", address_on_january_1=long)
    assert (await refused(fed)).reason == "cannot_be_printed"
    listed = await fed.city.rows("SELECT cause, item FROM issuance.person_held_back")
    assert listed == [{"cause": "overflow", "item": "tax/address_on_january_1"}]


async def test_a_menu_names_the_years_that_this_person_may_have(fed: Fed) -> None:
    card = await fed.card("101")
    staff = await fed.city.database.connect("staff", CITY)
    for year in (2024, 2025):
        await staff.execute(
            "INSERT INTO issuance.tax_year VALUES ($1, 'tax_income', $2, '2020-01-01', NULL)", CITY, year
        )
    for year in (2025, 2026):
        await fed.tax_record("101", year)
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, card))
    choices = {kind.kind: kind.choices for kind in menu.kinds if kind.kind in TAX_KINDS}
    newest = MenuChoice("2026", "令和8年度（令和7年分）")
    assert choices == {
        Kind.TAX_ASSESSMENT: (newest,),
        Kind.TAX_INCOME: (newest, MenuChoice("2025", "令和7年度（令和6年分）")),
        Kind.TAX_PAYMENT: (newest,),
    }


async def test_a_menu_leaves_out_what_this_person_may_not_have(fed: Fed) -> None:
    await fed.tax_record("101", declared=False)
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await fed.card("101")))
    assert not {kind.kind for kind in menu.kinds} & set(TAX_KINDS)
