"""The published danger: one parent asks for the 戸籍の附票 that shows where the other parent and the child hide from them.

Where the protective measure (支援措置) is known does not matter: to the resident registry, because the family still lives in the city,
or for a person of the koseki alone, because they fled to another city. The parent is told one neutral word; staff see why.
"""

from collections.abc import Awaitable, Callable

import pytest

from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, Certificate, Channel, Kind, MenuRequest, ResidentRecordOptions
from tests.issuing.city import TERMINAL
from tests.issuing.fed import EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import text_of
from tests.issuing.supplements import BEFORE, HOME, feed_supplement
from tests.sync.registry_rows import CITY

KIND = Kind.KOSEKI_SUPPLEMENT
SUPPLEMENT_ONLY = Caller("centre", CITY, Channel.CENTRE, frozenset({KIND}))
REFUGE = "北海道札幌市中央区北一条西二丁目"
PARENT, SPOUSE, CHILD = InKoseki("KP101", "101", "101"), InKoseki("KP201", "201", "201"), InKoseki("KP9", "子")
Protect = Callable[[Fed], Awaitable[None]]


@pytest.fixture
async def parted(fed: Fed) -> Fed:
    """101 asks. 201, the spouse, lives in another household of the city; the child lives in another city."""
    await fed.city.registry.family("901", "201")
    await fed.city.registry.person("201", address="栃木県足利市通二丁目１番地")
    await fed.domiciled("101", "201")
    people = (PARENT, SPOUSE, CHILD)
    await fed.koseki("K1", people)
    addresses = ((BEFORE, HOME), (HOME, "栃木県足利市通二丁目１番地"), (HOME, REFUGE))
    await feed_supplement(fed, "K1", list(zip(people, addresses, strict=True)))
    return fed


async def protect_spouse(fed: Fed) -> None:
    """In the register of the city."""
    await fed.city.registry.person("201", suppressed=True)
    await fed.city.project()


async def protect_child(fed: Fed) -> None:
    """Who is in no register of the city: staff enter the measure for the person of the koseki."""
    staff = await fed.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, 'KP9', 'staff')", CITY)


async def ask(fed: Fed, **changes: object) -> Certificate:
    asked = fed.request(KIND, await fed.card("101"), **({"persons": "koseki"} | changes))
    return await fed.city.issuing.issue(EVERY_KIND, asked)


async def refused(fed: Fed, **changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await ask(fed, **changes)
    return caught.value


either = pytest.mark.parametrize(
    ("protect", "protected"),
    [(protect_spouse, "201"), (protect_child, None)],
    ids=["spouse in the register", "child known only from the koseki"],
)


async def test_without_protection_the_parent_gets_it(parted: Fed) -> None:
    assert REFUGE in text_of((await ask(parted)).content)


@either
async def test_the_parent_is_refused_neutrally_and_staff_see_why(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    await protect(parted)
    refusal = await refused(parted)
    assert refusal.code is RefusalCode.NOT_AVAILABLE
    seen = await parted.city.rows("SELECT reason, person_number FROM history.refusal_reason")
    assert [tuple(row.values()) for row in seen] == [("suppressed", protected)]
    assert await parted.city.rows("SELECT FROM issuance.intent") == []


@either
async def test_the_parents_menu_has_it_not_and_says_no_more_than_that(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    await protect(parted)
    card = await parted.card("101")
    menu = await parted.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, card))
    assert KIND not in [kind.kind for kind in menu.kinds]
    with pytest.raises(Refusal) as caught:
        await parted.city.issuing.menu(SUPPLEMENT_ONLY, MenuRequest("menu-2", CITY, TERMINAL, card))
    assert (caught.value.code, caught.value.retry_after) == (RefusalCode.NOT_AVAILABLE, None)
    seen = await parted.city.rows("SELECT reason, person_number FROM history.refusal_reason")
    assert [tuple(row.values()) for row in seen] == [("suppressed", protected)]


@either
async def test_the_answer_is_the_one_of_a_parent_who_has_none_here(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    await protect(parted)
    for_protection = await refused(parted)
    await parted.sync.execute("DELETE FROM issuance.koseki_supplement")
    without_any = await refused(parted)
    assert (for_protection.reason, without_any.reason) == ("suppressed", "no_supplement_here")
    told = [(one.code, one.retry_after, one.field, one.issuance_number) for one in (for_protection, without_any)]
    assert told[0] == told[1]


@either
async def test_mis_16_protection_while_the_paper_is_made_refuses_and_the_paper_is_void(
    parted: Fed, monkeypatch: pytest.MonkeyPatch, protect: Protect, protected: str | None
) -> None:
    once_made(parted.city, monkeypatch, lambda: protect(parted))
    assert (await refused(parted)).reason == "suppressed"
    assert await parted.city.rows("SELECT FROM history.issuance") == []
    states = await parted.city.rows("SELECT DISTINCT state FROM issuance.intent")
    assert [row["state"] for row in states] == ["void"]


@either
async def test_protection_since_the_answer_destroys_the_bytes(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    request = parted.request(KIND, await parted.card("101"), persons="koseki")
    assert REFUGE in text_of((await parted.city.issuing.issue(EVERY_KIND, request)).content)
    await protect(parted)
    with pytest.raises(Refusal) as caught:
        await parted.city.issuing.issue(EVERY_KIND, request)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE
    assert await parted.city.rows("SELECT FROM issuance.kept_answer") == []


@either
async def test_the_parents_own_addresses_show_nobody_elses(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    await protect(parted)
    for options in (ResidentRecordOptions(), ResidentRecordOptions(domicile=True)):
        text = text_of((await ask(parted, persons="self", options=options)).content)
        assert (BEFORE in text, HOME in text) == (True, True)
        assert not any(told in text for told in (REFUGE, "通二丁目", "足利　201", "足利　子"))


async def test_the_protected_themselves_get_nothing_from_a_kiosk(parted: Fed) -> None:
    await protect_spouse(parted)
    for persons in ("koseki", "self"):
        with pytest.raises(Refusal) as caught:
            await parted.city.issuing.issue(EVERY_KIND, parted.request(KIND, await parted.card("201"), persons=persons))
        assert caught.value.reason == "suppressed"


async def test_a_protected_first_registrant_is_not_named_at_the_head_either(parted: Fed) -> None:
    await parted.city.registry.person("101", suppressed=True)
    await parted.city.project()
    card = await parted.card("201")
    own = parted.request(KIND, card, persons="self")
    assert (await parted.city.issuing.issue(EVERY_KIND, own)).pages == 1
    named = parted.request(KIND, card, persons="self", options=ResidentRecordOptions(domicile=True))
    with pytest.raises(Refusal) as caught:
        await parted.city.issuing.issue(EVERY_KIND, named)
    assert caught.value.reason == "suppressed"


@either
async def test_who_left_the_koseki_is_protected_in_it_all_the_same(
    parted: Fed, protect: Protect, protected: str | None
) -> None:
    for table in ("koseki_member", "koseki_supplement_person"):
        await parted.sync.execute(f"UPDATE issuance.{table} SET removed = true WHERE koseki_person_number <> 'KP101'")
    assert REFUGE in text_of((await ask(parted)).content)
    await protect(parted)
    assert (await refused(parted)).reason == "suppressed"
