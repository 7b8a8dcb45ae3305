"""Differences of the records at the screens: of the register and of what other systems send, with what to do, and as a file."""

import csv
from io import BytesIO, StringIO

import asyncpg
import pytest

from kiosk_server.difference_words import items_told
from kiosk_server.staff.duties import Duty
from sync import Reconciler
from sync.feeds import apply_file, compare_source
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.said_comparing import COMPARED, FedReconciler
from sync.reconciliation import ITEMS
from tests.staff.office import Clerk, Office
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import KEY, Seal, SealSource

HERE = "/alerts/differences"
ONE, TWO = "0000000101", "0000000102"
REASON = {"reason": "原票を確認"}


@pytest.mark.parametrize("item", sorted({*ITEMS, *(item for source in FED_SOURCES for item in source.items)}))
def test_every_item_that_may_differ_has_a_japanese_name(item: str) -> None:
    japanese, slash, english = items_told([item]).partition(" / ")
    assert (japanese.isascii(), slash, english.isascii()) == (False, " / ", True)


def test_a_date_and_its_text_are_one_item() -> None:
    assert items_told(["birth_on", "birth_text", "name"]) == "生年月日、氏名 / birth, name"


@pytest.fixture
async def admin(office: Office) -> asyncpg.Connection:
    """Whoever writes past everything."""
    connection = await office.city.database.connect()
    await connection.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    return connection


@pytest.fixture
async def sync(office: Office, admin: asyncpg.Connection) -> asyncpg.Connection:
    """Two seals from a file, of which something changed one here."""
    connection = await office.city.database.connect("sync")
    source = SealSource()
    await apply_file(connection, CITY, BytesIO(source.full(Seal(ONE, "A-1"), Seal(TWO, "A-2"))), office.city.clock.now)
    await admin.execute("UPDATE issuance.seal_registration SET address = '別の場所' WHERE person_number = $1", ONE)
    await FedReconciler(connection, CITY, office.city.clock).whole(COMPARED["seal"])
    return connection


async def listed(office: Office, sync: asyncpg.Connection) -> None:
    """The source's own list lacks the second."""
    source = SealSource({ONE: Seal(ONE, "A-1", address="別の場所")})
    await compare_source(sync, CITY, BytesIO(source.keys()), KEY, office.city.clock.now)


async def taken_out(clerk: Clerk) -> list[list[str]]:
    shown = await clerk.post(f"{HERE}/file")
    assert (shown.status, shown.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.reader(StringIO(shown.text.removeprefix("\ufeff"))))


async def test_mis_08_what_differs_from_what_a_source_said_is_shown_with_counts_items_file_and_way_out(
    office: Office, sync: asyncpg.Connection, admin: asyncpg.Connection
) -> None:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    shown = (await clerk.get(HERE)).text
    for said in ("印鑑登録", "ファイルで伝えられた内容", ONE, "内容が違う", "<td>住所</td>", "0番のファイルから", "同じ番号の全件ファイルを適用"):  # fmt: skip
        assert said in shown
    assert (shown.count('<td class="number">2</td>'), "別の場所" in shown, f"{HERE}/release" in shown) == (
        2,
        False,
        False,
    )
    [head, line] = await taken_out(clerk)
    assert (head[0], line[0], line[1], line[3:6]) == (
        "照合の相手", "印鑑登録", ONE, ["内容が違う", "住所", "0番のファイルから"],
    )  # fmt: skip
    assert await office.happened("staff_reading", "reading") == ["differences", "differences_exported"]
    await admin.execute("DELETE FROM issuance.source_doubt")
    assert len(await taken_out(clerk)) == 1


async def test_counts_are_those_of_the_last_comparison_of_all(office: Office, sync: asyncpg.Connection) -> None:
    office.city.clock.advance(seconds=1)
    assert (await FedReconciler(sync, CITY, office.city.clock).numbers(COMPARED["seal"], [TWO])).said == 1
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    assert (await clerk.get(HERE)).text.count('<td class="number">2</td>') == 2


async def test_mis_08_who_a_wrong_list_stopped_is_released_once_by_who_decides_and_the_act_is_kept(
    office: Office, sync: asyncpg.Connection
) -> None:
    await listed(office, sync)
    decider, counter = await office.at_work("suzuki", Duty.RECONCILIATION), await office.at_work("sato", Duty.COUNTER)
    assert "連携元の一覧" in (await counter.get(HERE)).text
    wanted = {"source": "seal", "person_number": TWO, **REASON}
    assert (await counter.post(f"{HERE}/release", **wanted)).status == 403
    assert f'action="/staff{HERE}/release"' in (await decider.get(HERE)).text
    # What its files said otherwise is nobody's to release.
    assert (await decider.post(f"{HERE}/release", **{**wanted, "person_number": ONE})).status == 409
    shown = await decider.post(f"{HERE}/release", **wanted)
    assert ("停止を解きました" in shown.text, TWO in shown.text, ONE in shown.text) == (True, False, True)
    assert (await decider.post(f"{HERE}/release", **wanted)).status == 409
    acts = await office.city.rows("SELECT act, concerns, person_number FROM history.staff_act")
    assert [tuple(act.values()) for act in acts] == [("source_doubt_released", "seal", TWO)]


async def test_s2_4_of_the_register_items_and_counts_are_told_and_a_measure_to_whom_it_concerns_alone(
    office: Office, admin: asyncpg.Connection
) -> None:
    await admin.execute("UPDATE issuance.resident_record SET name = '別人' WHERE person_number = '103'")
    await admin.execute("INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '103', 'registry')", CITY)  # fmt: skip
    connection = await office.city.database.connect("sync")
    done = await Reconciler(connection, CITY, office.city.clock).whole_city()
    clerk, officer = await office.at_work("suzuki", Duty.RECONCILIATION), await office.at_work("mori", Duty.SUPERVISOR)
    seen, seen_by_officer = (await clerk.get(HERE)).text, (await officer.get(HERE)).text
    assert seen.count(f'<td class="number">{done.in_register}</td>') == 2
    for text, measure in ((seen, "発行の停止"), (seen_by_officer, "支援措置")):
        assert f"<td>氏名、{measure}</td>" in text
        assert "発行用だけが書き換わっています" in text
    [_, line] = await taken_out(clerk)
    assert (line[0], line[4], line[6]) == (
        "住民基本台帳",
        "氏名、発行の停止",
        "原因を確かめ、台帳からの作り直しを承認します",
    )
