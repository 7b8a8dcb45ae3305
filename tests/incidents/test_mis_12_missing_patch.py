"""MIS-12, missing patch.

Munakata, 2023-06-28: the kiosk in the city hall gave a resident the previous user's 住民票. A fix of 2019 had never
been installed there; 41 of 123 cities had the same old component, and nothing in the system knew.
Here a program that lacks one component of its version names it and refuses, alone or beside other nodes.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_server.checks.edition import ROOMS
from tests.processes.conftest import site
from tests.processes.nodes import ROOT, Nodes

__all__ = ["site"]

COMPONENT = "kiosk_server/issuing/permit.py"
FIXED = "# The fix.\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program; the fonts, which are large, are linked."""
    copy = tmp_path / "program"
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "*.ttf"))
    for font in (ROOT / "pdf" / "fonts").glob("*.ttf"):
        (copy / "pdf" / "fonts" / font.name).symlink_to(font)
    return copy


def patch(program: Path) -> None:
    """Install the fix of one component."""
    file = program / COMPONENT
    file.write_text(file.read_text(encoding="utf-8") + FIXED, encoding="utf-8")


def installed(program: Path) -> Path:
    """The program as pip installs it, with its list of files and digests (PEP 376)."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, program / name)
    place = program.with_name("installed")
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(place), str(program)]
    subprocess.run(command, check=True, timeout=100)
    return place


async def alerts(site: Nodes) -> list[str]:
    admin = await site.database.connect()
    return [row["cause"] for row in await admin.fetch("SELECT cause FROM history.alert")]


async def test_mis_12_a_node_with_one_older_component_lists_it_refuses_and_opens_an_alert(
    site: Nodes, program: Path
) -> None:
    patch(program)
    with site.up(code=program, TOPOLOGY="several") as patched:
        said = site.refused(TOPOLOGY="several")
        assert f"different are: {COMPONENT}." in said
        assert "Install the same version" in said
        assert "Traceback" not in said
        assert await alerts(site) == ["wrong_edition"]
        assert await patched.wrong() == {}


async def test_mis_12_every_process_of_the_older_edition_is_refused(site: Nodes, program: Path) -> None:
    patch(program)
    with site.up(code=program):
        for process in ("sync", "sweeper", "staff"):
            assert COMPONENT in site.refused(process)


async def test_mis_12_a_patched_node_is_refused_while_an_old_one_serves_and_serves_once_all_old_ones_stopped(
    site: Nodes, program: Path
) -> None:
    patch(program)
    with site.up(TOPOLOGY="several") as old:
        assert COMPONENT in site.refused(code=program, TOPOLOGY="several")
        assert await old.wrong() == {}
    with site.up(code=program, TOPOLOGY="several") as patched:
        assert await patched.wrong() == {}


async def test_mis_12_a_component_that_an_update_left_out_is_listed_even_where_no_other_node_is_live(
    site: Nodes, program: Path
) -> None:
    patch(program)
    place = installed(program)
    with site.up(code=place) as whole:
        assert await whole.wrong() == {}
        # Even beneath a process that serves: a paper worker started anew would be of another edition.
        shutil.copy(ROOT / COMPONENT, place / COMPONENT)
        assert COMPONENT in (await whole.until_wrong("program"))["program"]["reason_en"]
    said = site.refused(code=place)
    assert f"not those of the installed version: {COMPONENT}." in said
    assert "Install the program again" in said
