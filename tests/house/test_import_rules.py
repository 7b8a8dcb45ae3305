"""Each import rule must be able to fail: a violation is planted in a copy of the rooms, and the check must name it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONFIG["contracts"]}

# (contract, the file the violation is planted in, the violation)
VIOLATIONS = [
    ("rooms", "civil/planted.py", "import keys"),
    ("rooms", "keys/planted.py", "import reconcile"),
    ("rooms", "reconcile/planted.py", "import issuance_db"),
    ("rooms", "pdf/planted.py", "import issuance_db"),
    ("rooms", "cardauth/planted.py", "import pdf"),
    ("rooms", "issuance_db/planted.py", "import registry"),
    ("rooms", "registry/planted.py", "import issuance_db"),
    ("rooms", "registry/residents/planted.py", "import sync"),
    ("rooms", "sync/planted.py", "import kiosk_server"),
    ("sync-rooms", "sync/planted.py", "import pdf"),
    ("sync-rooms", "sync/planted.py", "import cardauth"),
    ("front-rooms", "pdf/planted.py", "import reconcile"),
    ("front-rooms", "cardauth/planted.py", "import reconcile"),
    ("front-rooms", "issuance_db/planted.py", "import reconcile"),
    ("pdf-no-database", "pdf/planted.py", "import asyncpg"),
    ("pdf-no-database", "pdf/planted.py", "import redis.asyncio"),
    ("cardauth-no-database", "cardauth/planted.py", "import asyncpg"),
    ("pure-rooms", "reconcile/planted.py", "import asyncpg"),
    ("pure-rooms", "keys/planted.py", "import redis"),
    ("pure-rooms", "civil/planted.py", "import asyncpg"),
    ("registry-faces", "sync/planted.py", "from registry.residents import inside"),
    ("registry-faces", "kiosk_server/planted.py", "import registry.residents.inside"),
    ("registry-faces", "kiosk_server/planted.py", "from registry.jukinet.inside import something"),
    ("jukinet-residents-only", "registry/midserver/planted.py", "import registry.jukinet"),
    ("jukinet-residents-only", "registry/atena/planted.py", "from registry.jukinet import inside"),
    ("atena-jukinet", "registry/atena/planted.py", "import registry.jukinet"),
    ("atena-jukinet", "registry/jukinet/planted.py", "import registry.atena"),
    ("kiosks-no-register", "kiosk_server/issuing/planted.py", "import registry.residents"),
    ("kiosks-no-register", "kiosk_server/web/planted.py", "import kiosk_server.counter_making"),
    ("kiosks-no-register", "kiosk_server/terminal/planted.py", "import kiosk_server.staff.register_papers"),
]


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """A copy of every room, with one more private module in two registry parts, so that there is something to reach."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in CONFIG["root_packages"]:
        # Only Python: a folder of migrations or fonts is no business of the import rules.
        shutil.copytree(ROOT / room, tmp_path / room, ignore=_all_but_python)
    for part in ("residents", "jukinet"):
        (tmp_path / "registry" / part / "inside.py").write_text("something = 1\n", encoding="utf-8")
    return tmp_path


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if not name.endswith(".py") and (not Path(folder, name).is_dir() or name == "__pycache__")
    }


def lint(rooms: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(
        command, cwd=rooms, env={"PYTHONPATH": str(rooms)}, capture_output=True, text=True, check=False
    )


def test_the_rooms_as_they_are_keep_every_rule(rooms: Path) -> None:
    done = lint(rooms)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(NAMES)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(("contract", "file", "violation"), VIOLATIONS)
def test_a_planted_violation_breaks_its_rule_and_is_named(
    rooms: Path, contract: str, file: str, violation: str
) -> None:
    (rooms / file).write_text(f"{violation}\n", encoding="utf-8")
    done = lint(rooms)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{NAMES[contract]} BROKEN" in done.stdout
    assert file.removesuffix(".py").replace("/", ".") in done.stdout


def test_every_rule_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(NAMES)


def test_every_top_level_package_is_under_the_rules() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(CONFIG["root_packages"])
