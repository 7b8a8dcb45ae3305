"""The other comparer is installed where it can be, and where it cannot the bench says so and goes on."""

from pathlib import Path

import pytest

from tests.bench.other_comparer import NotInstalled, program

LOCK = "reladiff==0.0.0 --hash=sha256:" + "0" * 64


def test_where_it_cannot_be_installed_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    lock = tmp_path / "bench.txt"
    lock.write_text(LOCK, encoding="ascii")
    with pytest.raises(NotInstalled, match="reladiff was not measured"):
        program(tmp_path / "place", lock)
    # What was begun is not taken for done.
    assert not (tmp_path / "place" / "installed").exists()


def test_what_is_installed_is_taken_as_it_is(tmp_path: Path) -> None:
    for name in ("bench.txt", "installed"):
        (tmp_path / name).write_text(LOCK, encoding="ascii")
    assert program(tmp_path, tmp_path / "bench.txt") == tmp_path / "bin" / "reladiff"
