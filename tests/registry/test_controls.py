"""R-13, R-30, R-51, R-80: who may have what, what was done, who looked that through, and what one person is told."""

import asyncio
import csv
import io
import re
import zipfile
from dataclasses import fields
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import asyncpg
import pytest

from civil.calendar import jst_date
from civil.clock import utc_now
from civil.recorded_date import RecordedDate
from issuance_db.roles import ROLES
from kiosk_server.cli.entry import run
from registry.residents import (
    PROVIDED_NAMES,
    Asked,
    Extract,
    Inquirer,
    InspectionBasis,
    InspectionVisit,
    LedgerLine,
    Means,
    NotProvided,
    OwnOperations,
    Paper,
    PeriodNotOver,
    Scope,
    city_transaction,
    disclose,
    f1_items,
    look_at_person,
    make_ledger,
    next_paper_number,
    number_of,
    operations,
    provide,
    provisions,
    record_inspection,
    record_paper,
    record_review,
    reviews,
    seal_my_number,
)
from registry.residents.inquiry_log import record_inquiry
from tests.registry.office import CITY, KEYS, NOW, TODAY, Office, days_ago, protect_in_front, someone

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
CLERK = Inquirer("職員０１", "国民健康保険の資格の確認")
ROWS = (
    1, 2, 3, 4, 6, 8, 9, 11, 16, 18, 20, 21, 23, 27, 30, 31, 34, 35, 37, 38, 39, 40, 42, 48, 53, 54, 57, 58, 59, 61, 62, 66, 67, 70, 77,
    80, 84, 89, 91, 92, 94, 96, 101, 102, 103, 105, 106, 108, 111, 112, 113, 114, 116, 117, 120,
)  # fmt: skip
"""PIA lines 340-343."""


def test_r_30_the_table_has_the_55_rows_of_the_pia_and_each_gives_the_same_items() -> None:
    network = [one for one in provisions().values() if one.means is Means.NETWORK]
    assert [one.id for one in network] == [f"B2-{row:03}" for row in ROWS]
    assert len(network) == 55
    assert [one.basis for one in network] == [f"番号法19条7号・別表第二{row}の項" for row in ROWS]
    assert {one.items for one in network} == {
        ("name", "birth", "sex", "address", "building", "relationship", "head_name"),
    }  # fmt: skip


def test_r_30_no_provision_names_a_number_that_the_law_keeps_from_it() -> None:
    for one in provisions().values():
        assert set(one.items) <= PROVIDED_NAMES.keys()
        assert {"my_number", "resident_code", "domicile", "first_registrant"}.isdisjoint(one.items), one.id
        assert one.basis
        assert one.recipient


def test_r_30_an_inspection_gives_what_a_line_of_a_ledger_has() -> None:
    told = {one.id: set(one.items) for one in provisions().values() if one.means is Means.INSPECTION}
    assert told.keys() == {basis.provision_id for basis in InspectionBasis}
    # 方書 is printed as the end of the address.
    assert all(items - {"building"} == {item.name for item in fields(LedgerLine)} for items in told.values())


async def test_r_30_the_database_knows_the_same_provisions_and_no_other(office: Office) -> None:
    sql = "SELECT pg_get_constraintdef(oid) AS told FROM pg_constraint WHERE contypid = 'registry.provision'::regtype"
    assert set(re.findall(r"'([^']+)'::text", (await office.rows(sql))[0]["told"])) == provisions().keys()
    async with city_transaction(office.connection, office.city):
        with pytest.raises(asyncpg.CheckViolationError):
            await office.connection.execute(
                "INSERT INTO registry.extract (municipality_code, made_at, staff, reason, basis, recipient, asked, persons,"
                " content_sha256, provision) VALUES ($1, now(), 'a', 'b', 'c', 'd', '{}', 1, sha256('x'), NULL)",
                office.city,
            )


async def _provide(office: Office, provision: str, **told: Any) -> Extract:
    return await provide(office.connection, office.city, provision, CLERK, NOW, **told)


PROTECTION = {"suppression_reason": "ＤＶ", "suppressed_from": TODAY, "suppressed_until": date(2027, 11, 22)}


@pytest.mark.parametrize(("provision", "told"), [
    ("B2-005", {"persons": [ONE]}), ("", {}), ("'; DROP TABLE", {}), ("B2-001" * 40, {}),
    ("B2-001", {}), ("B2-001", {"persons": [ONE], "items": ["name", "domicile"]}), ("B2-001", {"persons": [ONE], "items": ["my_number"]}),
    ("B2-001", {"persons": [number_of(9)]}), ("B2-001", {"persons": []}), ("B2-001", {"persons": [TWO]}),
    ("DEPT-SCHOOL", {"persons": [ONE]}), ("DEPT-HEALTH", {"items": ["resident_code"]}),
    ("INSPECT-RESEARCH", {}), ("INSPECT-RESEARCH", {"persons": [ONE]}),
])  # fmt: skip
async def test_r_30_whatever_the_table_does_not_allow_is_refused_and_kept(
    office: Office, provision: str, told: dict[str, Any]
) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await office.file("PM+", {TWO: PROTECTION})
    with pytest.raises(NotProvided):
        await _provide(office, provision, **told)
    assert await office.rows("SELECT FROM registry.extract") == []
    kept = await office.rows("SELECT staff, reason, provision, items, persons FROM registry.extract_refused")
    assert kept == [{
        "staff": "職員０１", "reason": CLERK.purpose, "provision": provision[:100], "items": told.get("items", []),
        "persons": told.get("persons", []),
    }]  # fmt: skip


async def test_r_30_over_the_network_one_person_with_the_head_of_the_household(office: Office) -> None:
    await office.load(someone(1, name="見本　太郎"), someone(2, "妻", name="見本　花子", building="見本荘"))
    made = await _provide(office, "B2-120", persons=[TWO])
    assert dict(zip(made.items, made.rows[0], strict=True)) == {
        "name": "見本　花子", "birth": "1980-04-02", "sex": "女", "address": "栃木県足利市本城三丁目２１４５番地", "building": "見本荘",
        "relationship": "妻", "head_name": "見本　太郎",
    }  # fmt: skip
    assert (await _provide(office, "B2-120", persons=[ONE], items=["head_name"])).rows == (("見本　太郎",),)


async def test_s1_5_a_departments_ledger_has_its_ages_and_tells_who_is_protected(office: Office) -> None:
    await office.load(someone(1), someone(2, "子", birth=days_ago(8 * 366)), someone(3, "子", birth=days_ago(10 * 366)))
    await office.file("PM+", {THREE: PROTECTION})
    made = await _provide(office, "DEPT-SCHOOL")
    assert {(row[0], row[made.items.index("suppressed")]) for row in made.rows} == {(TWO, "いいえ"), (THREE, "はい")}
    few = await _provide(office, "DEPT-SCHOOL", items=["address", "name"], persons=[THREE])
    assert (few.items, few.rows) == (("name", "address", "suppressed"), (("見本　3", someone(3).address, "はい"),))
    kept = (await office.rows("SELECT basis, recipient, provision::text, persons, seed FROM registry.extract"))[0]
    assert kept == {
        "basis": "学校教育法施行令1条2項", "recipient": "教育委員会(学齢簿)", "provision": "DEPT-SCHOOL", "persons": 2, "seed": None,
    }  # fmt: skip


async def test_r_13_the_registers_role_reaches_no_other_room_and_no_other_role_reads_its_books(office: Office) -> None:
    sql = (
        "SELECT n.nspname || '.' || c.relname AS name, r.rolname AS role FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " pg_roles r WHERE c.relkind IN ('r', 'v', 'p') AND has_table_privilege(r.oid, c.oid, 'SELECT')"
    )
    others = (
        sql + " AND r.rolname = 'registry' AND n.nspname IN ('issuance', 'history', 'jukinet', 'midserver', 'atena')"
    )
    assert await office.rows(others) == []
    answering = sql + " AND r.rolname IN ('front', 'staff') AND n.nspname = 'registry'"
    assert await office.rows(answering) == []
    readers = sql + " AND n.nspname = 'registry' AND r.rolname IN (SELECT unnest($1::text[]))"
    assert {row["name"] for row in await office.rows(readers, [*{*ROLES} - {"registry", "migrator"}])} <= {
        "registry.freshness", "registry.outbox", "registry.issuance_source", "registry.suppression_source", "registry.person", "registry.event_of_row",
        "registry.household",
    }  # fmt: skip
    columns = sql.replace("has_table_privilege", "has_any_column_privilege")
    of_my_number = columns + " AND r.rolname IN ('front', 'staff') AND n.nspname = 'registry'"
    assert await office.rows(of_my_number) == []


async def test_r_13_no_other_role_runs_a_function_of_the_register_that_gives_persons(office: Office) -> None:
    sql = (
        "SELECT p.proname AS name, r.rolname AS role FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, pg_roles r"
        " WHERE n.nspname = 'registry' AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND r.rolname = ANY ($1)"
    )
    others = await office.rows(sql, [*{*ROLES} - {"registry", "migrator"}])
    assert others == [{"name": "register_side", "role": "sync"}]  # digests, for the comparison


async def _done(office: Office, since: date = TODAY, until: date = TODAY + timedelta(days=1)) -> list[tuple[Any, ...]]:
    async with city_transaction(office.connection, office.city):
        done = await operations(office.connection, office.city, since, until)
    return [(one.staff, one.what, one.items, one.persons, one.my_number_seen, one.refused) for one in done]


async def test_r_51_looks_entries_extracts_and_refusals_are_operations(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await look_at_person(office.connection, office.city, ONE, CLERK, NOW + timedelta(minutes=1))
    await office.file("CO", {TWO: {"furigana": "ミホン　ハナコ"}}, now=NOW + timedelta(minutes=2))
    async with city_transaction(office.connection, office.city):
        asked = Asked("見本大学", InspectionBasis.RESEARCH, "7")
        await make_ledger(office.connection, office.city, asked, CLERK, NOW + timedelta(minutes=3))
    with pytest.raises(NotProvided):
        await provide(office.connection, office.city, "B2-005", CLERK, NOW + timedelta(minutes=4), items=["name"])
    assert await _done(office) == [
        ("移行", "event", ("IL",), 2, False, False),
        ("職員０１", "person", (), 1, False, False),
        ("職員０１", "event", ("CO",), 1, False, False),
        ("職員０１", "extract", ("INSPECT-RESEARCH",), 2, False, False),
        ("職員０１", "extract", ("B2-005", "name"), 0, False, True),
    ]
    assert await _done(office, TODAY - timedelta(days=9), TODAY) == []


async def test_r_51_an_operation_says_whether_a_my_number_was_seen(office: Office) -> None:
    await office.load(someone(1))
    async with city_transaction(office.connection, office.city):
        await record_inquiry(office.connection, office.city, CLERK, "my_number", (), (ONE,), NOW)
    assert ("職員０１", "my_number", (), 1, True, False) in await _done(office)


async def test_r_51_a_review_is_by_somebody_who_did_nothing_and_of_days_that_are_over(office: Office) -> None:
    await office.load(someone(1))
    tomorrow, later = TODAY + timedelta(days=1), NOW + timedelta(days=1)
    reviewer = Inquirer("職員０９", "異常なし")
    async with city_transaction(office.connection, office.city):
        with pytest.raises(PeriodNotOver):
            await record_review(office.connection, office.city, TODAY, tomorrow, reviewer, NOW)
        with pytest.raises(OwnOperations):
            await record_review(office.connection, office.city, TODAY, tomorrow, Inquirer("移行", "異常なし"), later)
        assert await record_review(office.connection, office.city, TODAY, tomorrow, reviewer, later) == 1
        told = await reviews(office.connection, office.city)
    assert [(one.staff, one.since, one.until, one.operations, one.finding) for one in told] == [
        ("職員０９", TODAY, tomorrow, 1, "異常なし")
    ]


async def test_r_80_a_person_is_told_everything_and_everybody_who_looked(office: Office) -> None:
    await office.load(someone(1, name="見本　旧"))
    await look_at_person(office.connection, office.city, ONE, Inquirer("職員０３", "転居の受付"), NOW)
    await office.file("CE", {ONE: {"name": "見本　新"}})
    async with city_transaction(office.connection, office.city):
        await make_ledger(office.connection, office.city, Asked("見本大学", InspectionBasis.RESEARCH, "7"), CLERK, NOW)
    told = await disclose(office.connection, office.city, ONE, CLERK, NOW + timedelta(minutes=1))
    names = {item.item for item in f1_items()}
    assert told.items.keys() - {"person_number"} == names - {"個人番号"}
    assert told.items["漢字氏名"] == "見本　新"
    assert told.items["住民票コード"] == someone(1).resident_code
    assert [row.record.name for row, _ in told.history.rows] == ["見本　旧", "見本　新"]
    assert told.history.current.record.domicile == someone(1).domicile
    assert [(look.staff, look.purpose) for look in told.looks] == [
        ("職員０１", CLERK.purpose),
        ("職員０３", "転居の受付"),
    ]
    assert [(one.recipient, one.basis) for one in told.provided] == [("見本大学", "法11条の2第1項1号")]


async def test_r_80_nobody_is_told_of_another_nor_a_my_number(office: Office) -> None:
    sealed = seal_my_number(KEYS, CITY, ONE, "123456789018")
    await office.load(
        someone(1, my_number=sealed), someone(2, household_number=TWO, address="栃木県足利市通二丁目１番地")
    )
    for person, town in ((ONE, "栃木県足利市本城三丁目"), (TWO, "栃木県足利市通二丁目")):
        asked = Asked(f"{person}の申出", InspectionBasis.RESEARCH, "7", Scope(towns=frozenset({town})))
        async with city_transaction(office.connection, office.city):
            made = await make_ledger(office.connection, office.city, asked, CLERK, NOW)
            visit = InspectionVisit(made.extract_id, f"{person}の閲覧者", None, "調査", TODAY, "全員", "来た人", "旅券")
            await record_inspection(office.connection, office.city, visit, CLERK, NOW)
            number = await next_paper_number(office.connection, TODAY)
            paper = Paper(number, "住民票の写し", (person,), (), f"{person}の受取人", "旅券", None, 1, b"paper")
            await record_paper(office.connection, office.city, paper, CLERK, NOW)
    told = await disclose(office.connection, office.city, ONE, CLERK, NOW)
    assert [one.recipient for one in told.provided] == [f"{ONE}の申出"]
    assert [one.inspector for one in told.inspected] == [f"{ONE}の閲覧者"]
    assert [one.handed_to for one in told.papers] == [f"{ONE}の受取人"]
    assert told.history.current.record.my_number is None


def _told(office: Office, command: str, *more: str) -> list[str]:
    where = ["--database-url", office.database.dsn("registry"), "--municipality-code", CITY]
    return ["registry", command, *where, *more]


STAFF = ("--by", "職員０１", "--reason", "開示請求第１号")
_XLSX = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _rows(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))


async def test_r_80_one_command_writes_a_workbook_of_both_sides(office: Office, tmp_path: Path) -> None:
    await office.load(someone(1))
    out = tmp_path / "a.xlsx"
    asked = _told(
        office,
        "disclose",
        *STAFF,
        "--person",
        ONE,
        "--staff-database-url",
        office.database.dsn("staff"),
        "-o",
        str(out),
    )
    assert await asyncio.to_thread(run, asked) == 0
    with zipfile.ZipFile(out) as package:
        book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - what we wrote
        items = package.read("xl/worksheets/sheet1.xml").decode()
    assert [sheet.get("name") for sheet in book.iter(f"{_XLSX}sheet")] == [
        "項目", "履歴", "照会した職員", "提供・台帳", "窓口の証明書・通知", "支援措置の一時解除", "閲覧", "証明書の請求", "発行側の閲覧・操作",
    ]  # fmt: skip
    assert "見本　1" in items
    assert "個人番号" not in items
    assert len(await office.rows("SELECT FROM registry.inquiry_seen WHERE person_number = $1", ONE)) == 1


async def test_r_51_the_commands_write_the_operations_and_keep_the_review(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.load(someone(1))
    day = str(TODAY), str(TODAY + timedelta(days=1))
    period = ("--since", day[0], "--until", day[1])
    assert await asyncio.to_thread(run, _told(office, "operations", *period, "-o", str(tmp_path / "o.csv"))) == 0
    rows = _rows(tmp_path / "o.csv")
    assert rows[0] == [
        "日時",
        "職員",
        "操作",
        "内容",
        "目的・理由",
        "端末",
        "対象者数",
        "個人番号",
        "時間外・休日",
        "断り",
    ]
    # 勤労感謝の日 2026, a Monday: holidays by law are not known here, weekends and evenings are.
    assert rows[1:] == [["2026-11-23 12:00:00", "移行", "異動入力", "初期移行", "", "", "1", "", "", ""]]
    kept = _told(office, "review", "--by", "職員０９", *period, "--finding", "異常なし")
    assert await asyncio.to_thread(run, kept) == (0 if jst_date(utc_now()) > TODAY else 1)
    capsys.readouterr()


@pytest.mark.parametrize("command", ["operations", "review", "inspections", "statistics"])
async def test_a_period_without_a_day_is_refused_with_the_way_out(
    office: Office, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"review": ("--by", "職員０９", "--finding", "異常なし")}.get(command, ("-o", str(tmp_path / "a.csv")))
    asked = _told(office, command, "--since", str(TODAY), "--until", str(TODAY), *told)
    assert await asyncio.to_thread(run, asked) != 0
    assert "--until は --since より後" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


async def test_r_30_the_commands_show_the_table_write_a_departments_ledger_and_refuse_all_else(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.load(someone(1, birth=RecordedDate(date(1940, 1, 1))))
    assert await asyncio.to_thread(run, ["registry", "provisions"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(provisions()) == 55 + 4 + 7
    out = tmp_path / "a.csv"
    front = ("--staff-database-url", office.database.dsn("staff"))
    await protect_in_front(office, ONE)
    asked = _told(office, "provide", *STAFF, *front, "--provision", "DEPT-CARE", "-o", str(out))
    assert await asyncio.to_thread(run, asked) == 0
    assert (_rows(out)[1][:2], _rows(out)[1][-1]) == ([ONE, "見本　1"], "はい")
    with pytest.raises(NotProvided):
        await _provide(office, "B2-001", persons=[ONE], protected=[ONE])
    refused = _told(
        office,
        "provide",
        *STAFF,
        *front,
        "--provision",
        "DEPT-CARE",
        "--item",
        "my_number",
        "-o",
        str(tmp_path / "b.csv"),
    )
    assert await asyncio.to_thread(run, refused) != 0
    assert "R-30" in capsys.readouterr().err
    assert not (tmp_path / "b.csv").exists()


def test_r_30_the_table_is_data_and_nothing_else_of_the_register_names_a_recipient() -> None:
    source = resources.files("registry.residents")
    named = [
        file.name for file in source.iterdir() if file.name.endswith(".py") and "別表第二" in file.read_text("utf-8")
    ]
    assert named == ["providing.py"]
