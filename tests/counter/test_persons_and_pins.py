"""Holding somebody back, and PINs at the counter."""

import asyncpg
import pytest

from cardauth import UserCertificate
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.counter.conftest import Counter
from tests.issuing.city import CENTRE, ISSUER, City
from tests.sync.registry_rows import CITY

WHO = ("--by", "足利　花子", "--reason", "運転免許証で確認")
CARD = ("--serial", "7001", "--issuer-key-id", ISSUER)


async def code_of(city: City, credential: UserCertificate) -> RefusalCode | None:
    try:
        await city.issuing.issue(CENTRE, city.request(credential))
    except Refusal as refusal:
        return refusal.code
    return None


async def test_nobody_held_back_is_issued_until_the_hold_is_lifted(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    assert counter("hold", "set", "103", *WHO).returncode == 0
    assert counter("hold", "set", "103", *WHO).returncode == NOT_DONE
    assert await code_of(ashikaga, card) is RefusalCode.NOT_AVAILABLE
    assert "doubt" in counter("hold", "list").stdout
    assert counter("hold", "lift", "103", *WHO).returncode == 0
    assert await code_of(ashikaga, card) is None
    acts = await ashikaga.rows("SELECT act, person_number, concerns FROM history.staff_act ORDER BY act_id")
    assert [tuple(act.values()) for act in acts] == [("person_held", "103", None), ("person_released", "103", None)]


async def test_staff_cannot_invent_what_the_pipeline_finds(ashikaga: City) -> None:
    staff = await ashikaga.database.connect("staff", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("INSERT INTO issuance.person_held_back VALUES ($1, '101', 'character', 'name')", CITY)


async def test_a_pin_is_changed_and_a_lock_is_lifted_at_the_counter(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    assert counter("pin", "register", *CARD, *WHO, given="4321\n").returncode == NOT_DONE
    assert counter("pin", "register", "--change", *CARD, *WHO, given="4321\n").returncode == 0
    for _ in range(3):
        assert await code_of(ashikaga, card) is RefusalCode.NOT_IDENTIFIED
    right = UserCertificate(ISSUER, "7001", "4321")
    assert await code_of(ashikaga, right) is RefusalCode.NOT_IDENTIFIED
    assert "Unlocked" in counter("pin", "unlock", *CARD, *WHO).stdout
    assert await code_of(ashikaga, right) is None
    acts = await ashikaga.rows("SELECT act, person_number, reason FROM history.staff_act ORDER BY act_id")
    assert [(act["act"], act["person_number"]) for act in acts] == [("pin_changed", "101"), ("pin_unlocked", "101")]
    assert "4321" not in str(acts)


async def test_a_pin_is_taken_away_at_the_counter_until_another_is_registered(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    assert counter("pin", "stop", *CARD, *WHO).returncode == 0
    assert await code_of(ashikaga, card) is RefusalCode.NOT_IDENTIFIED
    assert counter("pin", "stop", *CARD, *WHO).returncode == NOT_DONE
    assert counter("pin", "register", *CARD, *WHO, given=f"{card.pin}\n").returncode == 0
    assert await code_of(ashikaga, card) is None


async def test_a_stopped_card_gets_no_pin(ashikaga: City, counter: Counter) -> None:
    await ashikaga.credential("101", "7001")
    assert counter("credential", "stop", *CARD, *WHO).returncode == 0
    assert counter("credential", "stop", *CARD, *WHO).returncode == NOT_DONE
    assert counter("pin", "register", "--change", *CARD, *WHO, given="4321\n").returncode == NOT_DONE


@pytest.mark.parametrize("given", ["432\n", "４３２１\n", "abcd\n", ""])
def test_what_is_no_pin_is_refused_and_not_repeated(counter: Counter, given: str) -> None:
    done = counter("pin", "register", *CARD, *WHO, given=given)
    assert done.returncode == NOT_DONE
    assert given == "" or given.strip() not in done.stdout + done.stderr


def test_a_pin_is_no_argument(counter: Counter) -> None:
    assert counter("pin", "register", *CARD, *WHO, "--pin", "4321").returncode == NOT_DONE


def test_a_card_nobody_has_gets_no_pin(counter: Counter) -> None:
    done = counter("pin", "register", "--serial", "1", "--issuer-key-id", ISSUER, *WHO, given="4321\n")
    assert done.returncode == NOT_DONE
