"""A kind that a city issues no more: served on its last day, refused for good from the next day on, and off the menu."""

from datetime import timedelta

import pytest

from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Kind, MenuRequest
from tests.issuing.city import TERMINAL
from tests.issuing.fed import EVERY_KIND, Fed
from tests.issuing.meanwhile import once_made
from tests.issuing.test_seal_registration import SEAL, issue, refused
from tests.sync.registry_rows import CITY


async def retire(fed: Fed, last_day: str, kind: Kind = SEAL) -> None:
    staff = await fed.city.database.connect("staff", CITY)
    await staff.execute(f"INSERT INTO issuance.kind_retirement VALUES ($1, $2, '{last_day}')", CITY, kind)


async def test_a_kind_is_served_on_its_last_day_and_refused_for_good_from_the_next_on(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await retire(fed, "2026-11-23")
    assert (await issue(fed)).pages == 1
    fed.city.clock.now += timedelta(days=1)
    await fed.fed("seal", fed.city.clock.now)
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "kind_retired")
    reasons = await fed.city.rows("SELECT reason FROM history.refusal_reason")
    assert reasons == [{"reason": "kind_retired"}]


async def test_a_kind_retired_yesterday_is_off_the_menu_and_the_others_stay(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await retire(fed, "2026-11-22")
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, await fed.card("101")))
    assert [kind.kind for kind in menu.kinds] == [Kind.RESIDENT_RECORD]


async def test_a_kind_retired_while_the_paper_is_made_is_refused(fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    await fed.register_seal("101", "足利太郎")
    once_made(fed.city, monkeypatch, lambda: retire(fed, "2026-11-22"))
    with pytest.raises(Refusal) as caught:
        await issue(fed)
    assert (caught.value.code, caught.value.reason) == (RefusalCode.NOT_AVAILABLE, "kind_retired")
