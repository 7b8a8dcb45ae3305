"""What one administrator prepares, another person lets be used: ASVS 5.0 V8.4, by the table itself."""

import re

import asyncpg
import pytest

from kiosk_server.staff.duties import Duty
from tests.staff.office import PASSWORD, Clerk, Office, Shown
from tests.sync.registry_rows import CITY

_NEW = {"account": "kato", "name": "加藤 責任者", "duty_supervisor": "1", "reason": "配属"}
_WAITS = re.compile(r'name="waits_since" value="([^"]+)"')


async def _prepared(office: Office) -> tuple[Clerk, str]:
    """An administrator who has made a supervisor, and the first password."""
    clerk = await office.at_work("ito", Duty.ADMINISTRATOR, name="伊藤 管理")
    await clerk.get("/accounts")
    shown = await clerk.post("/accounts", **_NEW)
    found = re.search(r"([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", shown.text)
    assert found is not None
    return clerk, found[1]


async def _release(clerk: Clerk, account: str = "kato") -> Shown:
    """As the page offers it to this person, or with the instant of the table where it offers nothing."""
    found = _WAITS.search((await clerk.get("/accounts")).text)
    [row] = await clerk.office.city.rows(
        "SELECT waits_since FROM issuance.staff_account WHERE account_id = $1", account
    )
    waits = str(row["waits_since"]) if found is None else found[1]
    return await clerk.post("/accounts/release", account=account, waits_since=waits, reason="本人を確認")


async def _state(office: Office, account: str = "kato") -> tuple[object, ...]:
    [row] = await office.city.rows(
        "SELECT waits_since IS NULL, prepared_by, released_by FROM issuance.staff_account WHERE account_id = $1",
        account,
    )
    return tuple(row.values())


async def test_a_new_account_is_used_by_nobody_until_another_person_releases_it(office: Office) -> None:
    administrator, first = await _prepared(office)
    assert "承認待ち" in (await administrator.get("/accounts")).text
    before = await office.browser().send("/sign-in", {"account": "kato", "password": first})
    assert (before.status, await _state(office)) == (403, (False, "伊藤 管理", None))
    supervisor = await office.at_work("tanaka", Duty.SUPERVISOR, name="田中 責任者")
    assert (await _release(supervisor)).path.endswith("said=account_released")
    assert await _state(office) == (True, "伊藤 管理", "田中 責任者")
    after = await office.browser().send("/sign-in", {"account": "kato", "password": first})
    assert after.path == "/staff/code/new"
    assert await office.happened_acts() == ["staff_account_made", "staff_account_released"]


async def test_who_prepared_it_cannot_release_it(office: Office) -> None:
    administrator, _ = await _prepared(office)
    assert "ほかの人に頼んでください" in (await administrator.get("/accounts")).text
    shown = await _release(administrator)
    assert (shown.status, "ほかの利用者管理か責任者" in shown.text) == (409, True)
    assert (await _state(office))[0] is False


async def test_what_was_changed_since_the_list_was_read_is_not_released(office: Office) -> None:
    await _prepared(office)
    supervisor = await office.at_work("tanaka", Duty.SUPERVISOR)
    found = _WAITS.search((await supervisor.get("/accounts")).text)
    assert found is not None
    other = await office.at_work("abe", Duty.ADMINISTRATOR)
    await other.get("/accounts")
    await other.post("/accounts/reset", account="kato", reason="作り直し")
    shown = await supervisor.post("/accounts/release", account="kato", waits_since=found[1], reason="確認")
    assert (shown.status, "変更されています" in shown.text) == (409, True)
    assert (await _state(office))[:2] == (False, "職員 abe")


@pytest.mark.parametrize("waits_since", ["", "soon", "2026-01-01T00:00:00+00:00"])
async def test_a_release_of_nothing_is_told(office: Office, waits_since: str) -> None:
    await _prepared(office)
    supervisor = await office.at_work("tanaka", Duty.SUPERVISOR)
    await supervisor.get("/accounts")
    shown = await supervisor.post("/accounts/release", account="kato", waits_since=waits_since, reason="確認")
    assert (shown.status, (await _state(office))[0]) == (409, False)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/reset", {}),
        ("/accounts/reset", {"codes_too": "1"}),
        ("/accounts/duties", {"duty_counter": "1", "duty_supervisor": "1"}),
        ("/accounts/duties", {"duty_counter": "1"}),
    ],
    ids=["password", "codes", "wider duties", "a later last day"],
)
async def test_what_gives_somebody_more_waits_and_ends_their_sessions(
    office: Office, path: str, fields: dict[str, str]
) -> None:
    victim = await office.at_work("sato", Duty.COUNTER)
    administrator = await office.at_work("ito", Duty.ADMINISTRATOR)
    await administrator.get("/accounts")
    await administrator.post(path, account="sato", reason="異動", **fields)
    assert (await _state(office, "sato"))[0] is False
    assert (await victim.get("/history")).path == "/staff/sign-in"
    supervisor = await office.at_work("tanaka", Duty.SUPERVISOR)
    assert (await _release(supervisor, "sato")).path.endswith("said=account_released")


async def test_narrower_duties_hold_at_once(office: Office) -> None:
    await office.at_work("sato", Duty.COUNTER, Duty.SUPERVISOR)
    administrator = await office.at_work("ito", Duty.ADMINISTRATOR)
    await administrator.get("/accounts")
    await administrator.post(
        "/accounts/duties", account="sato", duty_counter="1", valid_until="2030-03-31", reason="異動"
    )
    assert (await _state(office, "sato"))[0] is True
    clerk = office.browser()
    await clerk.sign_in("sato", PASSWORD)
    assert ((await clerk.get("/history")).status, (await clerk.get("/accounts")).status) == (200, 403)


@pytest.mark.parametrize("duty", [Duty.ADMINISTRATOR, Duty.AUDITOR, Duty.CONTRACTOR])
async def test_duties_that_stand_alone_are_not_given_beside_others(office: Office, duty: Duty) -> None:
    await office.at_work("sato", Duty.COUNTER)
    administrator = await office.at_work("ito", Duty.ADMINISTRATOR)
    await administrator.get("/accounts")
    fields = {"duty_counter": "1", f"duty_{duty}": "1", "valid_until": "2030-03-31"}
    shown = await administrator.post("/accounts/duties", account="sato", reason="異動", **fields)
    assert (shown.status, "兼ねられません" in shown.text) == (409, True)


_RELEASE = "UPDATE issuance.staff_account SET waits_since = NULL, released_by = $1 WHERE account_id = 'kato'"


@pytest.mark.parametrize("name", ["伊藤 管理", "伊藤　管理", "加藤 責任者", None])
async def test_the_table_refuses_the_same_person_whoever_asks(office: Office, name: str | None) -> None:
    await _prepared(office)
    staff = await office.city.database.connect("staff", CITY)
    with pytest.raises(asyncpg.PostgresError, match="released by another person"):
        await staff.execute(_RELEASE, name)


async def test_the_table_refuses_another_name_for_who_prepared_it(office: Office) -> None:
    await _prepared(office)
    staff = await office.city.database.connect("staff", CITY)
    with pytest.raises(asyncpg.PostgresError, match="released by another person"):
        await staff.execute("UPDATE issuance.staff_account SET prepared_by = '誰か' WHERE account_id = 'kato'")


async def test_only_a_citys_only_administrator_waits_for_nobody(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    for account, duty in (("tanaka", "supervisor"), ("ito", "administrator"), ("abe", "administrator")):
        await staff.execute(
            "INSERT INTO issuance.staff_account (municipality_code, account_id, name, duties, password_hash, password_is_initial,"
            " prepared_by, released_by) VALUES ($1, $2, $2, ARRAY[$3], 'x', true, '用意した人', '承認した人')",
            CITY, account, duty,
        )  # fmt: skip
    states = {account: (await _state(office, account))[0] for account in ("tanaka", "ito", "abe")}
    assert states == {"tanaka": False, "ito": True, "abe": False}
