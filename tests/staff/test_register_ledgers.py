"""S1-5 and R-30 at the screens: lists for inspection, department ledgers, and who inspected what."""

import asyncio
import csv
import io
import re
import threading
from types import ModuleType

import pytest

from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import register_ledgers
from registry.residents import extracting, ledgers, providing
from tests.staff.office import Clerk, Office
from tests.staff.test_register import NAME
from tests.staff.test_register_release import protected_resident

ASKED = {"basis": "RESEARCH", "recipient": "見本大学", "reason": "申出書第１号", "seed": "2026"}


async def the_file(clerk: Clerk, path: str, **fields: str) -> tuple[int, str, bytes]:
    """What a form answers: status, the name of the file, the file or the page."""
    own = {"Origin": clerk.office.origin, "Sec-Fetch-Site": "same-origin"}
    data = {"form_token": clerk.token, **fields}
    async with clerk.session.post(clerk.office.url(path), data=data, headers=own) as answer:
        return answer.status, answer.headers.get("Content-Disposition", ""), await answer.read()


async def test_s1_5_a_list_has_four_items_of_nobody_protected_and_is_recorded(office: Office) -> None:
    await protected_resident(office)
    chief = await office.at_work("tanaka", Duty.SUPERVISOR)
    await chief.get("/registry/ledgers")
    status, name, content = await the_file(chief, "/registry/ledgers", **ASKED)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert (status, rows[0]) == (200, ["氏名", "生年月日", "性別", "住所"])
    assert len(rows) > 1
    assert NAME not in content.decode("utf-8-sig")
    [kept] = await office.city.rows("SELECT extract_id, staff, reason, recipient, seed, persons FROM registry.extract")
    assert name == f'attachment; filename="inspection-list-{kept["extract_id"]}.csv"'
    assert {**kept, "extract_id": 0} == {
        "extract_id": 0, "staff": "tanaka", "reason": "申出書第１号", "recipient": "見本大学", "seed": "2026", "persons": len(rows) - 1,
    }  # fmt: skip
    again = await the_file(chief, "/registry/ledgers", **ASKED)
    assert again[2] == content
    paper = await the_file(chief, "/registry/ledgers", **ASKED, file="pdf", persons="1", by_sex="yes")
    assert paper[2].startswith(b"%PDF")
    assert "registered_list" in await office.happened("staff_reading", "reading")


async def test_s1_5_what_is_typed_wrongly_gets_an_answer_and_makes_nothing(office: Office) -> None:
    chief = await office.at_work("tanaka", Duty.SUPERVISOR)
    await chief.get("/registry/ledgers")
    for changed, said in (
        ({"basis": ""}, "根拠を選んでください"), ({"youngest": "x"}, "数字で入力"), ({"youngest": "30", "oldest": "20"}, "数字で入力"),
        ({"persons": "0"}, "数字で入力"), ({"by_age": "yes"}, "人数も入力"), ({"towns": "どこでもない町"}, "その町字に"), ({"reason": " "}, "空です"),
    ):  # fmt: skip
        status, _, content = await the_file(chief, "/registry/ledgers", **{**ASKED, **changed})
        assert (status in {409, 422}, said in content.decode()) == (True, True), changed
    assert await office.city.rows("SELECT FROM registry.extract") == []


async def test_r_30_a_department_has_its_ledger_and_nobody_else_anything(office: Office) -> None:
    chief = await office.at_work("tanaka", Duty.SUPERVISOR)
    page = await chief.get("/registry/ledgers")
    assert set(re.findall(r'value="(DEPT-[A-Z_]+)"', page.text)) >= {"DEPT-SCHOOL", "DEPT-ELECTION"}
    status, name, _ = await the_file(chief, "/registry/ledgers/provision", provision="DEPT-ELECTION", reason="定時登録")
    assert (status, name.startswith('attachment; filename="provision-')) == (200, True)
    for provision in ("B2-001", "INSPECT-RESEARCH", "", "DEPT-POLICE"):
        refused, _, _ = await the_file(chief, "/registry/ledgers/provision", provision=provision, reason="照会")
        assert refused == 409
    assert len(await office.city.rows("SELECT FROM registry.extract_refused")) == 4


async def test_s1_5_an_inspection_is_recorded_with_its_identity_check_and_published(office: Office) -> None:
    clerk, chief = await office.at_work("sato", Duty.COUNTER), await office.at_work("tanaka", Duty.SUPERVISOR)
    await chief.get("/registry/ledgers")
    await the_file(chief, "/registry/ledgers", **ASKED)
    assert (await the_file(clerk, "/registry/ledgers", **ASKED))[0] == 403
    page = await clerk.get("/registry/ledgers")
    [number] = re.findall(r'<td class="number">(\d+)</td><td>2026-11-23', page.text)
    told = {
        "extract_id": number, "inspected_on": "2026-11-23", "inspector": "見本大学", "purpose": "世論調査", "scope": "全市の１人",
        "seen_by": "見本　助手", "identity_check": "driving_licence",
    }  # fmt: skip
    for changed in (
        {"identity_check": ""}, {"seen_by": " "}, {"extract_id": "999"}, {"inspected_on": "2026-11-24"}, {"inspected_on": "x"}, {"extract_id": ""},
    ):  # fmt: skip
        refused = await clerk.post("/registry/ledgers/inspection", **{**told, **changed})
        assert refused.status == 409, changed
    assert "閲覧を記録しました" in (await clerk.post("/registry/ledgers/inspection", **told)).text
    published = await clerk.get("/registry/ledgers/published?since=2026-04-01&until=2027-04-01")
    assert ("見本大学" in published.text, "世論調査" in published.text, "助手" in published.text) == (True, True, False)
    assert (await clerk.get("/registry/ledgers/published?since=2027-04-01&until=2026-04-01")).status == 409


@pytest.mark.parametrize(
    ("path", "module", "work"),
    [
        ("", extracting, "age_on"), ("", ledgers, "draw"), ("", register_ledgers, "ledger_file"),
        ("/provision", providing, "item_text"), ("/provision", register_ledgers, "provided_file"),
    ],
)  # fmt: skip
async def test_other_clerks_have_their_pages_while_a_list_is_made(
    office: Office, monkeypatch: pytest.MonkeyPatch, path: str, module: ModuleType, work: str
) -> None:
    begun, answered = threading.Event(), threading.Event()
    does = getattr(module, work)

    def working(*told: object) -> object:
        begun.set()
        assert answered.wait(20), "nobody was answered before this was done"
        return does(*told)

    monkeypatch.setattr(module, work, working)
    chief, clerk = await office.at_work("tanaka", Duty.SUPERVISOR), await office.at_work("sato", Duty.COUNTER)
    await chief.get("/registry/ledgers")
    asked = {**ASKED, "provision": "DEPT-ELECTION"}
    making = asyncio.create_task(the_file(chief, f"/registry/ledgers{path}", **asked))
    assert await asyncio.to_thread(begun.wait, 20)
    assert (await clerk.get("/registry/ledgers")).status == 200
    answered.set()
    status, name, _ = await making
    assert (status, name.startswith("attachment")) == (200, True)
