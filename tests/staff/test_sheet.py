"""An investigation that begins with a sheet of paper."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from keys.purpose import Purpose
from kiosk_server.issuing.request import OutcomeReport
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import sheet
from kiosk_server.staff.sheet_reader import SheetUnreadable
from kiosk_server.staff.uploads import Upload, read_upload
from kiosk_server.staff.visit import Visit
from pdf import FontChain
from tests.browser.pictures import printed
from tests.browser.sheets import FAMILY, made
from tests.issuing.city import CENTRE
from tests.pdf.conftest import fonts
from tests.staff.office import Clerk, Office, Shown

__all__ = ["fonts"]


async def _issued(office: Office) -> tuple[str, bytes]:
    card = await office.city.credential("101", "7001")
    made_now = await office.city.issuing.issue(CENTRE, office.city.request(card))
    return made_now.issuance_number, made_now.content


async def _looked_at(clerk: Clerk, content: bytes) -> Shown:
    await clerk.get("/sheet")
    return await clerk.upload("/sheet", content)


def _photograph(content: bytes) -> bytes:
    picture = BytesIO()
    printed(content)[0].save(picture, "PNG")
    return picture.getvalue()


async def test_the_file_as_issued_is_told_byte_for_byte_and_leads_to_everybody_then(office: Office) -> None:
    number, content = await _issued(office)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    shown = await _looked_at(clerk, content)
    assert "1バイトも違いません" in shown.text
    assert "/then" in shown.text
    assert number in shown.text
    assert await office.happened("staff_reading", "concerns") == [number]


async def test_a_photograph_is_ours_by_its_code_and_to_be_compared(office: Office) -> None:
    number, content = await _issued(office)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    shown = await _looked_at(clerk, _photograph(content))
    assert "1行ずつ券面と見比べて" in shown.text
    assert number in shown.text
    assert "足利　101" in shown.text


async def test_a_file_with_one_byte_more_is_not_the_file(office: Office) -> None:
    _, content = await _issued(office)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    assert "1バイトも違いません" not in (await _looked_at(clerk, content + b"\n")).text


async def test_what_was_cancelled_is_void(office: Office) -> None:
    number, content = await _issued(office)
    report = OutcomeReport("cancelled", fee_collected=False, occurred_at=office.city.clock.now)
    await office.city.issuing.report_outcome(CENTRE, number, report)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    assert "いまは無効です" in (await _looked_at(clerk, _photograph(content))).text


async def test_a_code_of_somebody_else_is_altered(office: Office, fonts: FontChain) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    snapshot = replace(FAMILY, issued_at=office.city.clock.now)
    shown = await _looked_at(clerk, _photograph(made(snapshot, fonts).file))
    assert "偽造または改ざんの疑い" in shown.text
    assert FAMILY.persons[0].name not in shown.text


async def test_a_code_of_the_future_cannot_be_judged(office: Office, fonts: FontChain) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    snapshot = replace(FAMILY, issued_at=office.city.clock.now + timedelta(days=1))
    assert "いまより後です" in (await _looked_at(clerk, _photograph(made(snapshot, fonts).file))).text


async def test_a_code_of_ours_that_the_books_do_not_know_is_an_alarm(office: Office, fonts: FontChain) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    keys = office.console.keys
    signer = keys.statement_signer(Purpose.VISIBLE_SEAL)
    snapshot = replace(FAMILY, issued_at=office.city.clock.now)
    shown = await _looked_at(clerk, _photograph(made(snapshot, fonts, signer).file))
    assert "履歴にその発行がありません" in shown.text


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\nbroken"], ids=repr)
async def test_what_cannot_be_read_is_told(office: Office, content: bytes) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    shown = await _looked_at(clerk, content)
    assert (shown.status, "読み取れません" in shown.text) == (409, True)


async def test_a_picture_without_a_code_says_how_to_take_a_better_one(office: Office) -> None:
    empty = BytesIO()
    Image.new("L", (800, 600), 255).save(empty, "PNG")
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    assert "撮り直してください" in (await _looked_at(clerk, empty.getvalue())).text


async def test_a_file_that_takes_too_long_is_given_up_and_its_reader_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk_server.staff.sheet_reader._SECONDS", 0.01)
    _, content = await _issued(office)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    assert (await _looked_at(clerk, content)).status == 409


async def test_files_are_taken_in_one_after_the_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    held, most = 0, 0

    async def taken(visit: Visit, most_bytes: int) -> Upload:
        nonlocal held, most
        held += 1
        most = max(most, held)
        return await read_upload(visit, most_bytes)

    async def looked_at(_content: bytes) -> None:
        nonlocal held
        await asyncio.sleep(0.05)
        held -= 1
        raise SheetUnreadable

    monkeypatch.setattr(sheet, "read_upload", taken)
    monkeypatch.setattr(sheet, "read_sheet", looked_at)
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    shown = await asyncio.gather(*(_looked_at(clerk, b"hello") for _ in range(3)))
    assert ([one.status for one in shown], most) == ([409] * 3, 1)
