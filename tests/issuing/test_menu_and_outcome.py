"""Menus, sessions, person references and outcomes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cardauth import UserCertificate
from issuance_db.alerts import confirm_alert, explain_alert, list_alerts, open_alerts
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import CentreAlert, Menu, MenuRequest, OutcomeReport, SessionCredential
from tests.issuing.city import CENTRE, ISSUER, TERMINAL, City
from tests.issuing.read_pdf import text_of
from tests.sync.registry_rows import CITY


async def menu_of(city: City, credential: UserCertificate, request_id: str = "menu-1") -> Menu:
    return await city.issuing.menu(CENTRE, MenuRequest(request_id, CITY, TERMINAL, credential))


async def code_of(city: City, request: object) -> RefusalCode:
    with pytest.raises(Refusal) as caught:
        await city.issuing.issue(CENTRE, request)  # type: ignore[arg-type]  # an IssuanceRequest of this city
    return caught.value.code


async def test_menu_offers_the_household_with_fee_and_a_session(ashikaga: City) -> None:
    menu = await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    [kind] = menu.kinds
    assert [person.name for person in kind.persons] == ["足利　101", "足利　102", "足利　103"]
    assert kind.fee_yen == 200
    assert kind.options == ("relationship", "domicile", "my_number")
    assert "101" not in "".join(person.person_ref for person in kind.persons)


async def test_chosen_person_by_reference_is_the_only_one_on_the_paper(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    menu = await menu_of(ashikaga, card)
    session = SessionCredential(menu.session)
    chosen = (menu.kinds[0].persons[2].person_ref,)
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(session, persons=chosen))
    text = text_of(certificate.content)
    assert "足利　103" in text
    assert "足利　102" not in text


async def test_household_that_changed_since_the_menu_is_not_available(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    menu = await menu_of(ashikaga, card)
    await ashikaga.registry.person("103", name="足利　改名")
    await ashikaga.registry.household("900", "101")
    await ashikaga.project()
    chosen = (menu.kinds[0].persons[2].person_ref,)
    assert await code_of(ashikaga, ashikaga.request(card, persons=chosen)) is RefusalCode.NOT_AVAILABLE


async def test_reference_given_to_another_credential_is_not_available(ashikaga: City) -> None:
    await ashikaga.registry.family("901", "201", "202")
    await ashikaga.project()
    theirs = await menu_of(ashikaga, await ashikaga.credential("201", "7002"))
    card = await ashikaga.credential("101", "7001")
    chosen = (theirs.kinds[0].persons[0].person_ref,)
    assert await code_of(ashikaga, ashikaga.request(card, persons=chosen)) is RefusalCode.NOT_AVAILABLE


async def test_session_is_good_for_the_stated_number_and_its_replays(ashikaga: City) -> None:
    menu = await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    session = SessionCredential(menu.session)
    requests = [ashikaga.request(session) for _ in range(menu.session_issuances)]
    for request in requests:
        first = await ashikaga.issuing.issue(CENTRE, request)
        assert await ashikaga.issuing.issue(CENTRE, request) == first
    assert await code_of(ashikaga, ashikaga.request(session)) is RefusalCode.NOT_IDENTIFIED


async def test_session_at_another_terminal_or_after_ten_minutes_is_not_identified(ashikaga: City) -> None:
    session = SessionCredential((await menu_of(ashikaga, await ashikaga.credential("101", "7001"))).session)
    elsewhere = ashikaga.request(session, terminal=replace(TERMINAL, terminal="machine 2"))
    assert await code_of(ashikaga, elsewhere) is RefusalCode.NOT_IDENTIFIED
    ashikaga.clock.advance(minutes=10)
    assert await code_of(ashikaga, ashikaga.request(session)) is RefusalCode.NOT_IDENTIFIED


async def test_menus_and_issuances_share_the_three_tries(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    wrong = UserCertificate(ISSUER, "7001", "9999")
    for number in range(2):
        with pytest.raises(Refusal):
            await menu_of(ashikaga, wrong, f"menu-{number}")
    assert await code_of(ashikaga, ashikaga.request(wrong)) is RefusalCode.NOT_IDENTIFIED
    assert await code_of(ashikaga, ashikaga.request(card)) is RefusalCode.NOT_IDENTIFIED


async def test_menu_of_a_suppressed_household_leaves_the_person_out_without_saying_why(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    with pytest.raises(Refusal) as caught:
        await menu_of(ashikaga, card)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE


async def test_outcome_is_stored_once_and_a_contradiction_is_an_alert(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    number = (await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))).issuance_number
    assert (await ashikaga.issuing.state(CENTRE, number)).outcome == "unknown"
    printed = OutcomeReport("printed", fee_collected=True, occurred_at=ashikaga.clock.now)
    for _ in range(2):
        await ashikaga.issuing.report_outcome(CENTRE, number, printed)
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            await ashikaga.issuing.report_outcome(CENTRE, number, replace(printed, outcome="cancelled"))
        assert caught.value.code is RefusalCode.OUTCOME_CONFLICT
    assert (await ashikaga.issuing.state(CENTRE, number)).outcome == "printed"
    assert len(await ashikaga.rows("SELECT FROM history.alert WHERE cause = 'outcome_conflict'")) == 1


async def test_three_failed_prints_in_a_row_at_one_terminal_are_an_alert_once_a_day(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    told = []
    for outcome in ("failed", "failed", "printed", "failed", "failed", "failed", "failed"):
        number = (await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))).issuance_number
        report = OutcomeReport(outcome, fee_collected=False, occurred_at=ashikaga.clock.now)
        for _ in range(2):
            await ashikaga.issuing.report_outcome(CENTRE, number, report)
        told.append([row["cause"] for row in await ashikaga.rows("SELECT cause FROM history.alert")])
    assert told == [[]] * 5 + [["prints_failing/shop chain/store 1/machine 1"]] * 2


async def test_issuance_of_another_caller_does_not_exist(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    number = (await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))).issuance_number
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.state(replace(CENTRE, caller_id="another"), number)
    assert caught.value.code is RefusalCode.NO_SUCH_ISSUANCE


async def test_outcome_from_the_future_is_malformed(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    number = (await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))).issuance_number
    future = OutcomeReport("printed", fee_collected=True, occurred_at=ashikaga.clock.now + timedelta(hours=1))
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.report_outcome(CENTRE, number, future)
    assert (caught.value.code, caught.value.field) == (RefusalCode.MALFORMED, "occurred_at")


async def test_mis_13_centre_alert_stays_open_after_a_good_retry(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(card)
    number = (await ashikaga.issuing.issue(CENTRE, request)).issuance_number
    for _ in range(2):  # it heard no answer, and told it again
        await ashikaga.issuing.open_alert(CENTRE, CentreAlert("answer_mismatch", number, request.request_id, "detail"))
    await ashikaga.issuing.issue(CENTRE, request)
    [alert] = await ashikaga.rows("SELECT cause, issuance_number FROM history.alert")
    assert (alert["cause"], alert["issuance_number"]) == ("centre/answer_mismatch", number)


async def test_mis_13_what_is_told_again_after_its_alert_was_closed_is_an_alert_anew(ashikaga: City) -> None:
    alert = CentreAlert("answer_mismatch", None, "request-1", "detail")
    await ashikaga.issuing.open_alert(CENTRE, alert)
    staff = await ashikaga.database.connect("staff", CITY)
    [row] = await list_alerts(staff, CITY)
    await explain_alert(staff, CITY, row["alert_id"], "足利　花子", "the shop kept the paper")
    await confirm_alert(staff, CITY, row["alert_id"], "渡良瀬　次郎")
    assert await open_alerts(staff, CITY) == 0
    await ashikaga.issuing.open_alert(CENTRE, alert)
    assert await open_alerts(staff, CITY) == 1
