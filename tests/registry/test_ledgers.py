"""S1-5: the inspection ledger, who may be on it, and what is kept and published of it."""

import asyncio
import csv
import io
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pypdfium2 import PdfDocument

from civil.calendar import jst_date
from civil.clock import utc_now
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.cli.entry import run
from kiosk_server.demo.city import generate_city
from registry.residents import (
    Asked,
    Inquirer,
    InspectionBasis,
    InspectionVisit,
    Ledger,
    LedgerLine,
    ListMoved,
    NobodyListed,
    NotYetInspected,
    PersonRecord,
    Scope,
    StratifiedBy,
    TownUnknown,
    UnknownList,
    city_transaction,
    inspections,
    make_ledger,
    number_of,
    record_inspection,
)
from tests.registry.office import CITY, FOREIGN, NOW, TODAY, Office, protect_in_front, someone

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
CLERK = Inquirer("職員０１", "見本大学からの申出書第１号")
PROTECTION = {"suppression_reason": "ＤＶ", "suppressed_from": TODAY, "suppressed_until": date(2027, 11, 22)}


def _asked(scope: Scope = Scope(), **told: Any) -> Asked:  # noqa: B008 - a value
    given: dict[str, Any] = {"recipient": "見本大学", "basis": InspectionBasis.RESEARCH, "seed": "2026", "scope": scope}
    return Asked(**(given | told))


async def _made(office: Office, asked: Asked) -> Ledger:
    async with city_transaction(office.connection, office.city):
        return await make_ledger(office.connection, office.city, asked, CLERK, NOW)


def _line(one: PersonRecord) -> LedgerLine:
    return LedgerLine(one.name, one.birth.printed_seireki(), one.sex.printed, one.full_address)


def _visit(extract_id: int, **told: Any) -> InspectionVisit:
    given: dict[str, Any] = {
        "extract_id": extract_id, "inspector": "見本大学", "representative": "見本　学長", "purpose": "健康についての世論調査",
        "inspected_on": TODAY, "scope": "本城三丁目の20歳以上から無作為に抽出した１人", "seen_by": "見本　助手", "identity_document": "運転免許証",
    }  # fmt: skip
    return InspectionVisit(**(given | told))


def test_s1_5_a_line_has_the_four_items_of_article_11_and_no_other() -> None:
    assert [item.name for item in fields(LedgerLine)] == ["name", "birth", "sex", "address"]


async def test_s1_5_a_ledger_says_the_four_items_as_they_are_recorded(office: Office) -> None:
    await office.load(
        someone(1, name="見本　䶒󠄃", building="見本荘１号", birth=RecordedDate.uncertain("昭和10年月日不詳")),
        someone(2, "妻", sex=Sex.UNKNOWN, **FOREIGN),
    )
    assert sorted((await _made(office, _asked())).lines, key=lambda line: line.birth) == [
        LedgerLine("見本　2", "1980年4月2日", "【空欄】", "栃木県足利市本城三丁目２１４５番地"),
        LedgerLine("見本　䶒󠄃", "昭和10年月日不詳", "女", "栃木県足利市本城三丁目２１４５番地　見本荘１号"),
    ]


async def test_s1_5_nobody_protected_is_listed_when_it_began_before_or_ended_by_the_calendar(office: Office) -> None:
    """A measure does not end by itself (j410); whoever it was lifted from is listed again."""
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    await office.file("PM+", {TWO: PROTECTION})
    await office.file("PM+", {THREE: PROTECTION | {"suppressed_until": TODAY}})
    late = NOW.replace(year=2028)
    async with city_transaction(office.connection, office.city):
        ledger = await make_ledger(office.connection, office.city, _asked(), CLERK, late)
    assert [line.name for line in ledger.lines] == ["見本　1"]
    await office.file("PM-", {THREE: {}})
    assert {line.name for line in (await _made(office, _asked())).lines} == {"見本　1", "見本　3"}


async def test_s1_5_removed_people_are_not_listed_and_planned_movers_are(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    await office.file("DE", {TWO: {}})
    await office.file(
        "OU1", {THREE: {"move_out_address": "東京都足立区見本町１番地"}}, occurred=RecordedDate(date(2026, 12, 1))
    )
    assert {line.name for line in (await _made(office, _asked())).lines} == {"見本　1", "見本　3"}


async def test_s1_5_a_measure_that_begins_while_the_list_is_made_undoes_the_list(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.load(someone(1), someone(2, "妻"))
    other = Office(office.database, await office.database.connect("registry"))

    class Meanwhile:
        """The connection, on which a measure is recorded by somebody else between the two reads."""

        def __getattr__(self, name: str) -> Any:
            return getattr(office.connection, name)

        async def fetch(self, sql: str, *values: Any) -> Any:
            if "WITH ORDINALITY" in sql:
                await other.file("PM+", {TWO: PROTECTION})
            return await office.connection.fetch(sql, *values)

    async with city_transaction(office.connection, office.city):
        with pytest.raises(ListMoved):
            await make_ledger(Meanwhile(), office.city, _asked(), CLERK, NOW)  # type: ignore[arg-type]
    assert await office.rows("SELECT FROM registry.extract") == []


async def test_s1_5_scope_and_strata_hold_for_a_whole_town_and_a_seed_gives_the_same_list(office: Office) -> None:
    people = [one.record for one in generate_city(300, 7).people]
    await office.load(*people)
    for one in people[::7]:
        await office.file("PM+", {one.person_number: PROTECTION})
    everybody = (await _made(office, _asked())).lines
    assert len(everybody) == len(people) - len(people[::7])
    assert Counter(everybody) == Counter(_line(one) for place, one in enumerate(people) if place % 7)
    asked = _asked(Scope(sex=Sex.FEMALE, youngest=20, oldest=59), persons=30, by={StratifiedBy.TOWN, StratifiedBy.AGE})
    first, second = await _made(office, asked), await _made(office, asked)
    assert (first.lines, first.content_sha256) == (second.lines, second.content_sha256)
    assert len(first.lines) == 30
    assert set(first.lines) <= set(everybody)
    assert {line.sex for line in first.lines} == {"女"}
    assert (await _made(office, _asked(seed="2027"))).lines != everybody
    kept = await office.rows("SELECT count(*) FROM registry.extract_person WHERE extract_id = $1", first.extract_id)
    assert kept[0]["count"] == 30


async def test_s1_5_the_record_says_who_made_it_for_whom_why_and_with_which_seed(office: Office) -> None:
    await office.load(someone(1))
    ledger = await _made(office, _asked(Scope(towns=frozenset({"栃木県足利市本城三丁目"})), persons=5))
    kept = (await office.rows("SELECT * FROM registry.extract"))[0]
    assert {name: kept[name] for name in ("extract_id", "staff", "reason", "basis", "recipient", "seed", "persons", "made_at")} == {
        "extract_id": ledger.extract_id, "staff": "職員０１", "reason": CLERK.purpose, "basis": "法11条の2第1項1号",
        "recipient": "見本大学", "seed": "2026", "persons": 1, "made_at": NOW,
    }  # fmt: skip
    assert '"towns": ["栃木県足利市本城三丁目"]' in kept["asked"]
    assert '"persons": 5' in kept["asked"]
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await (await office.database.connect()).execute("DELETE FROM registry.extract_person")


async def test_s1_5_a_scope_with_nobody_and_a_town_misspelled_are_refused(office: Office) -> None:
    await office.load(someone(1))
    with pytest.raises(NobodyListed):
        await _made(office, _asked(Scope(oldest=3)))
    with pytest.raises(TownUnknown):
        await _made(office, _asked(Scope(towns=frozenset({"本城３丁目"}))))
    assert await office.rows("SELECT FROM registry.extract") == []


async def test_s1_5_inspections_are_published_except_those_of_the_third_item(office: Office) -> None:
    await office.load(someone(1))
    told = [await _made(office, _asked(basis=basis)) for basis in InspectionBasis]
    async with city_transaction(office.connection, office.city):
        for ledger in told:
            await record_inspection(office.connection, office.city, _visit(ledger.extract_id), CLERK, NOW)
        found = await inspections(office.connection, office.city, TODAY, date(2026, 11, 24))
        assert await inspections(office.connection, office.city, date(2026, 1, 1), TODAY) == ()
    assert [one.basis for one in found] == [
        InspectionBasis.PUBLIC_BODY, InspectionBasis.RESEARCH, InspectionBasis.PUBLIC_GOOD,
    ]  # fmt: skip
    assert {(one.inspector, one.representative, one.inspected_on) for one in found} == {
        ("見本大学", "見本　学長", TODAY)
    }
    kept = (await office.rows("SELECT seen_by, identity_document, staff, reason FROM registry.inspection"))[0]
    assert kept == {
        "seen_by": "見本　助手", "identity_document": "運転免許証", "staff": "職員０１", "reason": CLERK.purpose,
    }  # fmt: skip


async def test_s1_5_an_inspection_of_no_list_or_of_a_day_to_come_is_refused(office: Office) -> None:
    await office.load(someone(1))
    made = (await _made(office, _asked())).extract_id
    async with city_transaction(office.connection, office.city):
        with pytest.raises(UnknownList):
            await record_inspection(office.connection, office.city, _visit(made + 1), CLERK, NOW)
        with pytest.raises(NotYetInspected):
            await record_inspection(
                office.connection, office.city, _visit(made, inspected_on=date(2026, 11, 24)), CLERK, NOW
            )


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def _told(office: Office, command: str, *more: str) -> list[str]:
    front = ["--staff-database-url", office.database.dsn("staff")] if command == "ledger" else []
    return [
        "registry",
        command,
        "--database-url",
        office.database.dsn("registry"),
        "--municipality-code",
        CITY,
        *front,
        *more,
    ]


STAFF = ("--by", "職員０１", "--reason", "申出書第１号")


async def test_s1_5_the_commands_write_the_list_record_the_inspection_and_publish_it(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.load(someone(1, name="見本　葛󠄂"), someone(2, "妻", name="=見本"))
    for suffix in ("csv", "pdf"):
        asked = _told(
            office,
            "ledger",
            *STAFF,
            "--for",
            "見本大学",
            "--basis",
            "research",
            "--seed",
            "7",
            "-o",
            str(tmp_path / f"a.{suffix}"),
        )
        assert await asyncio.to_thread(run, asked) == 0
    said = capsys.readouterr().out
    number = (await office.rows("SELECT max(extract_id) FROM registry.extract"))[0]["max"]
    digests = {line for line in said.splitlines() if line.startswith("SHA-256")}
    assert len(digests) == 1
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_bytes().decode("utf-8-sig"))))
    assert rows[0] == ["氏名", "生年月日", "性別", "住所"]
    assert {row[0] for row in rows[1:]} == {"見本　葛󠄂", "'=見本"}
    with PdfDocument(tmp_path / "a.pdf") as document:
        paper = document[0].get_textpage().get_text_range()
    assert "見本　葛󠄂" in paper
    assert f"台帳番号 {number}" in paper
    assert _modes(tmp_path) == {"a.csv": 0o600, "a.pdf": 0o600}
    day = jst_date(utc_now())
    visit = _told(
        office, "inspected", *STAFF, "--ledger", str(number), "--on", str(day), "--inspector", "見本大学", "--representative",
        "見本　学長", "--purpose", "世論調査", "--scope", "本城三丁目", "--seen-by", "見本　助手", "--identity", "旅券",
    )  # fmt: skip
    assert await asyncio.to_thread(run, visit) == 0
    published = ["--since", str(day), "--until", str(day + timedelta(days=1)), "-o", str(tmp_path / "p.csv")]
    assert await asyncio.to_thread(run, _told(office, "inspections", *published)) == 0
    assert list(csv.reader(io.StringIO((tmp_path / "p.csv").read_bytes().decode("utf-8-sig"))))[1:] == [
        ["法11条の2第1項1号", "見本大学", "見本　学長", "世論調査", str(day), "本城三丁目"]
    ]


@pytest.mark.parametrize(("more", "told"), [
    (["-o", "list.txt"], ".csv か .pdf"),
    (["-o", "list.csv", "--youngest", "30", "--oldest", "20"], "--youngest"),
    (["-o", "list.csv", "--shares-of", "sex"], "--persons"),
    (["-o", "list.csv", "--town", "ない町"], "towns.csv"),
])  # fmt: skip
async def test_s1_5_what_cannot_be_made_leaves_neither_file_nor_record(
    office: Office, more: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.load(someone(1))
    place = [str(tmp_path / one) if one.startswith("list.") else one for one in more]
    asked = _told(office, "ledger", *STAFF, "--for", "見本大学", "--basis", "research", *place)
    assert await asyncio.to_thread(run, asked) != 0
    assert told in capsys.readouterr().err
    assert await office.rows("SELECT FROM registry.extract") == []
    assert _modes(tmp_path) == {}


async def test_s1_5_a_character_that_cannot_be_drawn_undoes_the_record(office: Office, tmp_path: Path) -> None:
    await office.load(someone(1, name="見本　\U00031350"))
    asked = _told(office, "ledger", *STAFF, "--for", "見本大学", "--basis", "research", "-o", str(tmp_path / "a.pdf"))
    assert await asyncio.to_thread(run, asked) != 0
    assert await office.rows("SELECT FROM registry.extract") == []
    assert _modes(tmp_path) == {}


async def test_s1_5_whom_the_issuing_side_protects_is_not_listed_either(office: Office, tmp_path: Path) -> None:
    await office.load(someone(1), someone(2, "妻"))
    await protect_in_front(office, TWO)
    asked = _told(office, "ledger", *STAFF, "--for", "見本大学", "--basis", "research", "-o", str(tmp_path / "a.csv"))
    assert await asyncio.to_thread(run, asked) == 0
    told = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    assert "見本　1" in told
    assert "見本　2" not in told
