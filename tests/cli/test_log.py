"""`kiosk log` and `kiosk erasure` as a person uses them."""

import json
import time
from pathlib import Path
from typing import Any

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import Demo, kiosk
from tests.history_log.books import CITY, LOG, attacker, batcher, books
from tests.servers import Database


def log(demo: Demo, *arguments: str) -> dict[str, Any]:
    done = kiosk("log", *arguments, "--json", "--data-dir", demo.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def witnessed(demo: Demo) -> dict[str, Any]:
    """The verification, once the demo's witness has accepted a checkpoint."""
    deadline = time.monotonic() + 100
    while not (found := log(demo, "verify"))["outside"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def test_i7_the_demos_log_is_witnessed_and_verifies(demo: Demo, certificate: Path) -> None:
    assert certificate.exists()
    found = witnessed(demo)
    assert found["valid"]
    assert found["leaves"] >= found["outside"] > 0
    assert log(demo, "show")["witnesses"][0]["witness"] == "kiosk-witness"
    said = kiosk("log", "verify", "--data-dir", demo.data_dir).stdout
    assert "Everything is as it was written" in said


def test_i7_an_issuance_is_proven(demo: Demo, certificate: Path) -> None:
    assert certificate.exists()
    assert witnessed(demo)
    rows = json.loads(kiosk("history", "list", "--json", "--data-dir", demo.data_dir).stdout)
    number = next(row["issuance_number"] for row in rows if row["state"] == "answered")
    proof = log(demo, "prove", number)
    assert json.loads(proof["content"])["issuance_number"] == number
    assert proof["proof"].startswith(f"c2sp.org/tlog-proof@v1\nindex {proof['leaf_number']}\n")
    done = kiosk("log", "prove", "20261123-01-99999999-0", "--data-dir", demo.data_dir)
    assert done.returncode == NOT_DONE
    assert "no leaf" in done.stderr


async def test_i7_verify_names_the_row_and_says_what_to_do(database: Database, tmp_path: Path) -> None:
    city, one = await books(database), await batcher(database)
    number = await city.issue()
    await one.batch()
    reader = await database.connect("fsck", CITY)
    outside = tmp_path / "checkpoint"
    outside.write_text(await reader.fetchval("SELECT note FROM history.checkpoint"))
    where = ("--database-url", database.dsn("fsck"), "--municipality-code", CITY, "--checkpoint", outside)
    done = kiosk("log", "verify", *where, "--log-key", str(LOG.verifier))
    assert done.returncode == 0, done.stdout + done.stderr
    async with attacker(database) as connection:
        await connection.execute("UPDATE history.issuance SET fee_yen = 0")
    done = kiosk("log", "verify", *where, "--log-key", str(LOG.verifier))
    assert done.returncode == ANSWER_IS_NO
    assert "history.issuance" in done.stdout
    assert number in done.stdout
    assert "was changed" in done.stdout
    assert "backup" in done.stdout
    proof = kiosk("log", "prove", number, "--database-url", database.dsn("fsck"), "--municipality-code", CITY)
    assert proof.returncode == NOT_DONE
    stranger = ("--log-key", str(type(LOG)(LOG.name, LOG.algorithm, bytes(32)).verifier))
    assert kiosk("log", "verify", *where, *stranger).returncode == NOT_DONE


def test_r_41_an_erasure_is_asked_for_approved_and_carried_out(database: Database) -> None:
    where = ("--database-url", database.dsn("purger"), "--municipality-code", CITY)
    asked = kiosk("erasure", "ask", *where, "--entered-before", "2020-01-01", "--reason", "retention", "--by", "sato")
    assert asked.returncode == 0, asked.stderr
    number = asked.stdout.split()[-1]
    assert kiosk("erasure", "run", number, *where).returncode == NOT_DONE
    assert kiosk("erasure", "approve", number, *where, "--by", "sato").returncode == NOT_DONE
    assert kiosk("erasure", "approve", number, *where, "--by", "suzuki").returncode == 0
    done = kiosk("erasure", "run", number, *where)
    assert done.returncode == 0, done.stderr
    assert {"issuance_subject: 0 行 / rows", "koseki_access: 0 行 / rows"} <= set(done.stdout.splitlines())
