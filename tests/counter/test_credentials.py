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
EARLIER = ("--earlier-serial", "7001", "--earlier-issuer-key-id", ISSUER)


async def test_a_renewed_card_takes_the_place_of_the_old_one_and_the_act_is_kept(
    ashikaga: City, counter: Counter
) -> None:
    old = await ashikaga.credential("101", "7001")
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2090)
    done = counter("credential", "renew", *NEW, *EARLIER, "--person-number", "101", *WHO)
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
    done = counter("credential", "stop", *OLD, *WHO)
    assert (done.returncode, "register it with kiosk credential renew" in done.stdout) == (0, True)
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2090)
    assert await code_of(ashikaga, card) is RefusalCode.NOT_IDENTIFIED
    acts = await ashikaga.rows("SELECT act, person_number FROM history.staff_act")
    assert acts == [{"act": "credential_stopped", "person_number": "101"}]


async def test_a_renewal_that_cannot_be_registered_stops_nothing(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.credential("102", "7002")
    done = counter("credential", "renew", *NEW, *EARLIER, "--person-number", "101", *WHO)
    assert (done.returncode, "have a new certificate issued" in done.stderr) == (NOT_DONE, True)
    ashikaga.clock.now = ashikaga.clock.now.replace(year=2090)
    assert await code_of(ashikaga, card) is None
    assert await ashikaga.rows("SELECT act FROM history.staff_act") == []


async def renewed_wrong(city: City, counter: Counter, *told: str) -> str:
    """What a refused renewal says. It changes nothing: no certificate, no act."""
    before = await city.rows("SELECT serial, person_number, revoked_at FROM issuance.credential ORDER BY serial")
    done = counter("credential", "renew", *NEW, *told, *WHO)
    assert done.returncode == NOT_DONE
    assert (
        await city.rows("SELECT serial, person_number, revoked_at FROM issuance.credential ORDER BY serial") == before
    )
    assert await city.rows("SELECT act FROM history.staff_act") == []
    return done.stderr


@pytest.mark.parametrize("mistyped", ["102", "999"])
async def test_a_wrong_digit_of_the_person_number_links_no_card_to_somebody_else(
    ashikaga: City, counter: Counter, mistyped: str
) -> None:
    await ashikaga.credential("101", "7001")
    await ashikaga.credential("102", "7005")
    said = await renewed_wrong(ashikaga, counter, *EARLIER, "--person-number", mistyped)
    assert "is not that of this person number" in said


async def test_an_earlier_certificate_that_nobody_has_renews_nothing(ashikaga: City, counter: Counter) -> None:
    said = await renewed_wrong(ashikaga, counter, *EARLIER, "--person-number", "101")
    assert "is not registered" in said


async def test_an_earlier_certificate_is_named_whole(ashikaga: City, counter: Counter) -> None:
    await ashikaga.credential("101", "7001")
    said = await renewed_wrong(ashikaga, counter, "--earlier-serial", "7001", "--person-number", "101")
    assert "Give both" in said


async def test_who_ever_had_a_certificate_is_not_taken_from_a_typed_number(ashikaga: City, counter: Counter) -> None:
    await ashikaga.credential("101", "7001")
    assert counter("credential", "stop", *OLD, *WHO).returncode == 0
    done = counter("credential", "renew", *NEW, "--person-number", "101", *WHO)
    assert (done.returncode, "name it with --earlier-serial" in done.stderr) == (NOT_DONE, True)
    assert counter("credential", "renew", *NEW, *EARLIER, "--person-number", "101", *WHO).returncode == 0


@pytest.mark.parametrize("earlier", [(), EARLIER], ids=["the first", "a later one"])
async def test_a_certificate_is_registered_for_nobody_outside_the_issuance_record(
    ashikaga: City, counter: Counter, earlier: tuple[str, ...]
) -> None:
    if earlier:
        await ashikaga.credential("999", "7001")
    said = await renewed_wrong(ashikaga, counter, *earlier, "--person-number", "999")
    assert "Nobody of this person number" in said


async def test_a_phone_is_registered_by_the_card_of_its_bearer_which_stays(ashikaga: City, counter: Counter) -> None:
    card = await ashikaga.credential("101", "7001")
    told = (*NEW, *EARLIER, "--bearer", "android", "--person-number", "101")
    done = counter("credential", "renew", *told, *WHO)
    assert (done.returncode, "stopped: 0" in done.stdout) == (0, True), done.stderr
    assert await code_of(ashikaga, card) is None


@pytest.mark.parametrize(("serial", "issuer"), [("007", ISSUER), ("7", ISSUER.upper()), ("7;", ISSUER)])
def test_a_certificate_has_one_spelling(counter: Counter, serial: str, issuer: str) -> None:
    done = counter("credential", "stop", "--serial", serial, "--issuer-key-id", issuer, *WHO)
    assert (done.returncode, "decimal without leading zeros" in done.stderr) == (NOT_DONE, True)


def test_a_pin_is_unlocked_by_the_one_spelling_too(counter: Counter) -> None:
    done = counter("pin", "unlock", "--serial", "007", "--issuer-key-id", ISSUER, *WHO)
    assert (done.returncode, "decimal without leading zeros" in done.stderr) == (NOT_DONE, True)


async def test_a_certificate_of_tomorrow_is_usable_from_midnight_in_japan(ashikaga: City, counter: Counter) -> None:
    done = counter("credential", "renew", *NEW, "--person-number", "101", "--from-tomorrow", *WHO)
    assert done.returncode == 0, done.stderr
    rows = await ashikaga.rows(
        "SELECT usable_from AT TIME ZONE 'Asia/Tokyo' AS local, usable_from FROM issuance.credential"
    )
    (row,) = rows
    assert f"{row['local']:%H:%M:%S}" == "00:00:00"
