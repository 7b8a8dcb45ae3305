"""Renewed and stopped certificates at the counter."""

import pytest

from cardauth import UserCertificate, hash_pin
from issuance_db.pins import register_pin
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.issuing.refusal import RefusalCode
from tests.counter.conftest import Counter
from tests.counter.test_persons_and_pins import code_of
from tests.issuing.city import ISSUER, PIN, City
from tests.sync.registry_rows import CITY

WHO = ("--by", "足利　花子", "--reason", "窓口で更新")
OLD = ("--serial", "7001", "--issuer-key-id", ISSUER)
NEW = ("--serial", "7002", "--issuer-key-id", ISSUER)


async def test_a_renewed_card_takes_the_place_of_the_old_one_and_the_act_is_kept(
    ashikaga: City, counter: Counter
) -> None:
    old = await ashikaga.credential("101", "7001")
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2027)
    done = counter("credential", "renew", *NEW, "--person-number", "101", *WHO)
    assert (done.returncode, "stopped: 1" in done.stdout) == (0, True), done.stderr
    renewed = UserCertificate(ISSUER, "7002", PIN)
    staff = await ashikaga.database.connect("staff", CITY)
    await register_pin(staff, hash_pin(ashikaga.environment.keys, CITY, renewed))
    assert await code_of(ashikaga, old) is RefusalCode.NOT_IDENTIFIED
    assert await code_of(ashikaga, renewed) is None
    acts = await ashikaga.rows("SELECT act, person_number FROM history.staff_act")
    assert acts == [{"act": "credential_renewed", "person_number": "101"}]


async def test_a_stopped_card_stops_at_once(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    assert counter("credential", "stop", *NEW, *WHO).returncode == NOT_DONE
    assert counter("credential", "stop", *OLD, *WHO).returncode == 0
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2027)
    assert await code_of(ashikaga, card) is RefusalCode.NOT_IDENTIFIED
    acts = await ashikaga.rows("SELECT act, person_number FROM history.staff_act")
    assert acts == [{"act": "credential_stopped", "person_number": "101"}]


async def test_a_renewal_that_cannot_be_registered_stops_nothing(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.credential("102", "7002")
    assert counter("credential", "renew", *NEW, "--person-number", "101", *WHO).returncode == NOT_DONE
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2027)
    assert await code_of(ashikaga, card) is None
    assert await ashikaga.rows("SELECT act FROM history.staff_act") == []


@pytest.mark.parametrize(("serial", "issuer"), [("007", ISSUER), ("7", ISSUER.upper()), ("7;", ISSUER)])
def test_a_certificate_has_one_spelling(counter: Counter, serial: str, issuer: str) -> None:
    done = counter("credential", "stop", "--serial", serial, "--issuer-key-id", issuer, *WHO)
    assert (done.returncode, "lower-case hex" in done.stderr) == (NOT_DONE, True)


async def test_a_certificate_of_tomorrow_is_usable_from_midnight_in_japan(ashikaga: City, counter: Counter) -> None:
    done = counter("credential", "renew", *NEW, "--person-number", "101", "--from-tomorrow", *WHO)
    assert done.returncode == 0, done.stderr
    rows = await ashikaga.rows(
        "SELECT usable_from AT TIME ZONE 'Asia/Tokyo' AS local, usable_from FROM issuance.credential"
    )
    (row,) = rows
    assert f"{row['local']:%H:%M:%S}" == "00:00:00"
