"""The projection of what the registry's own faces write, not of rows made for a test."""

from datetime import date

from civil.check_digits import my_number, resident_code
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from keys.purpose import Purpose
from keys.secret_key import KEY_BYTES, SecretKey
from reconcile import Comparison
from registry.residents import (
    IncomingPerson,
    PersonRecord,
    RegistryKeys,
    ResidentEvent,
    blind_index,
    load_initial,
    record_event,
)
from sync import Progress, Projection, compare_with_registry
from tests.servers import Database
from tests.sync.conftest import NOW, IssuanceRecords
from tests.sync.registry_rows import CITY

_KEYS = RegistryKeys(
    SecretKey(Purpose.MY_NUMBER, 1, b"1" * KEY_BYTES), SecretKey(Purpose.MY_NUMBER_INDEX, 1, b"2" * KEY_BYTES)
)
_MY_NUMBER = my_number("12345678901")


def _incoming(number: int, relationship: str) -> IncomingPerson:
    record = PersonRecord(
        person_number=str(number), household_number="50", resident_code=resident_code(f"{number:010d}"),
        name=f"足利　{number}", birth=RecordedDate.exact(date(1980, 4, number % 10 + 1)), sex=Sex.FEMALE,
        address="栃木県足利市本城三丁目２１４５番地", building="市役所", relationship=relationship,
        domicile="栃木県足利市本城三丁目２１４５番地", first_registrant="足利　太郎",
        resident_since=RecordedDate.exact(date(2000, 1, 1)),
    )  # fmt: skip
    return IncomingPerson(record, _MY_NUMBER if number == 1001 else None)


async def test_a_loaded_city_a_new_name_of_the_head_and_a_death_reach_f6(
    database: Database, projection: Projection, f6: IssuanceRecords
) -> None:
    office = await database.connect("registry")
    family = [_incoming(1001, "世帯主"), _incoming(1002, "子"), _incoming(1003, "子")]
    await load_initial(office, CITY, family, _KEYS, operator="o", place="p", now=NOW)
    assert await projection.catch_up() == Progress(changed=3)
    loaded = (await f6.read())["1001"]
    assert (loaded["address"], loaded["my_number_index"]) == (
        family[0].record.full_address,
        blind_index(_KEYS, _MY_NUMBER),
    )

    today = RecordedDate.exact(date(2026, 11, 23))
    renamed = ResidentEvent(kind="MI", occurred=today, changes={"1001": {"name": "足利　改"}})
    await record_event(office, CITY, renamed, operator="o", place="p", now=NOW)
    died = ResidentEvent(kind="DE", occurred=today, notified_on=today.on, changes={"1003": {}})
    await record_event(office, CITY, died, operator="o", place="p", now=NOW)
    assert await projection.catch_up() == Progress(changed=2, removed=1)
    assert {number: row["head_name"] for number, row in (await f6.read()).items()} == {
        "1001": "足利　改",
        "1002": "足利　改",
    }

    sync = await database.connect("sync", CITY)
    async with sync.transaction():
        assert await compare_with_registry(sync) == Comparison((), (), ())
