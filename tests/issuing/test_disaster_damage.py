"""罹災証明書: of a damage that is the holder's and decided, while both sources say the same of them."""

from datetime import date, timedelta

import pytest

from issuance_db.fsck import check
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, Kind, MenuChoice, MenuRequest
from tests.issuing.city import CENTRE, TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, Fed
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import text_of
from tests.sync.registry_rows import CITY

DAMAGE = Kind.DISASTER_DAMAGE


async def issue(fed: Fed, person: str = "101", number: str = "R8-1") -> Certificate:
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(DAMAGE, await fed.card(person), choice=number))


async def refused(fed: Fed, person: str = "101", number: str = "R8-1") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person, number)
    return caught.value


async def test_it_shows_the_damage_that_was_chosen_and_nobody_else(fed: Fed) -> None:
    await fed.damage("101")
    await fed.damage("101", "R8-2", degree="total")
    await fed.damage("102", "R8-3")
    certificate = await issue(fed)
    assert (certificate.pages, certificate.fee_yen) == (1, 0)
    text = text_of(certificate.content)
    for printed in (
        "罹災証明書",
        "足利　101",
        "昭和55年4月1日",
        DOMICILE,
        "R8-1",
        "令和8年9月12日",
        "床上浸水",
        "半壊",
    ):
        assert printed in text
    assert "全壊" not in text
    assert "102" not in text.replace(certificate.issuance_number, "")
    subjects = await fed.city.rows("SELECT person_number, asked_by FROM history.issuance_subject")
    assert subjects == [{"person_number": "101", "asked_by": True}]
    assert await check(await fed.city.database.connect("fsck"), CITY, fed.city.clock.now) == []


@pytest.mark.parametrize("number", ["R8-3", "R8-99", "1"])
async def test_another_persons_damage_and_none_are_refused_alike(fed: Fed, number: str) -> None:
    await fed.damage("101")
    await fed.damage("102", "R8-3")
    refusal = await refused(fed, number=number)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "no_disaster_damage")


async def test_a_damage_that_is_surveyed_again_is_refused_until_decided(fed: Fed) -> None:
    await fed.damage("101", reassessing_since=fed.city.clock.now)
    assert (await refused(fed)).reason == "damage_being_reassessed"
    await fed.sync.execute("UPDATE issuance.disaster_damage SET reassessing_since = NULL, degree = 'medium_half'")
    assert "中規模半壊" in text_of((await issue(fed)).content)


@pytest.mark.parametrize(
    "differs", [{"name": "足利　別人"}, {"birth_on": date(1980, 4, 2)}, {"address": "栃木県足利市通二丁目１番地"}]
)
async def test_a_source_that_says_otherwise_refuses_and_is_listed_for_this_kind_alone(
    fed: Fed, differs: dict[str, object]
) -> None:
    await fed.damage("101", **differs)  # type: ignore[arg-type]  # the columns that differ
    assert (await refused(fed)).reason == "record_contradicts_itself"
    listed = await fed.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "101", "cause": "data", "item": "disaster_damage/holder"}]
    assert (await refused(fed)).reason == "held_back"
    assert (await fed.city.issuing.issue(CENTRE, fed.city.request(await fed.card("101")))).pages == 1


async def test_a_degree_that_there_is_not_refuses_and_is_listed(fed: Fed) -> None:
    await fed.damage("101", degree="slight")
    assert (await refused(fed)).reason == "record_contradicts_itself"
    assert await fed.city.rows("SELECT item FROM issuance.person_held_back") == [{"item": "disaster_damage/degree"}]


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        ("DELETE FROM issuance.disaster_damage", "no_disaster_damage"),
        ("UPDATE issuance.disaster_damage SET reassessing_since = now()", "damage_being_reassessed"),
        ("INSERT INTO issuance.source_doubt VALUES ('092029', 'disaster', '101', 'extra', now())", "held_back"),
    ],
)
async def test_what_the_source_takes_back_while_the_paper_is_made_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch, meanwhile: str, reason: str
) -> None:
    await fed.damage("101")
    once_made(fed.city, monkeypatch, lambda: fed.sync.execute(meanwhile))
    assert (await refused(fed)).reason == reason
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent")
    assert states == [{"state": "void", "state_cause": "RecordMoved"}]


async def test_a_degree_changed_while_the_paper_is_made_is_the_one_printed(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.damage("101")
    change = "UPDATE issuance.disaster_damage SET degree = 'total'"
    once_made(fed.city, monkeypatch, lambda: fed.sync.execute(change))
    text = text_of((await issue(fed)).content)
    assert "全壊" in text
    assert "半壊" not in text


async def test_mis_16_suppression_between_authorisation_and_permit_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.damage("101")
    staff = await fed.city.database.connect("staff", CITY)
    suppress = (
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    once_made(fed.city, monkeypatch, lambda: staff.execute(suppress))
    assert (await refused(fed)).reason == "suppressed"


async def test_mis_17_a_planned_move_refuses_the_holder(fed: Fed) -> None:
    await fed.damage("101")
    await fed.city.registry.person("101", state="planned_mover")
    await fed.city.project()
    assert (await refused(fed)).reason == "planned_move_out"


async def test_mis_09_past_its_age_limit_the_kind_stops_by_itself(fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    await fed.damage("101")
    once_made(fed.city, monkeypatch, lambda: fed.fed("disaster", fed.city.clock.now - AGE_LIMIT))
    for _ in ("while it is made", "before"):
        refusal = await refused(fed)
        assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")
    await fed.fed("disaster", fed.city.clock.now - AGE_LIMIT + timedelta(seconds=1))
    assert (await issue(fed)).pages == 1


async def test_a_cause_that_cannot_be_printed_is_listed_for_this_kind_alone(fed: Fed) -> None:
    await fed.damage("101", cause="浸水" * 400)
    assert (await refused(fed)).reason == "cannot_be_printed"
    listed = await fed.city.rows("SELECT cause, item FROM issuance.person_held_back")
    assert listed == [{"cause": "overflow", "item": "disaster_damage/cause"}]


async def test_a_menu_names_the_damages_that_this_person_may_have_certified(fed: Fed) -> None:
    await fed.damage("101")
    await fed.damage("101", "R8-2", reassessing_since=fed.city.clock.now)
    await fed.damage("102", "R8-3")
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await fed.card("101")))
    (offered,) = [kind.choices for kind in menu.kinds if kind.kind is DAMAGE]
    assert offered == (MenuChoice("R8-1", "令和８年見本台風（令和8年9月12日）　栃木県足利市通三丁目R8-1"),)


async def test_without_a_damage_the_kind_is_not_on_the_menu(fed: Fed) -> None:
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await fed.card("101")))
    assert DAMAGE not in {kind.kind for kind in menu.kinds}
