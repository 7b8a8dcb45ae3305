"""S1-3: certificates and notices of the counter: what they say, to whom, and what is kept of each."""

import asyncio
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pypdfium2 import PdfDocument

import pdf
from kiosk_server.cli.entry import run
from registry.residents import (
    CertificateFacts,
    Inquirer,
    NobodyHandedTo,
    NothingToHandOut,
    Notice,
    NoticeFacts,
    NotOnePaper,
    Paper,
    PastOf,
    ProtectedPerson,
    UnknownPerson,
    certificate_facts,
    city_transaction,
    disclose,
    next_paper_number,
    notice_facts,
    number_of,
    operations,
    record_paper,
)
from tests.issuing.city import settings_of_a_city
from tests.registry.office import CITY, FOREIGN, NOW, TODAY, Office, protect_in_front, someone

ONE, TWO, THREE = (number_of(serial) for serial in range(1, 4))
CLERK = Inquirer("職員０１", "本人の請求")
AWAY = {"move_out_address": "東京都足立区見本町１番地"}
NEW = {"address": "栃木県足利市通二丁目１番地", "building": None}
PROTECTION = {"suppression_reason": "ＤＶ", "suppressed_from": TODAY, "suppressed_until": date(2027, 11, 22)}


async def _facts(office: Office, *persons: str, past: tuple[PastOf, ...] = (), **told: Any) -> CertificateFacts:
    async with city_transaction(office.connection, office.city):
        return await certificate_facts(office.connection, office.city, persons, past, CLERK, NOW, **told)


async def _notice(office: Office, event_id: int, person: str, notice: Notice, **told: Any) -> NoticeFacts:
    async with city_transaction(office.connection, office.city):
        return await notice_facts(office.connection, office.city, event_id, person, notice, CLERK, NOW, **told)


async def test_s1_3_members_come_in_the_order_of_the_household_and_a_whole_one_is_told(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    facts = await _facts(office, THREE, ONE)
    assert [one.record.person_number for one in facts.people] == [ONE, THREE]
    assert (facts.head_name, facts.is_whole_household, facts.is_removed) == ("見本　1", False, False)
    assert (await _facts(office, TWO, THREE, ONE)).is_whole_household


async def test_s1_3_history_is_what_was_asked_for_without_what_was_cancelled(office: Office) -> None:
    await office.load(someone(1, building="見本荘"), someone(2, "妻", household_number=number_of(2)))
    await office.file("MV", {ONE: {**NEW, "household_number": number_of(3)}})
    wrong = await office.file("CO", {ONE: {"name": "見本　誤"}})
    await office.file("UN~", reverses=wrong.event_id)
    await office.file("CO", {ONE: {"name": "見本　正"}})
    told = (await _facts(office, ONE, past=(PastOf.ADDRESS, PastOf.NAME))).people[0].past
    assert [(one.event_name, one.item_name, one.before) for one in told] == [
        ("転居", "住所", someone(1).address), ("転居", "方書", "見本荘"), ("職権修正", "氏名", "見本　1"),
    ]  # fmt: skip
    assert (await _facts(office, ONE)).people[0].past == ()


async def test_s1_3_a_removed_person_is_certified_alone_with_the_head_they_had(office: Office) -> None:
    await office.load(someone(1, name="見本　主"), someone(2, "妻"), someone(3, "子"))
    await office.file("OU1", {TWO: AWAY})
    await office.file("OU9", {TWO: {}}, now=NOW + timedelta(minutes=1))
    await office.file("DE", {ONE: {}}, now=NOW + timedelta(minutes=2))
    facts = await _facts(office, TWO)
    assert (facts.head_name, facts.is_removed, facts.is_whole_household) == ("見本　主", True, False)
    assert facts.people[0].record.removal_reason == "転出"
    assert (await _facts(office, ONE)).head_name == "見本　主"
    for persons in ((TWO, ONE), (TWO, THREE)):
        with pytest.raises(NotOnePaper):
            await _facts(office, *persons)
    with pytest.raises(UnknownPerson):
        await _facts(office, number_of(9))


async def test_s1_3_people_of_two_households_are_on_no_one_paper(office: Office) -> None:
    await office.load(someone(1), someone(2, household_number=number_of(2)))
    with pytest.raises(NotOnePaper):
        await _facts(office, ONE, TWO)


async def test_s1_3_a_protected_person_or_head_is_certified_only_when_released_and_not_by_its_maker(
    office: Office,
) -> None:
    await office.load(someone(1), someone(2, "子"))
    await office.file("PM+", {ONE: PROTECTION})
    for persons in ((ONE,), (TWO,)):
        with pytest.raises(ProtectedPerson):
            await _facts(office, *persons)
        assert len((await _facts(office, *persons, is_released=True)).people) == 1
    paper = Paper("20261123-C-00000001", "住民票の写し", (ONE,), (), "見本　1", "旅券", "職員０１", 1, b"x")
    async with city_transaction(office.connection, office.city):
        with pytest.raises(ProtectedPerson):
            await record_paper(office.connection, office.city, paper, CLERK, NOW)


async def test_s1_3_nothing_a_paper_says_changes_before_its_transaction_ends(office: Office) -> None:
    await office.load(someone(1))
    other = Office(office.database, await office.database.connect("registry"))
    async with city_transaction(office.connection, office.city):
        await certificate_facts(office.connection, office.city, [ONE], (), CLERK, NOW)
        moving = asyncio.create_task(other.file("MV", {ONE: {**NEW, "household_number": number_of(3)}}))
        done, _ = await asyncio.wait({moving}, timeout=0.5)
        assert not done
    assert (await moving).event_id


async def test_s1_3_a_receipt_goes_to_where_they_lived_before_and_tells_no_new_address(office: Office) -> None:
    await office.load(someone(1, building="見本荘"))
    moved = await office.file("MV", {ONE: {**NEW, "household_number": number_of(3)}})
    facts = await _notice(office, moved.event_id, ONE, Notice.RECEIPT)
    assert (facts.address, facts.postal_code) == (someone(1, building="見本荘").full_address, "3260053")
    assert str(NEW["address"]) not in str(facts)
    assert dict(facts.rows) == {
        "氏名": "見本　1", "異動の事由": "転居", "異動の年月日": "令和8年11月20日", "届出の年月日": "令和8年11月23日",
    }  # fmt: skip


async def test_s1_3_an_ex_officio_notice_names_what_was_changed(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    changed = await office.file("CO", {TWO: {"furigana": "ミホン　ハナコ"}})
    facts = await _notice(office, changed.event_id, TWO, Notice.EX_OFFICIO)
    assert dict(facts.rows)["氏名のフリガナ"] == "ミホン　ハナコ"
    assert facts.address == someone(2).address
    removed = await office.file("OD", {TWO: {}})
    assert dict((await _notice(office, removed.event_id, TWO, Notice.EX_OFFICIO)).rows)["消除事由"] == "職権消除"


async def test_s1_3_whoever_is_to_become_head_is_asked_when_the_head_is_gone(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"))
    died = await office.file("DE", {ONE: {}}, now=NOW + timedelta(minutes=1))
    facts = await _notice(office, died.event_id, TWO, Notice.HEAD_CHANGE_REQUEST)
    assert (facts.to, dict(facts.rows)["異動の事由"]) == ("見本　2", "死亡")
    assert dict(facts.rows)["これまでの世帯主"] == "見本　1"


async def test_s1_3_whoever_moved_since_is_told_of_the_household_of_the_event(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"), someone(3, "子"), someone(4, household_number=number_of(4)))
    died = await office.file("DE", {ONE: {}}, now=NOW + timedelta(minutes=1))
    joined = {**NEW, "household_number": number_of(4), "relationship": "同居人"}
    await office.file("MV", {TWO: joined}, now=NOW + timedelta(minutes=2))
    facts = await _notice(office, died.event_id, TWO, Notice.HEAD_CHANGE_REQUEST)
    assert (facts.address, dict(facts.rows)["これまでの世帯主"]) == (NEW["address"], "見本　1")
    assert number_of(4) not in facts.shown


async def test_s1_3_a_head_of_the_past_who_is_protected_since_is_named_only_when_released(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"), someone(3, "子"))
    await office.file("OU1", {TWO: AWAY})
    await office.file("OU9", {TWO: {}}, now=NOW + timedelta(minutes=1))
    heads = {ONE: {"relationship": "父"}, THREE: {"relationship": "世帯主"}}
    changed = await office.file("HH", heads, now=NOW + timedelta(minutes=2))
    await office.file("PM+", {THREE: PROTECTION}, now=NOW + timedelta(minutes=3))
    with pytest.raises(ProtectedPerson):
        await _notice(office, changed.event_id, ONE, Notice.HEAD_CHANGED)
    await office.file("PM+", {ONE: PROTECTION}, now=NOW + timedelta(minutes=3))
    with pytest.raises(ProtectedPerson):
        await _facts(office, TWO)
    assert (await _facts(office, TWO, is_released=True)).head_name == "見本　1"


async def test_s1_3_what_the_event_does_not_hand_out_is_not_made(office: Office) -> None:
    await office.load(someone(1), someone(2, "妻"))
    moved = await office.file("CO", {TWO: {"furigana": "ミホン　ハナコ"}})
    for person, notice in ((ONE, Notice.EX_OFFICIO), (TWO, Notice.RESIDENT_CODE)):
        with pytest.raises(NothingToHandOut):
            await _notice(office, moved.event_id, person, notice)


async def test_s1_3_each_paper_is_kept_with_number_reason_person_and_identity_check(office: Office) -> None:
    await office.load(someone(1))
    async with city_transaction(office.connection, office.city):
        first, second = [await next_paper_number(office.connection, TODAY) for _ in range(2)]
        assert first < second
        paper = Paper(first, "住民票の写し", (ONE,), ("domicile",), "見本　1", "個人番号カード", None, 2, b"paper")
        await record_paper(office.connection, office.city, paper, CLERK, NOW)
        for nobody in (
            Paper(second, "住民票の写し", (ONE,), (), "　", "旅券", None, 1, b""),
            Paper(second, "住民票の写し", (ONE,), (), "人", " ", None, 1, b""),
        ):
            with pytest.raises(NobodyHandedTo):
                await record_paper(office.connection, office.city, nobody, CLERK, NOW)
        done = await operations(office.connection, office.city, TODAY, TODAY + timedelta(days=1))
    kept = (await office.rows("SELECT * FROM registry.paper"))[0]
    assert {name: kept[name] for name in ("paper_number", "staff", "reason", "handed_to", "identity_document", "pages", "options")} == {
        "paper_number": first, "staff": "職員０１", "reason": "本人の請求", "handed_to": "見本　1", "identity_document": "個人番号カード",
        "pages": 2, "options": ["domicile"],
    }  # fmt: skip
    assert kept["content_sha256"] == hashlib.sha256(b"paper").digest()
    assert [(one.what, one.items, one.persons) for one in done][-1] == ("paper", ("住民票の写し", first), 1)
    told = await disclose(office.connection, office.city, ONE, CLERK, NOW)
    assert [(one.number, one.handed_to, one.identity_document) for one in told.papers] == [
        (first, "見本　1", "個人番号カード")
    ]
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await (await office.database.connect()).execute("DELETE FROM registry.paper")


def _told(office: Office, command: str, out: Path, *more: str) -> list[str]:
    where = ["--database-url", office.database.dsn("registry"), "--staff-database-url", office.database.dsn("staff")]
    who = ["--by", "職員０１", "--reason", "本人の請求", "--handed-to", "見本　1", "--identity", "個人番号カード"]
    return ["registry", command, *where, "--municipality-code", CITY, *who, "-o", str(out), *more]


def _paper(file: Path) -> list[str]:
    with PdfDocument(file) as document:
        return [page.get_textpage().get_text_range() for page in document]


async def test_s1_3_the_commands_make_certificates_and_notices_and_keep_them(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await settings_of_a_city(office.database)
    await office.load(someone(1), someone(2, "妻", **FOREIGN))
    moved = await office.file("MV", {number: {**NEW, "household_number": number_of(3)} for number in (ONE, TWO)})
    out = tmp_path / "a.pdf"
    asked = ("--person", ONE, "--person", TWO, "--option", "domicile", "--option", "resident_code", "--past", "address")
    assert await asyncio.to_thread(run, _told(office, "certificate", out, *asked)) == 0
    first, second = _paper(out)
    number = (await office.rows("SELECT paper_number FROM registry.paper"))[0]["paper_number"]
    assert number in capsys.readouterr().out
    for text in (number, someone(1).resident_code, "住所（変更前）", someone(1).address, "見本　太郎"):
        assert text in first
    assert "世帯全員の住民票の原本と相違ない" in second
    stated = tmp_path / "c.pdf"
    of_one = ("--person", ONE, "--statement", "--option", "resident_since")
    assert await asyncio.to_thread(run, _told(office, "certificate", stated, *of_one)) == 0
    assert ("住民となった日" in (said := _paper(stated)[0]), "住民票記載事項証明書" in said, "本籍" in said) == (
        True,
        True,
        False,
    )
    letter = tmp_path / "b.pdf"
    told = ("--event", str(moved.event_id), "--person", ONE, "--kind", "receipt")
    assert await asyncio.to_thread(run, _told(office, "notice", letter, *told)) == 0
    (said,) = _paper(letter)
    for text in ("住民異動届受理通知", "見本　1　様", "〒326-0053", someone(1).address, "転居"):
        assert text in said
    assert len(await office.rows("SELECT FROM registry.paper")) == 3


@pytest.mark.parametrize("specimen", [True, False])
def test_s1_3_a_letter_of_a_demo_has_a_mark_across_it(tmp_path: Path, *, specimen: bool) -> None:
    letter = pdf.Letter(
        "通知", "1", "今日", "", "住所", "人　様", "市長", ("本文",), (("欄", "値"),), "市民課", specimen
    )
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf.letter_paper(letter, pdf.FontChain()))
    (said,) = _paper(file)
    assert ("見本" in said, "本文" in said) == (specimen, True)


async def test_s1_3_a_removed_record_tells_where_to_and_the_resident_code_only_when_asked(
    office: Office, tmp_path: Path
) -> None:
    await settings_of_a_city(office.database)
    await office.load(someone(1), someone(2, "妻"))
    await office.file("OU1", {TWO: AWAY})
    await office.file("OU9", {TWO: {}})
    out = tmp_path / "a.pdf"
    assert await asyncio.to_thread(run, _told(office, "certificate", out, "--person", TWO)) == 0
    (said,) = _paper(out)
    assert AWAY["move_out_address"] in said
    assert "除票の原本と相違ない" in said
    assert someone(2).resident_code not in said


async def test_s1_3_r_50_the_command_states_a_removed_record_and_prints_no_my_number(
    office: Office, tmp_path: Path
) -> None:
    await settings_of_a_city(office.database)
    await office.load(someone(1), someone(2, "妻"))
    event = await office.file("OU1", {TWO: AWAY})
    told = ("--event", str(event.event_id), "--person", TWO, "--kind", "move_out_certificate")
    out = tmp_path / "a.pdf"
    assert await asyncio.to_thread(run, _told(office, "notice", out, *told)) != 0
    assert not out.exists()
    await office.file("OU9", {TWO: {}})
    stated = ("--person", TWO, "--statement", "--option", "previous_address")
    assert await asyncio.to_thread(run, _told(office, "certificate", out, *stated)) == 0
    (said,) = _paper(out)
    for text in (
        "除票記載事項証明書",
        "令和8年11月20日　転出",
        AWAY["move_out_address"],
        "除票に記載があることを証明する",
    ):
        assert text in said
    assert await office.rows("SELECT kind FROM registry.paper") == [{"kind": "除票記載事項証明書"}]


async def test_s1_3_what_cannot_be_printed_is_neither_kept_nor_written(office: Office, tmp_path: Path) -> None:
    await settings_of_a_city(office.database)
    await office.load(someone(1, name="見本　\U00031350"), someone(2, "妻"), someone(3, household_number=number_of(3)))
    await protect_in_front(office, THREE)
    await office.file("PM+", {TWO: PROTECTION})
    for person in (ONE, TWO, THREE):
        out = tmp_path / f"{person}.pdf"
        assert await asyncio.to_thread(run, _told(office, "certificate", out, "--person", person)) != 0
        assert not out.exists()
    changed = await office.file("CO", {THREE: {"furigana": "ミホン　ハナコ"}})
    told = ("--event", str(changed.event_id), "--person", THREE, "--kind", "ex_officio")
    assert await asyncio.to_thread(run, _told(office, "notice", tmp_path / "notice.pdf", *told)) != 0
    assert not (tmp_path / "notice.pdf").exists()
    assert await office.rows("SELECT FROM registry.paper") == []
    released = ("--person", THREE, "--released-by", "課長０１")
    assert await asyncio.to_thread(run, _told(office, "certificate", tmp_path / "released.pdf", *released)) == 0
    assert (await office.rows("SELECT released_by FROM registry.paper")) == [{"released_by": "課長０１"}]
