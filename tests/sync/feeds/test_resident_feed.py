"""A resident register of another system writes the issuance record by its files; who cannot be told for certain is held back with their household."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import pytest

from civil.clock import utc_now
from sync import Projection, Reconciler
from sync.errors import ResidentsFromFiles
from sync.feeds import FileRefused, Receipt, apply_file, compare_source
from tests.servers import Database
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY, registry
from tests.sync.resident_source import EMPTY, ITEMS, Resident, ResidentSource
from tests.sync.seal_source import BEGINS, KEY

LATER = BEGINS + timedelta(days=30)
HEAD, WIFE, CHILD = Resident("101"), Resident("102", order=2), Resident("103", order=3)
ALONE = Resident("201", "901")
TABLE = example("resident")


@dataclass(slots=True)
class Register:
    """The source, and our side."""

    sync: asyncpg.Connection
    admin: asyncpg.Connection
    source: ResidentSource = field(default_factory=ResidentSource)

    async def take(self, content: bytes) -> Receipt:
        return await apply_file(self.sync, CITY, io.BytesIO(content), LATER)

    async def take_rows(self, kind: str, *residents: Resident) -> Receipt:
        """As another system writes it, by the example table; it sets records aside."""
        return await self.take_actions(kind, [("1", one) for one in residents])

    async def take_actions(self, kind: str, told: Sequence[tuple[str, Resident]]) -> Receipt:
        """As `take_rows`, each with its action: 1 is there, 9 no longer."""
        head = {
            "layout": kind,
            "municipality_code": CITY,
            "file_number": str(self.source.number),
            "as_of": f"{self.source.as_of + timedelta(hours=9):%Y%m%d%H%M%S}",
        }
        rows = [
            {
                "action": action, "municipality_code": CITY, "person_number": one.person_number,
                **{
                    item: text.replace("-", "") if item.endswith("_on") else text
                    for item, text in zip(ITEMS, one.texts(), strict=True)
                    if action == "1"
                },
            }
            for action, one in told
        ]  # fmt: skip
        return await apply_file(self.sync, CITY, io.BytesIO(file(TABLE, head, rows)), LATER, TABLE)

    async def column(self, query: str) -> dict[str, object]:
        return {row[0]: row[1] for row in await self.admin.fetch(query)}

    async def residents(self) -> dict[str, object]:
        return await self.column("SELECT person_number, household_number FROM issuance.resident_key")

    async def names(self) -> dict[str, object]:
        return await self.column("SELECT person_number, name FROM issuance.resident_record")

    async def held(self) -> dict[str, object]:
        return await self.column("SELECT person_number, item FROM issuance.person_held_back")

    async def sequences(self) -> dict[str, tuple[int, int]]:
        await self.admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
        rows = await self.admin.fetch(
            "SELECT k.person_number, k.person_sequence, k.household_sequence, p.last_sequence, h.last_sequence AS of_household "
            "FROM issuance.resident_key AS k "
            "JOIN issuance.freshness AS p ON p.municipality_code = k.municipality_code AND p.subject = 'person' AND p.number = k.person_number "
            "JOIN issuance.freshness AS h ON h.municipality_code = k.municipality_code AND h.subject = 'household' AND h.number = k.household_number"
        )
        assert all(row["person_sequence"] == row["last_sequence"] for row in rows)
        assert all(row["household_sequence"] == row["of_household"] for row in rows)
        return {row["person_number"]: (row["person_sequence"], row["household_sequence"]) for row in rows}


@pytest.fixture(params=["in one go", "in parts"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are read into a table first; what comes of them is the same."""
    if request.param == "in parts":
        monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", 0)


@pytest.fixture
async def register(database: Database) -> Register:
    return Register(await database.connect("sync"), await database.connect())


@pytest.fixture
async def city(register: Register) -> Register:
    assert (await register.take(register.source.full(HEAD, WIFE, CHILD, ALONE))).changed == 4
    return register


@pytest.mark.usefixtures("way_of_reading")
async def test_a_full_file_begins_and_differences_go_on(register: Register) -> None:
    source = register.source
    assert (await register.take(source.full(HEAD, WIFE, CHILD, ALONE))).changed == 4
    assert (await register.take(source.set(CHILD.changed(name="足利　改名"), Resident("202", "901", 2)))).changed == 2
    assert (await register.take(source.delete("102"))).changed == 1
    assert await register.residents() == {"101": "900", "103": "900", "201": "901", "202": "901"}
    assert (await register.names())["103"] == "足利　改名"
    assert (await register.take(source.full(HEAD, ALONE))).changed == 2
    assert set(await register.residents()) == {"101", "201"}


async def test_every_item_is_kept_as_it_was_told(register: Register) -> None:
    other = {item: f"{item}の文" for item in ITEMS if item.endswith(("name", "surname", "furigana", "alias", "address", "period", "category", "status", "number", "move", "nationality", "domicile", "registrant", "relationship"))}  # fmt: skip
    for item in ("household_number", "address_notified_on"):
        other.pop(item, None)
    dates = {item: "2001-02-03" for item in ITEMS if item.endswith("_on")}
    told = Resident("7").changed(**{**other, **dates, "sex": "2", "suppressed": "1"})
    await register.take(register.source.full(told))
    held = await compare_source(register.sync, CITY, io.BytesIO(register.source.keys()), KEY, LATER)
    assert held.differences.is_equal
    row = await register.admin.fetchrow(
        "SELECT name, previous_address, article_30_45 ->> 'period' AS period FROM issuance.resident_record"
    )
    assert row is not None
    assert tuple(row) == ("nameの文", "previous_addressの文", "residence_periodの文")


async def test_whom_a_file_changes_moves_and_so_does_their_household_alone(city: Register) -> None:
    before = await city.sequences()
    await city.take(city.source.set(WIFE.changed(furigana="ハナコ")))
    after = await city.sequences()
    assert after["102"] == (before["102"][0] + 1, before["102"][1] + 1)
    assert after["101"] == (before["101"][0], before["101"][1] + 1)
    assert after["201"] == before["201"]
    assert (await city.take(city.source.full())).changed == 0
    assert await city.sequences() == after


async def test_a_record_that_stands_at_other_sequences_is_written_anew(city: Register) -> None:
    await city.admin.execute("UPDATE issuance.resident_key SET person_sequence = 7 WHERE person_number = '101'")
    assert (await city.take(city.source.set(HEAD))).changed == 1
    assert set(await city.sequences()) == {"101", "102", "103", "201"}


async def test_who_moves_to_another_household_moves_both(city: Register) -> None:
    before = await city.sequences()
    await city.take(city.source.set(Resident("103", "901", 2)))
    after = await city.sequences()
    assert {person: after[person][1] - before[person][1] for person in ("101", "102", "201")} == dict.fromkeys(
        ("101", "102", "201"), 1
    )


async def test_mis_08_who_was_removed_and_comes_back_has_another_sequence(city: Register) -> None:
    before = (await city.sequences())["201"]
    await city.take(city.source.delete("201"))
    await city.take(city.source.set(ALONE))
    after = (await city.sequences())["201"]
    assert after[0] > before[0]
    assert after[1] > before[1]


async def test_a_protective_measure_is_set_lifted_and_outlives_the_removal(city: Register) -> None:
    async def suppressed() -> dict[str, object]:
        return await city.column("SELECT person_number, source FROM issuance.suppression")

    await city.take(city.source.set(WIFE.changed(suppressed="1"), ALONE.changed(suppressed="1")))
    assert await suppressed() == {"102": "feed", "201": "feed"}
    await city.take(city.source.set(WIFE))
    await city.take(city.source.delete("201"))
    assert await suppressed() == {"201": "feed"}


WRONG: dict[str, tuple[Callable[[ResidentSource], bytes], str]] = {
    "a resident twice": (lambda s: s.difference([("set", "101", *HEAD.texts())] * 2), "person_number"),
    "a deletion of nobody": (lambda s: s.delete("999"), "person_number"),
    "content of a deletion": (lambda s: s.difference([("delete", "101", *HEAD.texts())]), "household_number"),
    "no household": (lambda s: s.set(HEAD.changed(household_number="")), "household_number"),
    "no name": (lambda s: s.set(HEAD.changed(name="")), "name"),
    "a lost character": (lambda s: s.set(HEAD.changed(name="足利　〓郎")), "name"),
    "no birth": (lambda s: s.set(HEAD.changed(birth_on="")), "birth_text"),
    "a status without a category": (lambda s: s.set(HEAD.changed(residence_status="永住者")), "article_30_45_category"),
    "a day without a category": (lambda s: s.set(HEAD.changed(residence_expires_on="2030-01-01")), "article_30_45_category"),
    "no such sex": (lambda s: s.set(HEAD.changed(sex="3")), "sex"),
    "a place that is no number": (lambda s: s.set(HEAD.changed(member_order="1000")), "member_order"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_bad_file_is_refused_whole_with_its_place(city: Register, wrong: str) -> None:
    make, item = WRONG[wrong]
    with pytest.raises(FileRefused) as refused:
        await city.take(make(city.source))
    assert refused.value.item == item
    assert set(await city.residents()) == {"101", "102", "103", "201"}


async def test_a_city_of_our_own_registry_takes_no_residents_from_files(database: Database, register: Register) -> None:
    own = await registry(database)
    await own.family("900", "101")
    with pytest.raises(FileRefused) as refused:
        await register.take(register.source.full(ALONE))
    assert refused.value.item == "layout"
    assert await register.residents() == {}


async def test_a_household_with_somebody_who_cannot_be_read_is_held_back_whole_until_it_can(city: Register) -> None:
    source = city.source
    source.number = 1
    assert (await city.take_rows("2", WIFE.changed(name="足利　〓子"))).aside == 1
    assert await city.held() == dict.fromkeys(("101", "102", "103"), "household_member")
    assert (await city.names())["102"] == "足利　102"
    source.number = 2
    await city.take_rows("2", CHILD)
    assert set(await city.held()) == {"101", "102", "103"}
    source.number = 3
    assert (await city.take_rows("2", WIFE.changed(furigana="ハナコ"))).aside == 0
    assert await city.held() == {}


@pytest.mark.parametrize("household", ["", "９００", "九"])
async def test_a_record_whose_household_cannot_be_read_refuses_the_file_and_holds_back_nobody(
    city: Register, household: str
) -> None:
    city.source.number = 1
    with pytest.raises(FileRefused) as refused:
        await city.take_rows("2", CHILD.changed(furigana="イ"), WIFE.changed(name="〓", household_number=household))
    assert (refused.value.item, await city.held()) == ("household_number", {})
    assert await city.admin.fetchval("SELECT count(*) FROM issuance.feed_set_aside") == 0


async def test_who_cannot_be_read_holds_back_the_household_left_and_the_one_joined_and_ends_wherever_sound(
    city: Register,
) -> None:
    source = city.source
    source.number = 1
    await city.take_rows("2", Resident("103", "901", 2).changed(name="〓"))
    assert set(await city.held()) == {"101", "102", "103", "201"}
    source.number = 2
    await city.take_rows("2", CHILD)
    assert await city.held() == {}
    assert (await city.residents())["103"] == "900"


async def test_a_full_file_keeps_and_holds_back_whom_it_has_unreadable_and_ends_what_it_has_sound(
    city: Register,
) -> None:
    source = city.source
    source.number = 5
    await city.take_rows("1", HEAD, WIFE, CHILD.changed(name="〓"), ALONE)
    assert (set(await city.residents()), set(await city.held())) == (
        {"101", "102", "103", "201"},
        {"101", "102", "103"},
    )
    source.number = 6
    assert (await city.take_rows("1", HEAD, WIFE, ALONE)).aside == 0
    assert (set(await city.residents()), await city.held()) == ({"101", "102", "201"}, {})


async def test_a_newborn_who_cannot_be_read_holds_back_the_family_until_read_or_deleted(city: Register) -> None:
    city.source.number = 1
    await city.take_rows("2", Resident("104", "900", 4).changed(name="〓"))
    assert set(await city.held()) == {"101", "102", "103"}
    assert (await city.take(city.source.delete("104"))).result == "applied"
    assert await city.held() == {}


@pytest.mark.parametrize(
    "change",
    [WIFE.changed(is_head="1"), WIFE.changed(head_name="足利　他人"), HEAD.changed(is_head="0")],
    ids=["two heads", "two names of the head", "no head"],
)
async def test_a_household_that_contradicts_itself_is_held_back_until_it_does_not(
    city: Register, change: Resident
) -> None:
    await city.take(city.source.set(change))
    assert await city.held() == dict.fromkeys(("101", "102", "103"), "head_name")
    await city.take(city.source.set(HEAD, WIFE))
    assert await city.held() == {}


async def test_mis_08_who_differs_from_the_list_is_held_back_for_every_kind_until_equal(city: Register) -> None:
    source = city.source

    async def compared() -> dict[str, object]:
        await compare_source(city.sync, CITY, io.BytesIO(source.keys()), KEY, LATER)
        return await city.column("SELECT person_number, difference FROM issuance.source_doubt")

    assert await compared() == {}
    told = dict(source.holds)
    source.holds = {
        "101": HEAD.changed(address="栃木県足利市通二丁目"),
        "102": WIFE,
        "201": ALONE,
        "301": Resident("301", "902"),
    }
    assert await compared() == {"101": "different", "103": "extra", "301": "missing"}
    assert await city.held() == dict.fromkeys(("101", "103", "301"), "resident_list")
    source.holds = told
    assert await compared() == {}
    assert await city.held() == {}


async def test_mis_07_a_file_waits_for_a_permit_about_anybody_of_the_household(
    database: Database, city: Register
) -> None:
    front = await database.connect("front", CITY)
    content = city.source.set(CHILD.changed(furigana="ハナコ"))
    async with front.transaction():
        await front.execute("SELECT shared.lock_subjects_for_permit($1, ARRAY['person'], ARRAY['102'])", CITY)
        await city.sync.execute("SET lock_timeout = '200ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await city.take(content)
    await city.sync.execute("SET lock_timeout = 0")
    assert (await city.take(content)).result == "applied"


async def test_the_projection_and_its_comparison_leave_a_city_alone_whose_residents_come_in_files(
    database: Database, city: Register
) -> None:
    await city.take(city.source.set(WIFE.changed(is_head="1")))
    held = await city.held()
    projection = Projection(database.dsn("sync"), [CITY], utc_now)
    await projection.catch_up()
    await projection.rebuild()
    assert len(await city.residents()) == 4
    reconciler = Reconciler(await database.connect("sync"), CITY, utc_now)
    for comparing in (reconciler.whole_city(), reconciler.persons(["101"])):
        with pytest.raises(ResidentsFromFiles):
            await comparing
    assert await city.held() == held != {}


def test_the_example_has_every_item() -> None:
    ((_, line),) = TABLE.records
    assert {column.item for column in line.columns} >= {"action", "person_number", *EMPTY}
