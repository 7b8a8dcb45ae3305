"""The files of an installation, against its list."""

import base64
import hashlib
import sys
from pathlib import Path

import pytest

from kiosk_server.checks import program as module
from kiosk_server.checks.program import Program
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.version import DISTRIBUTION
from tests.checks.told import wrong

FILE = "roomlike/permit.py"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small room, installed under the name of our distribution."""
    place = tmp_path / "installed"
    (place / "roomlike").mkdir(parents=True)
    (place / "roomlike" / "__init__.py").touch()
    (place / f"{DISTRIBUTION.replace('-', '_')}-9.dist-info").mkdir()
    monkeypatch.setattr(module, "ROOMS", ("roomlike",))
    monkeypatch.setattr(sys, "path", [str(place), *sys.path])
    install(place, "fixed\n")
    return place


def install(place: Path, text: str) -> None:
    """Put the file there with its list, as an installer does."""
    (place / FILE).write_text(text, encoding="utf-8")
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    info = place / f"{DISTRIBUTION.replace('-', '_')}-9.dist-info"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: 9\n")
    (info / "RECORD").write_text(f"{FILE},sha256={digest},\n{info.name}/RECORD,,\n")


async def test_mis_12_a_file_that_is_not_as_listed_is_named(around: Surroundings, installation: Path) -> None:
    look = Program().look
    assert "1 ファイル" in await look(around)
    (installation / FILE).write_text("older\n", encoding="utf-8")
    fault = await wrong(look, around)
    assert f"{FILE}." in fault.reason_en
    assert "never update a part of it" in fault.fix_en
    (installation / FILE).unlink()
    assert FILE in (await wrong(look, around)).reason_en


async def test_mis_12_an_update_beneath_a_serving_process_asks_for_a_new_start(
    around: Surroundings, installation: Path
) -> None:
    serving = Program()
    await serving.look(around)
    install(installation, "newer\n")
    fault = await wrong(serving.look, around)
    assert "exchanged after the start" in fault.reason_en
    assert "start again" in fault.fix_en
    assert await Program().look(around)


async def test_a_source_tree_has_no_list(around: Surroundings) -> None:
    assert "source tree" in await Program().look(around)
