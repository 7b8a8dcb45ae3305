"""Files of the seal register at the command line: what a person reads, and the exit codes a scheduler sees."""

import csv
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from civil.calendar import JST
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.sources.names import WEEKDAY_CODES
from sync.feeds import apply_file, compare_source
from sync.feeds.layout_tables import examples
from tests.cli.command import kiosk
from tests.servers import Database
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file, zipped
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource
from tests.sync.seal_source import KEY, Seal, SealSource

ONE, TWO = Seal("0000000101", "A-1"), Seal("0000000102", "A-2")


class Office:
    """Runs `kiosk feed` on one database."""

    def __init__(self, database: Database, directory: Path) -> None:
        self._database = database
        self._directory = directory
        self.key = directory / "feed-key"
        self.key.write_text(KEY.material.hex(), encoding="ascii")
        self.key.chmod(0o600)

    def feed(self, command: str, *arguments: str | Path, role: str = "sync", **settings: str) -> tuple[int, str]:
        where = ("--database-url", self._database.dsn(role), "--municipality-code", CITY)
        done = kiosk("feed", command, *arguments, *where, KIOSK_FEED_KEY_FILE=str(self.key), **settings)  # type: ignore[arg-type] # settings are texts
        return done.returncode, done.stdout + done.stderr

    def status(self, *more: str) -> list[str]:
        """What `kiosk sync status` says, line by line."""
        where = ("--database-url", self._database.dsn("staff"), "--municipality-code", CITY)
        return kiosk("sync", "status", *more, *where).stdout.splitlines()

    def file(self, name: str, content: bytes) -> Path:
        path = self._directory / name
        path.write_bytes(content)
        return path


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


@pytest.fixture
def source() -> SealSource:
    return SealSource(begins=datetime.now(UTC) - timedelta(hours=20))


def test_mis_08_a_day_at_the_office(office: Office, source: SealSource) -> None:
    full = office.file("0.csv", source.full(ONE, TWO))
    lost, after = office.file("1.csv", source.delete("0000000101")), office.file("2.csv", source.change("0000000102"))
    assert office.feed("status", role="staff") == (0, "まだ何も適用していません。 / Nothing was applied yet.\n")
    code, said = office.feed("apply", full, after)
    assert (code, "待ちます。先に1番が必要です。" in said) == (ANSWER_IS_NO, True)
    code, said = office.feed("apply", full, lost, after)
    assert (code, "適用済みです。" in said, "変更1件" in said) == (0, True, True)
    source.seals["0000000103"] = Seal("0000000103", "A-3")
    code, said = office.feed("reconcile", office.file("keys.csv", source.keys()))
    assert code == ANSWER_IS_NO
    assert "連携元 / at the source 2、当方 / here 1" in said
    assert "当方にない / at the source, and not here: 1\n    0000000103" in said
    code, said = office.feed("status", role="staff")
    assert (code, "照合で違いのある人 / persons in doubt: 1" in said) == (0, True)
    del source.seals["0000000103"]
    code, said = office.feed("reconcile", office.file("keys.csv", source.keys()))
    assert (code, "一致しました。" in said, "1人の停止を解きました。" in said) == (0, True, True)


def test_mis_09_a_source_past_its_limit_is_told(office: Office, source: SealSource) -> None:
    by = ("--by", "足利　花子", "--reason", "夜間のファイルが遅れる")
    code, said = office.feed("limit", "seal", "19", *by, role="staff")
    assert (code, "全件ファイルを適用" in said) == (NOT_DONE, True)
    office.feed("apply", office.file("0.csv", source.full(ONE)))
    assert office.feed("status", role="staff")[0] == 0
    assert office.feed("limit", "seal", "19", *by, role="staff")[0] == 0
    code, said = office.feed("status", role="staff")
    assert (code, "期限切れ" in said) == (ANSWER_IS_NO, True)
    every_day = [f"{datetime.now(JST) - timedelta(days=day):%Y-%m-%d}" for day in range(3)]
    rest = [word for day in every_day for word in ("--rest", day)]
    code, said = office.feed("limit", "seal", "19", *rest, *by, role="staff")
    assert (code, "有効" in said, every_day[0] in said) == (0, True, True)
    assert office.feed("limit", "seal", "19", *by, role="staff")[1] == said
    code, said = office.feed("limit", "seal", "19", "--rest", "none", *by, role="staff")
    assert (code, "期限切れ" in said) == (0, True)
    assert office.feed("limit", "seal", "19", "--rest", "日曜", *by, role="staff")[0] != 0
    no_day_left = [word for day in WEEKDAY_CODES for word in ("--rest", day)]
    code, said = office.feed("limit", "seal", "19", *no_day_left, *by, role="staff")
    assert (code != 0, "7日すべては不可" in said) == (True, True)


def test_a_clerk_reads_ten_lines_and_what_to_do_for_what_is_not_well(office: Office, source: SealSource) -> None:
    began = datetime.now(UTC) - timedelta(hours=20)
    residents = ResidentSource(begins=began)
    office.feed("apply", office.file("0.csv", source.full(ONE)), office.file("1.csv", residents.full(Resident("101"))))
    lines = office.status()
    assert len(lines) <= 10
    assert lines[0].startswith("すべて良好です。")
    assert all(line.startswith("良好") for line in lines[1:])
    assert [line for line in lines if "seal " in line] == [line for line in lines if "resident " in line]
    office.feed("limit", "seal", "19", "--by", "足利　花子", "--reason", "試験", role="staff")
    lines = office.status()
    assert len(lines) <= 10
    (place,) = (number for number, line in enumerate(lines) if line.startswith("要対応 /"))
    assert "seal" in lines[place]
    assert "kiosk feed apply" in lines[place + 1]


def test_a_wrong_file_is_told_with_its_place_and_stops_there(office: Office, source: SealSource) -> None:
    wrong = office.file("0.csv", source.full(ONE).replace(b",A-1,", b",A-2,"))
    code, said = office.feed("apply", wrong, office.file("missing.csv", b""))
    assert code == NOT_DONE
    assert "ファイルに誤りがあります。何も取り込んでいません。" in said
    assert "3: sha256: 内容と一致しません" in said


def test_the_key_is_asked_for_and_not_shown(office: Office, source: SealSource) -> None:
    office.feed("apply", office.file("0.csv", source.full(ONE)))
    office.key.write_text("not a key", encoding="ascii")
    code, said = office.feed("reconcile", office.file("keys.csv", source.keys()))
    assert (code, "鍵は16進数64桁です" in said, "not a key" in said) == (NOT_DONE, True, False)


def test_a_file_of_another_system_is_read_by_its_table_and_what_cannot_be_read_is_listed(
    office: Office, tmp_path: Path
) -> None:
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    layouts.joinpath("seal.toml").write_bytes(next(path for path in examples() if path.stem == "seal").read_bytes())
    as_of = f"{datetime.now(JST) - timedelta(hours=1):%Y%m%d%H%M%S}"
    rows = [seal_row("1"), seal_row("2", name="足利　〓郎")]
    head = {"layout": "1", "municipality_code": CITY, "file_number": "1", "as_of": as_of}
    content = office.file("INKAN_1.zip", zipped(file(example("seal"), head, rows)))
    code, said = office.feed("apply", content, KIOSK_FEED_LAYOUTS=str(layouts))
    assert (code, "2件中、変更1件" in said, "読めない1件を除きました" in said) == (ANSWER_IS_NO, True, True)
    listed = tmp_path / "aside.csv"
    code, said = office.feed("aside", "--csv", listed, role="staff")
    assert (code, "seal  0000000102  kiosk-seal-full 1: 3: name: 失われた文字" in said) == (ANSWER_IS_NO, True)
    assert "kiosk-seal-full,1,3,name" in listed.read_text(encoding="utf-8-sig")
    code, said = office.feed("apply", content, "--layout", "tax")
    assert (code, "行の始まりは次のいずれかです" in said) == (NOT_DONE, True)


def test_staff_set_how_much_a_file_may_take_away(office: Office, source: SealSource) -> None:
    office.feed("apply", office.file("0.csv", source.full(ONE)))
    code, said = office.feed(
        "share", "seal", "--lost", "40", "--by", "足利　花子", "--reason", "町名変更", role="staff"
    )
    assert (code, "40%" in said, "30%" in said) == (0, True, True)


def test_a_layout_table_is_checked_and_shown(tmp_path: Path) -> None:
    listed = kiosk("feed", "layout")
    assert (listed.returncode, listed.stdout.count(".toml")) == (0, len(examples()))
    shown = kiosk("feed", "layout", "tax")
    assert (shown.returncode, "   469    1  declared  1=1, 0=0" in shown.stdout) == (0, True)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('title = "x"', encoding="utf-8")
    done = kiosk("feed", "layout", wrong)
    assert (done.returncode, "レイアウト表に誤りがあります" in done.stderr, "wrong.toml" in done.stderr) == (
        NOT_DONE,
        True,
        True,
    )


def test_an_inbox_is_looked_at_once_and_each_file_has_its_receipt(
    office: Office, source: SealSource, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    long_ago = datetime.now(UTC).timestamp() - 60
    for name, content in (("0.csv", source.full(ONE)), ("wrong.csv", b"x"), ("keys.csv", source.keys())):
        (inbox / name).write_bytes(content)
        os.utime(inbox / name, (long_ago, long_ago))
    code, said = office.feed("watch", inbox, "--once")
    assert (code, "0.csv: 適用しました" in said, "wrong.csv: 断りました" in said, "keys.csv: 一致しました" in said) == (
        ANSWER_IS_NO,
        True,
        True,
        True,
    )
    assert sorted(path.name for path in (inbox / "receipts").iterdir()) == [
        "0.csv.txt",
        "keys.csv.txt",
        "wrong.csv.txt",
    ]
    assert office.feed("watch", inbox, "--once") == (0, "")


@pytest.mark.parametrize("number", [(), ("--number", "0000000101")], ids=["everybody", "one person"])
async def test_mis_08_what_something_else_wrote_from_the_first_sign_to_the_repair(
    office: Office, source: SealSource, database: Database, number: tuple[str, ...]
) -> None:
    assert office.feed("reconcile", *number) == (
        0,
        "照合できる連携元がありません。先に全件ファイルを適用してください。 / Nothing to compare: a full file has to come first.\n",
    )
    full = office.file("0.csv", source.full(ONE, TWO))
    office.feed("apply", full)
    assert office.feed("reconcile", *number)[0] == 0
    admin = await database.connect()
    await admin.execute("SELECT set_config('kiosk.municipality', $1, false)", CITY)
    await admin.execute("UPDATE issuance.seal_registration SET address = '別の場所' WHERE person_number = '0000000101'")
    code, said = office.feed("reconcile", *number)
    told = f"here {1 if number else 2}"
    assert (code, told in said, "別の場所" in said) == (ANSWER_IS_NO, True, False)
    assert "    0000000101  内容が違う / different  住所 / address  [0番のファイルから / since file 0]" in said
    assert any("1人が違う" in line for line in office.status())
    path = full.with_name("doubts.csv")
    code, said = office.feed("doubts", "--csv", path, role="staff")
    assert (code, "同じ番号の全件ファイルを適用" in said) == (ANSWER_IS_NO, True)
    (row,) = csv.DictReader(StringIO(path.read_bytes().decode("utf-8-sig")))
    assert (row["source"], row["number"], row["found_by"], row["items"]) == ("seal", "0000000101", "said", "address")
    assert office.feed("apply", full)[0] == 0
    assert office.feed("doubts", role="staff") == (0, "0件 / found\n")


class Seen(NamedTuple):
    """What `kiosk sync status` says of the source, and what to do."""

    found: str
    way_out: str


STATES = {
    "too old": ("UPDATE issuance.source SET working_limit = '1 hour'", Seen("古いため発行を止めています", "1番か全件のファイルを受け取って適用")),
    "not listed": ("UPDATE issuance.source SET listed_at = now() - interval '8 days'", Seen("全件・一覧は", "全件ファイルか照合用の一覧を頼む")),
    "not compared": (
        "UPDATE issuance.source SET said_since = now() - interval '2 days', whole_at = now() - interval '26 hours'",
        Seen("照合は", "kiosk serve sync は動いていますか"),
    ),
    "waiting": ("2", Seen("前の番号のファイルを待っている", "1番か全件のファイルを受け取って適用")),
    "refused": ("1", Seen("最後のファイルを断った", "断りました(name)")),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
async def test_the_status_names_what_is_not_well_and_the_way_out(
    office: Office, source: SealSource, database: Database, state: str
) -> None:
    office.feed("apply", office.file("0.csv", source.full(ONE, TWO)))
    assert not any("連携元 印鑑登録 / source seal" in line for line in office.status())
    change, seen = STATES[state]
    if state in {"waiting", "refused"}:
        source.number = int(change) - 1
        office.feed(
            "apply", office.file("n.csv", source.change(ONE.person_number, name="" if state == "refused" else "改"))
        )
    else:
        await (await database.connect()).execute(change)
    lines = office.status()
    place = next(place for place, line in enumerate(lines) if "連携元 印鑑登録 / source seal" in line)
    assert lines[0].startswith("要対応が")
    assert (seen.found in lines[place], seen.way_out in lines[place + 1]) == (True, True)
    assert len(lines) <= 10


async def test_ten_lines_hold_whatever_is_wrong_and_name_the_rest(
    office: Office, source: SealSource, database: Database
) -> None:
    office.feed("apply", office.file("0.csv", source.full(ONE)))
    admin = await database.connect()
    await admin.execute("UPDATE issuance.source SET working_limit = '1 hour'")
    for other in ("tax", "koseki", "disaster"):
        await admin.execute(
            "INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit, working_limit) "
            "SELECT municipality_code, $1, fed_at, age_limit, working_limit FROM issuance.source WHERE source = 'seal'",
            other,
        )
    lines = office.status()
    assert len(lines) == 10
    assert lines[0].startswith("要対応が6件")
    assert [line.startswith("    →") for line in lines[1:9]] == [False, True] * 4
    assert [name in lines[9] for name in ("source seal", "source tax", "kiosk sync status --all")] == [True] * 3
    everything = office.status("--all")
    assert sum(line.startswith("    →") for line in everything) == 6
    assert [name for name in ("disaster", "koseki", "seal", "tax") if any(f"source {name}:" in line for line in everything)] == [
        "disaster", "koseki", "seal", "tax",
    ]  # fmt: skip


async def test_a_refused_copy_of_an_older_file_is_no_trouble(office: Office, source: SealSource) -> None:
    office.feed("apply", office.file("0.csv", source.full(ONE, TWO)), office.file("1.csv", source.difference([])))
    source.number = 0
    code, _ = office.feed("apply", office.file("copy.csv", source.change(ONE.person_number, name="")))
    assert code == NOT_DONE
    assert not any("連携元 印鑑登録 / source seal" in line for line in office.status())


def test_numbers_that_begin_anew_are_said_by_staff_and_a_full_file_goes_on(office: Office, source: SealSource) -> None:
    source.number, source.clock = 500, lambda: datetime.now(UTC) - timedelta(hours=2)
    office.feed("apply", office.file("500.csv", source.full(ONE, TWO)))
    source.number, source.clock = 0, lambda: datetime.now(UTC) - timedelta(hours=1)
    full = office.file("0.csv", source.full())
    code, said = office.feed("apply", full)
    assert (code, "kiosk feed renumber" in said) == (NOT_DONE, True)
    assert any("file_number" in line for line in office.status("--all")), (
        "a clerk is told that a later file was refused"
    )
    by = ("--by", "足利　花子", "--reason", "年度の切り替え")
    code, said = office.feed("renumber", "seal", *by, role="staff")
    assert (code, "番号が新しく始まります" in said) == (0, True)
    assert office.feed("apply", full)[0] == 0


async def test_who_was_stopped_by_a_wrong_list_is_released_by_staff_and_by_nobody_else(
    office: Office, source: SealSource, database: Database
) -> None:
    sync, admin = await database.connect("sync"), await database.connect()
    await apply_file(sync, CITY, BytesIO(source.full(ONE, TWO)), datetime.now(UTC))
    source.seals.pop(ONE.person_number)
    await compare_source(sync, CITY, BytesIO(source.keys()), KEY, datetime.now(UTC))
    by = ("--by", "足利　花子", "--reason", "原票を確認")
    assert office.feed("release", "seal", TWO.person_number, *by, role="staff")[0] == NOT_DONE
    assert office.feed("release", "seal", ONE.person_number, *by, role="staff")[0] == 0
    assert await admin.fetchval("SELECT count(*) FROM issuance.source_doubt") == 0
    assert (
        await admin.fetchval("SELECT person_number FROM history.staff_act WHERE act = 'source_doubt_released'")
        == ONE.person_number
    )


def test_the_host_key_of_the_sftp_port_is_made_once_and_told_again(tmp_path: Path) -> None:
    made, again = (kiosk("feed", "sftp-key", str(tmp_path / "key")) for _ in range(2))
    assert (made.returncode, again.returncode, made.stdout) == (0, 0, again.stdout)
    assert "SHA256:" in made.stdout
    assert "ssh-ed25519 AAAA" in made.stdout
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in made.stdout
