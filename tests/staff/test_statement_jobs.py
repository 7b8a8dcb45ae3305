"""A file that takes long: its page can be left and come back to, and whatever happens it is in whole or not at all."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from issuance_db import statement_jobs as issuance_jobs
from issuance_db.database import DatabaseTimedOut
from issuance_db.statement_jobs import JobGivenUp
from kiosk_server.settling import taking_in
from kiosk_server.settling.progress import Progress
from kiosk_server.staff import statement_jobs
from kiosk_server.staff.console import Console
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import settlement, statement_job
from kiosk_server.staff.statement_jobs import carry_out
from tests.settling.tables import csv_table, excel_row, excel_table, row
from tests.staff.office import Clerk, Office, Shown
from tests.staff.test_settlement import DAY, UPLOAD, at_settlement, counted, issued
from tests.sync.registry_rows import CITY

_JOB = re.compile(r"/settlement/jobs/[0-9]+$")
_TABLES = ("statement", "statement_match", "alert", "staff_act")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is answered with its end, and everything is told ten times as often."""
    monkeypatch.setattr(settlement, "AT_ONCE_SECONDS", 0.0)
    monkeypatch.setattr(statement_job, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(statement_jobs, "EVERY_SECONDS", 0.1)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Reading stands still after 7 of 9 lines until this is set, or nobody waits for it."""
    go_on, read = threading.Event(), taking_in.read_file

    def reading(*told: object) -> object:
        progress = told[-1]
        assert isinstance(progress, Progress)
        progress.done, progress.total = 7, 9
        while not (go_on.is_set() or progress.is_over):
            time.sleep(0.01)
        return read(*told)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(statement_jobs, "read_file", reading)
    return go_on


async def _until(clerk: Clerk, path: str, is_so: Callable[[str], bool]) -> Shown:
    async with asyncio.timeout(20):
        while True:
            shown = await clerk.get(path)
            if is_so(shown.text):
                return shown
            await asyncio.sleep(0.05)


async def _sent(office: Office, content: bytes, **fields: str) -> tuple[Clerk, str]:
    """A clerk whose file is under way, and the path of its page."""
    clerk = await at_settlement(office)
    shown = await clerk.upload(UPLOAD, content, **DAY, **fields)
    assert _JOB.search(shown.path), shown.text
    return clerk, shown.path.removeprefix("/staff")


@pytest.mark.parametrize("form", ["csv", "excel"])
async def test_a_file_goes_on_behind_its_page_and_is_found_again(office: Office, form: str) -> None:
    (number,) = await issued(office, 1)
    content = csv_table([row(number)]) if form == "csv" else excel_table([excel_row(number)])
    clerk, path = await _sent(office, content)
    shown = await _until(clerk, path, lambda text: "取り込み、突合しました" in text)
    assert 'href="/staff/settlement/centre/2026-11"' in shown.text
    assert await office.happened_acts() == ["statement_imported"]
    assert path in (await clerk.get("/settlement")).text
    again, other = await _sent_again(clerk, content)
    assert "同じファイルは取り込み済み" in (await _until(again, other, lambda text: "終わり</dt><dd>2" in text)).text


async def _sent_again(clerk: Clerk, content: bytes) -> tuple[Clerk, str]:
    await clerk.get("/settlement")
    return clerk, (await clerk.upload(UPLOAD, content, **DAY)).path.removeprefix("/staff")


async def test_how_far_it_is_is_told_and_its_end(office: Office, held: threading.Event) -> None:
    (number,) = await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row(number)]))
    shown = await _until(clerk, path, lambda text: "7 / 9 行" in text)
    assert ("離れても続きます" in shown.text, 'max="9" value="7"' in shown.text) == (True, True)
    async with clerk.session.get(office.url(f"{path}/events")) as answer:
        first = json.loads((await answer.content.readuntil(b"\n\n"))[6:])
        assert first == {"is_over": False, "told": "ファイルを読んでいます 7 / 9 行", "done": 7, "total": 9}
        held.set()
        async with asyncio.timeout(20):
            while not json.loads((await answer.content.readuntil(b"\n\n"))[6:])["is_over"]:
                pass
    assert await counted(office, "statement") == 1


async def test_a_wrong_file_says_why_on_its_page_and_nothing_of_it_stays(office: Office) -> None:
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a", "2026-10-23 12:00:05")]))
    shown = await _until(clerk, path, lambda text: "何も取り込んでいません" in text)
    assert "2行目「日時」" in shown.text
    assert "line 2" in (await clerk.get(f"{path}?lang=en")).text.lower()
    assert [await counted(office, table) for table in _TABLES] == [0] * 4


async def test_another_file_waits_its_turn_and_is_told_so(
    office: Office, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "TURN_SECONDS", 0.1)
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a")]))
    await clerk.get("/settlement")
    other = await clerk.upload(UPLOAD, csv_table([row("b")]), **DAY)
    assert (other.status, "ほかのファイルを取り込んでいます" in other.text) == (409, True)
    held.set()
    await _until(clerk, path, lambda text: "取り込み、突合しました" in text)
    again, third = await _sent_again(clerk, csv_table([row("a")]))
    await _until(again, third, lambda text: "取り込み済み" in text)


async def test_a_server_that_stops_takes_nothing_in_and_says_so(office: Office, held: threading.Event) -> None:
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a")]))
    await _until(clerk, path, lambda text: "7 / 9" in text)
    await office.console.jobs.stop()
    shown = await clerk.get(path)
    assert ("途中で止まりました" in shown.text, "もう一度送ってください" in shown.text) == (True, True)
    assert [await counted(office, table) for table in _TABLES] == [0] * 4
    assert not office.console.one_upload.locked()
    assert not held.is_set()


async def test_a_process_that_was_given_up_takes_its_file_in_no_more(
    office: Office, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a machine that was asleep: it does not know that its time is over."""
    orders: list[statement_jobs.Order] = []

    async def forgotten(_console: Console, order: statement_jobs.Order) -> bool:
        orders.append(order)
        return True

    monkeypatch.setattr(settlement, "carry_out", forgotten)
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)
    path = f"/settlement/jobs/{orders[0].job_id}"
    assert "ファイルを読んでいます" in (await clerk.get(path)).text
    staff = await office.city.database.connect("staff", CITY)
    await staff.execute("UPDATE issuance.statement_job SET seen_at = now() - interval '121 seconds'")
    assert "途中で止まりました" in (await clerk.get(path)).text
    held.set()
    with pytest.raises(JobGivenUp):
        await carry_out(office.console, orders[0])
    assert [await counted(office, table) for table in _TABLES] == [0] * 4
    assert "途中で止まりました" in (await clerk.get(path)).text


async def test_a_database_that_is_busy_for_a_moment_is_told_the_next_time(
    office: Office, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell, busy = issuance_jobs.tell_job, [DatabaseTimedOut(), DatabaseTimedOut()]

    async def telling(*told: Any) -> None:
        if busy:
            raise busy.pop()
        await tell(*told)

    monkeypatch.setattr(statement_jobs, "tell_job", telling)
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a")]))
    await _until(clerk, path, lambda text: "7 / 9" in text)
    assert busy == []
    held.set()
    await _until(clerk, path, lambda text: "取り込み、突合しました" in text)


async def test_a_fault_is_logged_and_told_without_details(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = list[object]()
    monkeypatch.setattr(statement_jobs, "log_fault", lambda _call, error: faults.append(error))
    monkeypatch.setattr(statement_jobs, "read_file", lambda *_: 1 / 0)
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a")]))
    shown = await _until(clerk, path, lambda text: "誤りが起き" in text)
    assert ("division" in shown.text, [type(fault) for fault in faults]) == (False, [ZeroDivisionError])


async def test_who_does_not_settle_reads_of_no_file_and_a_wrong_number_is_told(office: Office) -> None:
    await issued(office, 1)
    _, path = await _sent(office, csv_table([row("a")]))
    counter = await office.at_work("sato", Duty.COUNTER)
    assert [(await counter.get(one)).status for one in (path, f"{path}/events")] == [403, 403]
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    assert (await auditor.get(path)).status == 200
    for wrong in ("/settlement/jobs/0", "/settlement/jobs/x", f"/settlement/jobs/{'9' * 30}"):
        assert (await auditor.get(wrong)).status == 409


async def test_what_ended_stays_as_it_ended_whoever_asks(office: Office) -> None:
    await issued(office, 1)
    clerk, path = await _sent(office, csv_table([row("a")]))
    await _until(clerk, path, lambda text: "取り込み、突合しました" in text)
    staff = await office.city.database.connect("staff", CITY)
    with pytest.raises(asyncpg.PostgresError, match="the job has ended"):
        await staff.execute("UPDATE issuance.statement_job SET step = 'reading', ended_at = NULL")
