"""The systems whose data certificates are made from: freshness, faults with their way out, files, records set aside, and what is set of them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO, StringIO

import asyncpg
import pytest

from civil.calendar import JST
from issuance_db.staff_acts import Actor
from kiosk_server.sources.names import named
from kiosk_server.sources.setting import one_source, store_limit
from kiosk_server.staff.alert_words import rest_of
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.terms import term
from sync.feeds import FileRefused, apply_file
from sync.feeds.layout_table import LayoutTable
from sync.feeds.status import AgeLimit, SourceStatus
from tests.staff.office import Clerk, Office, Shown
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import Seal, SealSource

ONE, TWO = "0000000101", "0000000102"
REASON = {"reason": "令和8年 通知第3号"}
LIMIT = {"hours": "36", "rest_6": "1", "rest_7": "1", "rest_days": "2027-01-01, 2026-12-31"}


@dataclass(slots=True)
class Sending:
    """The seal register elsewhere, whose files arrive at the office's time."""

    office: Office
    sync: asyncpg.Connection
    source: SealSource

    async def give(self, content: bytes, table: LayoutTable | None = None) -> None:
        await apply_file(self.sync, CITY, BytesIO(content), self.office.city.clock.now, table)


@pytest.fixture
async def sending(office: Office) -> Sending:
    """One full file of two seals has come."""
    sync = await office.city.database.connect("sync")
    begins = office.city.clock.now - timedelta(hours=2)
    given = Sending(office, sync, SealSource(begins=begins))
    await given.give(given.source.full(Seal(ONE, "A-1"), Seal(TWO, "A-2")))
    return given


async def read(office: Office, path: str, duty: Duty = Duty.RECONCILIATION) -> str:
    return (await (await office.at_work(f"clerk-{duty}".replace("_", "-"), duty)).get(path)).text


async def set_aside(sending: Sending) -> None:
    """The first seal, in a later full file, has a name that nobody can read."""
    table = example("seal")
    as_of = sending.office.city.clock.now.astimezone(JST) - timedelta(minutes=1)
    head = {"layout": "1", "municipality_code": CITY, "file_number": "5", "as_of": f"{as_of:%Y%m%d%H%M%S}"}
    await sending.give(file(table, head, [seal_row("1", name=""), seal_row("2")]), table)


async def status_of(office: Office) -> SourceStatus:
    async with office.console.database.city(CITY) as connection:
        return await one_source(connection, CITY, "seal", office.city.clock.now)


async def in_both(clerk: Clerk, what: str, fields: Mapping[str, str]) -> tuple[Shown, Shown]:
    """The look before, and the confirmation."""
    before = await clerk.post(f"/sources/of/seal/{what}/preview", **fields)
    return before, await clerk.post(f"/sources/of/seal/{what}", **fields, **REASON)


async def test_mis_08_each_source_is_there_with_how_it_is_what_its_last_file_did_and_the_register(
    office: Office, sending: Sending
) -> None:
    shown = await read(office, "/sources")
    for said in (
        "住民基本台帳",
        "印鑑登録",
        '<small class="code">seal</small>',
        '<td class="number">2.0</td>',
        '<td class="number">24.0</td>',
        "0番 適用",
        "良好",
    ):
        assert said in shown
    assert "要対応" in shown, "nobody has compared everybody with the register"
    assert "kiosk reconcile now" in shown


@pytest.mark.parametrize("duty", sorted(set(Duty) - {Duty.MY_NUMBER}))
async def test_mis_08_what_is_not_well_has_the_way_out_that_the_command_says(
    office: Office, sending: Sending, duty: Duty
) -> None:
    office.city.clock.advance(seconds=24 * 3600)
    for path in ("/sources", "/sources/of/seal"):
        shown = await (await office.at_work(f"c{len(path)}-{duty}".replace("_", "-"), duty)).get(path)
        assert "発行を停止中" in shown.text
        assert "印鑑登録証明書" in shown.text
        assert "1番か全件のファイルを受け取って適用: kiosk feed apply" in shown.text


async def test_a_source_of_revocations_stops_nothing_and_says_so(office: Office, sending: Sending) -> None:
    admin = await office.city.database.connect()
    await admin.execute("UPDATE issuance.source SET source = 'certificate', working_limit = '1 hour'")
    shown = await read(office, "/sources")
    assert ("発行を停止中" in shown, "失効した電子証明書を知らないおそれ" in shown) == (False, True)


async def test_a_city_whose_residents_come_in_files_has_no_register_of_ours_on_the_page(
    office: Office, sending: Sending
) -> None:
    admin = await office.city.database.connect()
    await admin.execute("UPDATE issuance.source SET source = 'resident'")
    shown = await read(office, "/sources")
    assert ("住民基本台帳</th>" in shown, "住民記録" in shown) == (False, True)


async def test_files_are_there_newest_first_with_why_one_waits_or_was_refused(office: Office, sending: Sending) -> None:
    source = sending.source
    refused = source.change(ONE, name="")
    with pytest.raises(FileRefused):
        await sending.give(refused)
    source.number = 1
    source.begins -= timedelta(hours=1)
    await sending.give(source.change(TWO, name="次の名"))
    clerk = await office.at_work("suzuki", Duty.CONTRACTOR)
    rows = (await clerk.get("/sources/files")).text.partition("<tbody>")[2].split("</tr>")
    assert [("待ち" in row, "断った" in row, ">適用<" in row) for row in rows[:3]] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip
    assert "先に1番が必要" in rows[0]
    assert ("2行目 氏名:" in rows[1], "次の名" in rows[0] + rows[1]) == (True, False)
    only = (await clerk.get("/sources/files?result=refused&source=seal")).text.partition("<tbody>")[2]
    assert (only.count("<tr>"), "断った" in only) == (1, True)
    assert "ありません" in (await clerk.get("/sources/files?source=tax")).text
    source.number = 2
    await sending.give(source.full(Seal(ONE, "A-1"), Seal(TWO, "A-2")))
    assert "その後、反映済み" in (await clerk.get("/sources/files?result=waiting")).text


async def test_every_file_is_on_one_page_or_a_later_one(office: Office, sending: Sending) -> None:
    await sending.sync.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    await sending.sync.execute(
        "INSERT INTO history.feed_receipt (municipality_code, source, layout, file_number, as_of, sha256, records, changed, result, received_at) "
        "SELECT $1, 'tax', 'kiosk-tax-full', n, now(), '\\x00', 1, 0, 'applied', now() FROM generate_series(1001, 1060) AS n", CITY,
    )  # fmt: skip
    clerk, seen, path = await office.at_work("suzuki", Duty.AUDITOR), [], "/sources/files?source=tax"
    while path:
        shown = (await clerk.get(path)).text
        seen += [int(part.partition("<")[0]) for part in shown.split('<td class="number">') if part.startswith("10")]
        found = shown.partition('rel="next" href="/staff')[2].partition('"')[0]
        path = found.replace("&amp;", "&")
    assert seen == list(range(1060, 1000, -1))


@pytest.mark.parametrize(
    "query", ["before=x", "before=99999999999999999999", "source=nobody", "result=lost", "before=-1"]
)
async def test_a_filter_that_is_none_shows_everything(office: Office, sending: Sending, query: str) -> None:
    assert (await read(office, f"/sources/files?{query}")).count(">適用<") == 2, "in the filter, and of the file"


async def test_records_set_aside_are_listed_taken_out_and_both_are_kept(office: Office, sending: Sending) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert "ありません" in (await clerk.get("/sources/aside")).text
    await set_aside(sending)
    shown = (await clerk.get("/sources/aside")).text
    for said in ("印鑑登録", ONE, "kiosk-seal-full", '<td class="number">5</td>', "<td>氏名</td>"):
        assert said in shown
    taken = await clerk.post("/sources/aside/file")
    assert (taken.status, taken.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    [head, line] = csv.reader(StringIO(taken.text.removeprefix("\ufeff")))
    assert dict(zip(head, line, strict=True)) | {"理由": "", "いつから": ""} == {
        "連携元": "印鑑登録", "記録の番号": ONE, "ファイル": "kiosk-seal-full", "番号": "5", "行": "2", "項目": "氏名", "理由": "", "いつから": "",
    }  # fmt: skip
    assert await office.happened("staff_reading", "reading") == ["feed_aside", "feed_aside_exported"]
    assert "読めない1件を除いた" in (await clerk.get("/sources")).text
    assert '<td class="number">1</td>' in (await clerk.get("/sources/files")).text


async def test_who_sees_no_resident_is_not_led_to_records_set_aside(office: Office, sending: Sending) -> None:
    await set_aside(sending)
    for duty, is_led in ((Duty.CONTRACTOR, False), (Duty.COUNTER, True)):
        shown = await read(office, "/sources", duty)
        assert ('href="/staff/sources/aside"' in shown, ONE in shown) == (is_led, False)


async def test_a_limit_is_seen_before_and_after_and_stored_with_who_and_why(office: Office, sending: Sending) -> None:
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    before = await clerk.post("/sources/of/seal/limit/preview", **LIMIT)
    assert (before.status, before.text.count("変わります")) == (200, 3)
    assert await office.happened_acts() == [], "a look stores nothing"
    assert (await status_of(office)).working_limit == timedelta(hours=24)
    shown = await clerk.post("/sources/of/seal/limit", **LIMIT, **REASON)
    assert ("変更しました" in shown.text, 'value="36"' in shown.text) == (True, True)
    status = await status_of(office)
    assert (status.working_limit, list(status.rest_weekdays), [str(day) for day in status.rest_days]) == (
        timedelta(hours=36), [6, 7], ["2026-12-31", "2027-01-01"],
    )  # fmt: skip
    acts = await office.city.rows("SELECT act, concerns, acted_by, reason FROM history.staff_act")
    assert [tuple(act.values()) for act in acts] == [
        ("set_feed_limit", "seal 36 sat sun 2026-12-31 2027-01-01", "職員 mori", REASON["reason"])
    ]
    assert [term("act", f"set_feed_{what}")[0] for what in ("limit", "share")] == [
        "連携元の期限の設定",
        "連携元の変更割合の設定",
    ]


async def test_shares_are_seen_before_and_after_and_stored_with_who_and_why(office: Office, sending: Sending) -> None:
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    before, after = await in_both(clerk, "shares", {"lost": "10", "changed": "30"})
    assert (before.text.count("変わります"), "10%" in before.text, "なくなる・読めない 10%" in after.text) == (
        1,
        True,
        True,
    )
    acts = await office.city.rows("SELECT act, concerns FROM history.staff_act")
    assert [tuple(act.values()) for act in acts] == [("set_feed_share", "seal 10 30")]


async def test_a_limit_that_stops_or_starts_at_once_is_said_before_it_is_confirmed(
    office: Office, sending: Sending
) -> None:
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    shown, _ = await in_both(clerk, "limit", {"hours": "1", "rest_days": ""})
    assert "確定すると直ちに期限切れになり" in shown.text
    back = await clerk.post("/sources/of/seal/limit/preview", hours="48", rest_days="")
    assert "今ある古いデータで再開します" in back.text


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("limit", {"hours": "0"}),
        ("limit", {"hours": "745"}),
        ("limit", {"hours": "1.5"}),
        ("limit", {"hours": "24", "rest_days": "元日"}),
        ("limit", {"hours": "24", **{f"rest_{day}": "1" for day in range(1, 8)}}),
        ("limit", {}),
        ("shares", {"lost": "101", "changed": "30"}),
        ("shares", {"lost": "-1", "changed": "30"}),
        ("shares", {"lost": "5"}),
    ],
    ids=str,
)
async def test_what_cannot_be_set_is_refused_at_either_step_and_nothing_changes(
    office: Office, sending: Sending, what: str, fields: dict[str, str]
) -> None:
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    shown = await in_both(clerk, what, fields)
    assert [(one.status, "何も変えていません" in one.text) for one in shown] == [(409, True)] * 2
    assert await office.happened_acts() == []


async def test_a_source_that_has_not_begun_has_no_page_and_nothing_to_set(office: Office, sending: Sending) -> None:
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    shown = [
        await clerk.get("/sources/of/tax"),
        await clerk.post("/sources/of/tax/limit/preview", **LIMIT),
        await clerk.post("/sources/of/tax/shares", lost="1", changed="1", **REASON),
    ]
    assert [(one.status, "先に全件ファイルを適用" in one.text) for one in shown] == [(409, True)] * 3


async def test_nothing_is_set_without_a_reason_or_by_who_does_not_set(office: Office, sending: Sending) -> None:
    clerk, other = await office.at_work("mori", Duty.SUPERVISOR), await office.at_work("suzuki", Duty.RECONCILIATION)
    assert (await clerk.post("/sources/of/seal/limit", **LIMIT)).status != 303
    assert (await other.post("/sources/of/seal/limit", **LIMIT, **REASON)).status == 403
    assert 'name="hours"' not in (await other.get("/sources/of/seal")).text
    assert await office.happened_acts() == []


async def test_the_command_that_says_no_days_of_rest_keeps_them_in_the_act_too(
    office: Office, sending: Sending
) -> None:
    async with office.console.database.city(CITY) as connection:
        actor = Actor("森", "通知")
        await store_limit(connection, CITY, "seal", AgeLimit(timedelta(hours=30)), actor)
        await store_limit(connection, CITY, "seal", AgeLimit(timedelta(hours=30), [], []), actor)
    acts = await office.city.rows("SELECT concerns FROM history.staff_act ORDER BY act_id")
    assert [act["concerns"] for act in acts] == ["seal 30", "seal 30 none"]


async def test_in_english_no_sentence_is_left_in_japanese(office: Office, sending: Sending) -> None:
    office.city.clock.advance(seconds=24 * 3600)
    clerk = await office.at_work("mori", Duty.SUPERVISOR)
    for path in ("/sources?lang=en", "/sources/of/seal?lang=en"):
        shown = (await clerk.get(path)).text
        assert "get number 1 or a full file" in shown
        assert not any("\u3040" <= letter <= "\u30ff" for letter in shown.partition("<main")[2])


def test_a_source_is_named_as_a_clerk_does_with_the_code_of_the_commands() -> None:
    assert [named(one) for one in ("disaster", "koseki_supplement", "other")] == [
        "罹災 / disaster", "附票 / koseki_supplement", "other / other",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "source"),
    [
        ("seal_too_old", "印鑑登録"),
        ("koseki_supplement_set_aside", "附票"),
        ("koseki_not_listed", "戸籍"),
        ("x_differs", "x_differs"),
    ],
)
def test_an_alert_of_a_file_names_its_source_whatever_happened(cause: str, source: str) -> None:
    assert rest_of(f"feed/{cause}")[0] == source


async def test_a_file_that_waits_is_told_of_a_source_too_that_began_without_one(
    office: Office, sending: Sending
) -> None:
    admin = await office.city.database.connect()
    await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    await admin.execute("INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit) VALUES ($1, 'tax', $2, '1 day')", CITY, office.city.clock.now)  # fmt: skip
    await admin.execute(
        "INSERT INTO history.feed_receipt (municipality_code, source, layout, file_number, as_of, sha256, records, changed, result, received_at) "
        "VALUES ($1, 'tax', 'kiosk-tax-difference', 1, now(), '\\x00', 1, 0, 'waiting', now())", CITY,
    )  # fmt: skip
    shown = await read(office, "/sources/of/tax")
    assert ("1番 待ち" in shown, "0番か全件のファイルを受け取って適用" in shown) == (True, True)
