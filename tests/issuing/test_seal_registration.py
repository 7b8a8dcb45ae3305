"""印鑑登録証明書: of the holder alone, with the seal that is registered now, while both sources say the same."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image

from issuance_db import seals
from issuance_db.fsck import check
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate, Kind, MenuRequest
from tests.issuing.city import CENTRE, TERMINAL
from tests.issuing.fed import AGE_LIMIT, DOMICILE, EVERY_KIND, Fed
from tests.issuing.meanwhile import once_made
from tests.issuing.read_pdf import pages_of, text_of
from tests.sync.registry_rows import CITY

SEAL = Kind.SEAL_REGISTRATION


async def issue(fed: Fed, person: str = "101") -> Certificate:
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(SEAL, await fed.card(person)))


async def refused(fed: Fed, person: str = "101") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await issue(fed, person)
    return caught.value


def seal_on(content: bytes) -> bytes:
    """The pixels of the registered seal on the paper, read with another library."""
    with pikepdf.open(BytesIO(content)) as file:
        return file.pages[0].Resources.XObject.RegisteredSeal.read_bytes()


def pixels(png: bytes) -> bytes:
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGB").tobytes()


async def test_it_shows_the_registered_seal_and_nobody_else(fed: Fed) -> None:
    image = await fed.register_seal("101", "足利太郎")
    await fed.register_seal("102", "足利花子")
    certificate = await issue(fed)
    assert (certificate.pages, certificate.fee_yen) == (1, 200)
    assert seal_on(certificate.content) == pixels(image)
    text = text_of(certificate.content)
    for printed in ("足利　101", "昭和55年4月1日", DOMICILE, "印影と相違ない", certificate.issuance_number):
        assert printed in text
    assert "102" not in text.replace(certificate.issuance_number, "")
    subjects = await fed.city.rows("SELECT person_number, asked_by FROM history.issuance_subject")
    assert subjects == [{"person_number": "101", "asked_by": True}]


async def test_former_surname_of_the_record_is_printed(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.city.registry.person("101", former_surname="旧足利")
    await fed.city.project()
    assert "旧足利" in text_of((await issue(fed)).content)


async def test_nobody_without_a_seal_gets_one(fed: Fed) -> None:
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "no_seal_registered")


async def test_mis_07_a_deleted_seal_refuses_and_a_new_one_is_the_only_one(fed: Fed) -> None:
    old = await fed.register_seal("101", "足利太郎")
    assert seal_on((await issue(fed)).content) == pixels(old)
    await fed.delete_seal("101")
    assert (await refused(fed)).reason == "no_seal_registered"
    new = await fed.register_seal("101", "足利")
    assert seal_on((await issue(fed)).content) == pixels(new) != pixels(old)


async def test_mis_07_a_seal_deleted_while_the_paper_is_made_refuses(fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    await fed.register_seal("101", "足利太郎")
    once_made(fed.city, monkeypatch, lambda: fed.delete_seal("101"))
    assert (await refused(fed)).reason == "no_seal_registered"
    states = await fed.city.rows("SELECT state, state_cause FROM issuance.intent")
    assert states == [{"state": "void", "state_cause": "RecordMoved"}]


async def test_mis_07_a_seal_registered_anew_while_the_paper_is_made_is_the_one_printed(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    new: list[bytes] = []

    async def register_anew() -> None:
        await fed.delete_seal("101")
        new.append(await fed.register_seal("101", "足利"))

    once_made(fed.city, monkeypatch, register_anew)
    assert seal_on((await issue(fed)).content) == pixels(new[0])


async def test_mis_07_a_seal_deleted_after_the_answer_is_not_sent_again(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    request = fed.request(SEAL, await fed.card("101"))
    first = await fed.city.issuing.issue(EVERY_KIND, request)
    assert (await fed.city.issuing.issue(EVERY_KIND, request)).content == first.content
    await fed.delete_seal("101")
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.issue(EVERY_KIND, request)
    assert caught.value.code is RefusalCode.NOT_AVAILABLE
    assert await fed.city.rows("SELECT cause FROM history.alert") == [{"cause": "seal_changed_after_answer"}]
    assert await fed.city.rows("SELECT FROM issuance.kept_answer") == []
    assert await check(await fed.city.database.connect("fsck"), CITY, fed.city.clock.now) == []


@pytest.mark.parametrize(
    "differs", [{"name": "足利　別人"}, {"birth_on": date(1980, 4, 2)}, {"address": "栃木県足利市通二丁目１番地"}]
)
async def test_a_source_that_says_otherwise_refuses_and_is_listed_for_this_kind_alone(
    fed: Fed, differs: dict[str, object]
) -> None:
    await fed.register_seal("101", "足利太郎", **differs)
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_AVAILABLE, "record_contradicts_itself")
    listed = await fed.city.rows("SELECT person_number, cause, item FROM issuance.person_held_back")
    assert listed == [{"person_number": "101", "cause": "data", "item": "seal_registration/holder"}]
    assert (await refused(fed)).reason == "held_back"
    assert (await fed.city.issuing.issue(CENTRE, fed.city.request(await fed.card("101")))).pages == 1


async def test_mis_08_a_doubt_about_the_seal_refuses_before_and_while_the_paper_is_made(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    doubt = "INSERT INTO issuance.source_doubt VALUES ('092029', 'seal', '101', 'extra', now())"
    once_made(fed.city, monkeypatch, lambda: fed.sync.execute(doubt))
    assert (await refused(fed)).reason == "held_back"
    assert (await refused(fed)).reason == "held_back"
    await fed.sync.execute("DELETE FROM issuance.source_doubt")
    assert (await issue(fed)).pages == 1


async def test_an_image_without_a_size_refuses_and_is_listed(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.sync.execute("UPDATE issuance.seal_registration SET image = 'png', image_sha256 = sha256('png')")
    assert (await refused(fed)).reason == "record_contradicts_itself"
    listed = await fed.city.rows("SELECT item FROM issuance.person_held_back")
    assert listed == [{"item": "seal_registration/image"}]


async def test_mis_17_a_planned_move_refuses_the_holder(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.city.registry.person("101", state="planned_mover")
    await fed.city.project()
    assert (await refused(fed)).reason == "planned_move_out"


async def test_who_left_the_register_gets_none_though_the_seal_is_still_fed(fed: Fed) -> None:
    await fed.register_seal("103", "足利")
    card = await fed.card("103")
    await fed.city.registry.person("103", state="removed")
    await fed.city.registry.household("900", "101")
    await fed.city.project()
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.issue(EVERY_KIND, fed.request(SEAL, card))
    assert (caught.value.code, caught.value.reason) == (RefusalCode.NOT_AVAILABLE, "not_in_issuance_record")


async def test_mis_16_suppression_between_authorisation_and_permit_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    staff = await fed.city.database.connect("staff", CITY)
    suppress = (
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '101', 'staff')"
    )
    once_made(fed.city, monkeypatch, lambda: staff.execute(suppress))
    assert (await refused(fed)).reason == "suppressed"


async def test_mis_09_past_its_age_limit_the_kind_stops_by_itself_and_starts_with_the_next_feed(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.fed("seal", fed.city.clock.now - AGE_LIMIT)
    refusal = await refused(fed)
    assert (refusal.code, refusal.reason) == (RefusalCode.NOT_FRESH, "source_past_age_limit")
    assert (await fed.city.issuing.issue(CENTRE, fed.city.request(await fed.card("101")))).pages == 1
    await fed.fed("seal", fed.city.clock.now - AGE_LIMIT + timedelta(seconds=1))
    assert (await issue(fed)).pages == 1


async def test_mis_09_a_source_nobody_vouches_for_and_one_of_the_future_stop_the_kind(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.fed("seal", fed.city.clock.now + timedelta(seconds=1))
    assert (await refused(fed)).code is RefusalCode.NOT_FRESH
    admin = await fed.city.database.connect()
    await admin.execute("DELETE FROM issuance.source")
    assert (await refused(fed)).code is RefusalCode.NOT_FRESH


async def test_mis_09_a_source_that_grows_too_old_while_the_paper_is_made_refuses(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.fed("seal", fed.city.clock.now - AGE_LIMIT + timedelta(seconds=1))

    async def grow_older() -> None:
        fed.city.clock.advance(seconds=2)

    once_made(fed.city, monkeypatch, grow_older)
    assert (await refused(fed)).code is RefusalCode.NOT_FRESH


async def test_mis_09_every_history_row_says_how_old_its_data_was(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    await issue(fed)
    await fed.city.issuing.issue(CENTRE, fed.city.request(await fed.card("101")))
    now = fed.city.clock.now
    rows = await fed.city.rows(
        "SELECT i.kind, s.source, s.sequence, s.as_of, s.age FROM history.issuance_source AS s "
        "JOIN history.issuance AS i USING (municipality_code, issuance_number) ORDER BY i.kind, s.source"
    )
    hour = timedelta(hours=1)
    assert [tuple(row.values()) for row in rows] == [
        ("resident_record", "registry", None, now, timedelta(0)),
        ("seal_registration", "registry", None, now, timedelta(0)),
        ("seal_registration", "seal", 1, now - hour, hour),
    ]


async def test_o1_another_persons_seal_on_sound_paper_is_quarantined(fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    await fed.register_seal("101", "足利太郎")
    await fed.register_seal("102", "足利花子")
    theirs: list[Any] = []
    make = fed.city.environment.paper.make

    async def made_with_another_seal(sealed: Any) -> Any:
        if not theirs:
            theirs.append(sealed.snapshot)
            return await make(sealed)
        snapshot = replace(sealed.snapshot, registered_seal=theirs[0].registered_seal)
        return await make(replace(sealed, snapshot=snapshot))

    monkeypatch.setattr(fed.city.environment.paper, "make", made_with_another_seal)
    await issue(fed, "102")
    assert (await refused(fed)).code is RefusalCode.CLOSED
    causes = await fed.city.rows("SELECT cause FROM issuance.quarantine")
    assert causes == [{"cause": "SnapshotMismatch"}]
    stops = await fed.city.rows("SELECT kind, cause FROM issuance.service_stop")
    assert stops == [{"kind": "seal_registration", "cause": "mismatch"}]


async def test_o1_a_snapshot_of_another_seal_is_caught_by_the_second_derivation(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed.register_seal("101", "足利太郎")
    other = await fed.register_seal("102", "足利花子")
    read = seals.registration_of

    async def with_another_image(*arguments: Any) -> Any:
        seal = await read(*arguments)
        assert seal is not None
        return replace(seal, image=other, image_sha256=sha256(other).digest())

    monkeypatch.setattr(seals, "registration_of", with_another_image)
    assert (await refused(fed)).code is RefusalCode.CLOSED
    assert await fed.city.rows("SELECT cause FROM issuance.quarantine") == [{"cause": "PersonDiffers"}]


async def test_the_menu_offers_the_kinds_that_may_be_had_now(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    card = await fed.card("101")
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-1", CITY, TERMINAL, card))
    assert [(kind.kind, kind.fee_yen, kind.persons) for kind in menu.kinds[1:]] == [(SEAL, 200, ())]
    await fed.delete_seal("101")
    menu = await fed.city.issuing.menu(EVERY_KIND, MenuRequest("menu-2", CITY, TERMINAL, card))
    assert [kind.kind for kind in menu.kinds] == [Kind.RESIDENT_RECORD]


async def test_a_caller_that_may_not_ask_for_the_kind_is_refused(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    with pytest.raises(Refusal) as caught:
        await fed.city.issuing.issue(CENTRE, fed.request(SEAL, await fed.card("101")))
    assert caught.value.code is RefusalCode.NOT_YOUR_CITY


async def test_the_paper_is_one_page_with_number_and_count(fed: Fed) -> None:
    await fed.register_seal("101", "足利太郎")
    [page] = pages_of((await issue(fed)).content)
    assert "1/1" in page
