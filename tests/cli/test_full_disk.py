import errno
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk_server.cli.failures import NOT_DONE, explain
from kiosk_server.demo.directory import held
from kiosk_server.embedded.errors import DiskAlmostFull


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_that_is_full_at_the_start_is_said_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9 - 2**20, 2**20))
    with pytest.raises(DiskAlmostFull) as refused, held(tmp_path / "data"):
        pass
    assert list(tmp_path.iterdir()) == []
    assert explain(refused.value) == NOT_DONE
    assert "128 MiB needed, 1 MiB free); nothing was created" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_meanwhile_is_said_with_what_to_do(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(OSError(number, "x")) == NOT_DONE
    assert "The disk is full. Make room and try again." in capsys.readouterr().err
