"""R-51 and R-80 at the screens: what was done with the register, who looked that through, and what one person is told."""

import io
import zipfile
from datetime import timedelta

from kiosk_server.staff.duties import Duty
from tests.staff.office import Office
from tests.staff.test_register import NAME, moved_in, opened_name, opened_page

TODAY = "since=2026-11-23&until=2026-11-24"


async def test_r_51_operations_are_shown_by_person_and_one_by_one_and_reviewed_by_another(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    await opened_page(clerk, name="渡辺")
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    shown = await auditor.get(f"/registry/operations?{TODAY}")
    for part in ("異動入力", "国内転入", "個人照会", "届出の受付", "終わった日までの期間を表示すると"):
        assert part in shown.text
    refused = await auditor.post("/registry/operations", since="2026-11-23", until="2026-11-24", reason="異常なし")
    assert "終わっていない期間です" in refused.text
    file = await auditor.get(f"/registry/operations/file?{TODAY}")
    assert file.text.lstrip("\ufeff").startswith("日時,職員,操作")
    office.city.clock.now += timedelta(days=1)
    auditor = await office.at_work("kondo", Duty.AUDITOR)
    await auditor.get(f"/registry/operations?{TODAY}")
    done = await auditor.post("/registry/operations", since="2026-11-23", until="2026-11-24", reason="異常なし")
    assert ("確認したことを記録しました" in done.text, "kondo" in done.text) == (True, True)
    assert await office.city.rows("SELECT staff, finding FROM registry.log_review") == [
        {"staff": "kondo", "finding": "異常なし"}
    ]
    assert "registered_operations" in await office.happened("staff_reading", "reading")


async def test_r_51_whoever_worked_in_a_period_does_not_review_it(office: Office) -> None:
    chief = await office.at_work("tanaka", Duty.SUPERVISOR)
    await moved_in(chief)
    await opened_page(chief, name="渡辺")
    office.city.clock.now += timedelta(days=1)
    await chief.sign_in("tanaka")
    await chief.get("/registry/operations")
    refused = await chief.post("/registry/operations", since="2026-11-23", until="2026-11-24", reason="異常なし")
    assert (refused.status, "ご自身の操作があります" in refused.text) == (409, True)


async def test_r_51_a_period_that_is_none_gets_an_answer(office: Office) -> None:
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    for period in (
        "since=x",
        "until=2026-11-30",
        "since=2026-11-24&until=2026-11-23",
        "since=1999-01-01",
        "until=0001-01-01",
        "since=2026-08-01&until=2026-11-23",
    ):
        assert (await auditor.get(f"/registry/operations?{period}")).status == 409


async def test_r_80_a_supervisor_makes_what_a_person_is_told_with_a_reason(office: Office) -> None:
    clerk, chief = await office.at_work("sato", Duty.COUNTER), await office.at_work("tanaka", Duty.SUPERVISOR)
    await moved_in(clerk)
    await chief.get("/registry")
    page = await opened_page(chief, name="渡辺")
    path = f"/registry/person/{opened_name(page)}/disclosure"
    assert (await chief.post(path, reason=" ")).status == 422
    own = {"Origin": office.origin, "Sec-Fetch-Site": "same-origin"}
    fields = {"form_token": chief.token, "reason": "開示請求第１号"}
    async with chief.session.post(office.url(path), data=fields, headers=own) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="disclosure.xlsx"'
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as book:
            assert NAME in book.read("xl/worksheets/sheet1.xml").decode()
    clerk_page = await opened_page(clerk, name="渡辺")
    refused = await clerk.post(f"/registry/person/{opened_name(clerk_page)}/disclosure", reason="x")
    assert (refused.status, "開示の資料を作る" in clerk_page.text) == (403, False)
    purposes = await office.city.rows("SELECT purpose FROM registry.inquiry WHERE staff = 'tanaka'")
    assert {"purpose": "開示: 開示請求第１号"} in purposes
    assert "registered_disclosed" in await office.happened("staff_reading", "reading")
