"""The witness: a process on a port of its own, which cosigns only what continues the last checkpoint it saw."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import asyncpg
import pytest

from civil.clock import utc_now
from issuance_db.database import Database as Pool
from issuance_db.log import witnessed
from issuance_db.log.frontier import Frontier
from issuance_db.log.leaves_file import LEAVES_SUFFIX
from issuance_db.log.note import (
    COSIGNATURE,
    LOG_SIGNATURE,
    Checkpoint,
    SignatureMissing,
    SignedCheckpoint,
    SignerKey,
    VerifierKey,
)
from issuance_db.log.tree import Leaves, Subtree, consistency_path, leaf_hash, root_of
from issuance_db.log.verifying import read_outside
from kiosk_server.processes.child import ChildProcess
from kiosk_server.processes.witnessing import Witnessing, WitnessLimits, hand_over_leaves, show, show_or_alert
from kiosk_server.witness.client import WitnessRefused, WitnessUnreachable, witness_client
from kiosk_server.witness.cosigning import Witness
from kiosk_server.witness.notebook import Notebook, NotebookInUse, opened, read_checkpoints
from kiosk_server.witness.request import AddCheckpoint, AddLeaves
from tests.cli.command import kiosk
from tests.history_log.books import CITY, ISSUED, LOG, Books, attacker, batcher, books
from tests.servers import Database

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SIZES = 40


class Tree:
    """A log of so many leaves, with its proofs."""

    def __init__(self, mark: bytes = b"") -> None:
        self.subtrees: dict[Subtree, bytes] = {}
        frontier = Frontier()
        for number in range(SIZES):
            self.subtrees.update(frontier.add(leaf_hash(mark + bytes([number]))))

    def root(self, leaves: Leaves) -> bytes:
        return root_of([self.subtrees[subtree] for subtree in leaves.subtrees()])

    def signed(self, size: int, signer: SignerKey = LOG) -> SignedCheckpoint:
        checkpoint = Checkpoint(signer.name, size, self.root(Leaves(0, size)))
        return SignedCheckpoint(checkpoint, (signer.sign(checkpoint.text, AT),))

    def asked(self, old: int, size: int) -> str:
        proof = tuple(self.root(leaves) for leaves in consistency_path(old, size)) if old else ()
        return str(AddCheckpoint(old, proof, self.signed(size)))


TREE, FORKED = Tree(), Tree(b"forked")


def witness_over(notebook: Notebook) -> Witness:
    return Witness(notebook, notebook.signer("kiosk-witness"), {LOG.name: (LOG.verifier,)}, lambda: AT)


def test_i7_a_log_that_grows_is_cosigned_and_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as notebook:
        witness = witness_over(notebook)
        for old, size in ((0, 5), (5, 5), (5, 17), (17, 40)):
            answer = witness.add_checkpoint(TREE.asked(old, size))
            assert answer.status == 200
        key = VerifierKey.parse((tmp_path / "witness.vkey").read_text())
        kept = list(read_checkpoints(notebook.file(LOG.name)))
    assert [signed.checkpoint.size for signed in kept] == [5, 5, 17, 40]
    for signed in kept:
        signed.signature_of(LOG.verifier)
        assert signed.signature_of(key).made_at == AT
    assert read_outside(notebook.file(LOG.name), [LOG.verifier], [key]).checkpoints == tuple(kept)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (FORKED.asked(17, 40), 422, "not consistent\n"),
        (str(AddCheckpoint(17, (), TREE.signed(40))), 422, "not consistent\n"),
        (FORKED.asked(17, 17), 409, "17\n"),
        (TREE.asked(5, 40), 409, "17\n"),
        (TREE.asked(0, 9), 409, "17\n"),
        (TREE.asked(5, 9), 409, "17\n"),
        (str(AddCheckpoint(17, (), TREE.signed(40, SignerKey(LOG.name, LOG_SIGNATURE, bytes(32))))), 403, None),
        (str(AddCheckpoint(0, (), TREE.signed(40, SignerKey("another", LOG_SIGNATURE, bytes(32))))), 404, None),
        ("", 400, None),
        (TREE.asked(17, 40).replace("old 17", "old 41"), 400, None),
        (TREE.asked(17, 40).replace("old 17", "old x"), 400, None),
    ],
)
def test_i7_a_log_that_was_rewritten_cut_or_is_not_ours_is_refused(
    tmp_path: Path, body: str, status: int, said: str | None
) -> None:
    with opened(tmp_path) as notebook:
        witness = witness_over(notebook)
        assert witness.add_checkpoint(TREE.asked(0, 17)).status == 200
        answer = witness.add_checkpoint(body)
        assert answer.status == status
        assert said is None or answer.body == said
        assert len(list(read_checkpoints(notebook.file(LOG.name)))) == 1


def test_i7_a_witness_that_was_killed_remembers_and_mends_a_torn_line(tmp_path: Path) -> None:
    with opened(tmp_path) as notebook:
        witness_over(notebook).add_checkpoint(TREE.asked(0, 17))
        file = notebook.file(LOG.name)
    with file.open("a") as torn:
        torn.write('{"accepted_at": "2026-11-23T0')
    with opened(tmp_path) as notebook:
        witness = witness_over(notebook)
        assert witness.add_checkpoint(FORKED.asked(0, 40)).status == 409
        assert witness.add_checkpoint(TREE.asked(17, 40)).status == 200
    assert [json.loads(line)["accepted_at"] for line in file.read_text().splitlines()] == [AT.isoformat()] * 2


def leaves_up_to(tree: Tree, first: int, size: int) -> str:
    leaves = tuple(tree.subtrees[Subtree(0, number)] for number in range(first, size))
    return str(AddLeaves(first, leaves, tree.signed(size)))


def test_i7_leaves_of_the_cosigned_tree_are_kept_and_no_others(tmp_path: Path) -> None:
    with opened(tmp_path) as notebook:
        witness, file = witness_over(notebook), notebook.file(LOG.name)
        assert witness.add_leaves(leaves_up_to(TREE, 0, 17)).status == 422
        assert witness.add_checkpoint(TREE.asked(0, 17)).status == 200
        for body, status in (
            (leaves_up_to(FORKED, 0, 17), 422),
            (leaves_up_to(TREE, 0, 40), 422),
            (leaves_up_to(TREE, 3, 17), 409),
            (leaves_up_to(TREE, 0, 9), 200),
            (leaves_up_to(TREE, 0, 9), 409),
        ):
            assert witness.add_leaves(body).status == status
    with file.with_suffix(LEAVES_SUFFIX).open("ab") as torn:
        torn.write(b"torn")
    assert read_outside(file, [LOG.verifier]).leaves == []
    with opened(tmp_path) as notebook:
        witness = witness_over(notebook)
        assert witness.add_leaves(leaves_up_to(TREE, 9, 17)).status == 200
        assert witness.add_checkpoint(TREE.asked(17, 40)).status == 200
    kept = [TREE.subtrees[Subtree(0, number)] for number in range(17)]
    assert list(read_outside(file, [LOG.verifier]).leaves) == kept


def test_i7_two_witnesses_do_not_share_a_directory(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(NotebookInUse), opened(tmp_path):
        pass


# The real process, asked by the real logger's code about a real log --------------------------------------------------


@pytest.fixture
def process(tmp_path: Path) -> Sequence[str]:
    """The command of a witness that trusts our log."""
    return (
        "witness",
        "--directory",
        str(tmp_path / "witness"),
        "--log-key",
        str(LOG.verifier),
        "--listen",
        "127.0.0.1:0",
    )


def key_of(tmp_path: Path) -> VerifierKey:
    return VerifierKey.parse((tmp_path / "witness" / "witness.vkey").read_text())


@asynccontextmanager
async def witnessing(
    database: Database, url: str, key: VerifierKey, limits: WitnessLimits | None = None
) -> AsyncIterator[Witnessing]:
    usual = WitnessLimits(interval=timedelta(0))
    async with Pool.open(database.dsn("logger"), max_size=2) as pool, witness_client(url, key, None) as client:
        yield Witnessing(pool, client, (CITY,), limits or usual)


async def alerts(database: Database) -> list[str]:
    reader = await database.connect("fsck", CITY)
    return [row["cause"] for row in await reader.fetch("SELECT cause FROM history.alert ORDER BY alert_id")]


async def accepted(database: Database) -> list[int]:
    reader = await database.connect("fsck", CITY)
    rows = await reader.fetch("SELECT tree_size FROM history.cosignature ORDER BY tree_size")
    return [row["tree_size"] for row in rows]


async def test_i7_checkpoints_reach_the_witness_and_a_rewritten_log_opens_one_alert(
    database: Database, tmp_path: Path, process: Sequence[str]
) -> None:
    child = ChildProcess("witness", None, tmp_path / "logs", command=process)
    try:
        url = child.wait_ready(60)["witness_url"]
        city, one = await books(database), await batcher(database)
        async with witnessing(database, url, key_of(tmp_path)) as asked:
            for _ in range(2):
                await city.issue()
                await one.batch()
                await show(asked, CITY, utc_now())
            assert await accepted(database) == [ISSUED, 2 * ISSUED]
            await hand_over_leaves(asked, CITY)
            found = read_outside(tmp_path / "witness" / "kiosk-log-092029.jsonl", [LOG.verifier])
            reader = await database.connect("fsck", CITY)
            rows = await reader.fetch("SELECT leaf_hash FROM history.leaf ORDER BY leaf_number")
            assert list(found.leaves) == [row["leaf_hash"] for row in rows]
            await rewrite(database, city)
            with pytest.raises(WitnessRefused):
                await show(asked, CITY, utc_now())
            for _ in range(2):
                await show_or_alert(asked, CITY, {})
        assert await accepted(database) == [ISSUED, 2 * ISSUED]
        assert await alerts(database) == ["witness_refused"]
    finally:
        child.ask_to_stop()
        child.finish()


async def rewrite(database: Database, city: Books) -> None:
    """Another tree over other rows, signed with the log's own key; what the witness gave stays in the books."""
    async with attacker(database) as connection:
        await connection.execute(
            "UPDATE history.entry SET commitment = sha256(commitment) WHERE table_name = 'issuance'"
        )
        for table in ("checkpoint", "node", "leaf"):
            await connection.execute(f"DELETE FROM history.{table}")
    await city.refuse()
    await (await batcher(database)).batch()


async def test_i7_a_witness_that_lost_its_memory_begins_again_from_nothing(
    database: Database, tmp_path: Path, process: Sequence[str]
) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    logger = await database.connect("logger", CITY)
    await logger.execute(
        "INSERT INTO history.cosignature (municipality_code, tree_size, witness, signature) VALUES ($1, $2, 'kiosk-witness', '')",
        CITY,
        ISSUED,
    )
    await city.issue()
    await one.batch()
    child = ChildProcess("witness", None, tmp_path / "logs", command=process)
    try:
        url = child.wait_ready(60)["witness_url"]
        async with witnessing(database, url, key_of(tmp_path)) as asked:
            await show(asked, CITY, utc_now())
    finally:
        child.ask_to_stop()
        child.finish()
    assert await accepted(database) == [ISSUED, 2 * ISSUED]


async def test_i7_a_witness_that_is_silent_for_too_long_opens_one_alert(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    key = SignerKey("kiosk-witness", COSIGNATURE, bytes(32)).verifier
    limits = WitnessLimits(interval=timedelta(0), overdue=timedelta(hours=4))
    async with witnessing(database, "http://127.0.0.1:1", key, limits) as asked:
        with pytest.raises(WitnessUnreachable):
            await show(asked, CITY, utc_now())
        assert await alerts(database) == []
        for _ in range(2):
            with pytest.raises(WitnessUnreachable):
                await show(asked, CITY, utc_now() + timedelta(hours=5))
    assert await alerts(database) == ["witness_overdue"]


class Refusing:
    """A witness that takes nothing."""

    name = "kiosk-witness"

    async def cosign(self, *_: object) -> NoReturn:
        raise WitnessRefused


async def test_i7_a_refusal_that_cannot_be_told_now_ends_no_logger_and_is_told_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    open_alert_once = witnessed.open_alert_once

    async def cancelled(connection: asyncpg.Connection, *told: str) -> None:
        await connection.execute("SET LOCAL statement_timeout = 1")
        await connection.execute("SELECT pg_sleep(60)")
        await open_alert_once(connection, *told)

    not_before: dict[str, datetime] = {}
    async with Pool.open(database.dsn("logger"), max_size=2) as pool:
        asked = Witnessing(pool, Refusing(), (CITY,), WitnessLimits(interval=timedelta(0)))  # type: ignore[arg-type]  # its one call
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(witnessed, "open_alert_once", cancelled)
            await show_or_alert(asked, CITY, not_before)
        assert CITY in not_before
        assert await alerts(database) == []
        await show_or_alert(asked, CITY, {})
    assert await alerts(database) == ["witness_refused"]


async def test_i7_what_the_wrong_witness_signs_is_not_taken(tmp_path: Path, process: Sequence[str]) -> None:
    child = ChildProcess("witness", None, tmp_path / "logs", command=process)
    try:
        url = child.wait_ready(60)["witness_url"]
        impostor = SignerKey("kiosk-witness", COSIGNATURE, bytes(32)).verifier
        async with witness_client(url, impostor, None) as client:
            with pytest.raises(WitnessRefused):
                await client.cosign(0, (), TREE.signed(17))
    finally:
        child.ask_to_stop()
        child.finish()


def test_i7_a_witness_beyond_this_machine_wants_tls(tmp_path: Path) -> None:
    done = kiosk("witness", "--directory", tmp_path, "--log-key", str(LOG.verifier), "--listen", "0.0.0.0:0")
    assert done.returncode == 2
    assert "TLS" in done.stderr


def test_i7_a_checkpoint_of_another_key_is_no_evidence(tmp_path: Path) -> None:
    file = tmp_path / "note"
    file.write_text(str(TREE.signed(17)))
    assert read_outside(file, [LOG.verifier]).checkpoints[0].checkpoint.size == 17
    with pytest.raises(SignatureMissing):
        TREE.signed(17).signature_of(SignerKey("kiosk-witness", COSIGNATURE, bytes(32)).verifier)
