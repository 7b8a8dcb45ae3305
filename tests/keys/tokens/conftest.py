from pathlib import Path

import pytest

from tests.keys.tokens.softhsm import Token, new_token


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """Give a fresh SoftHSM token; the setting of its place is taken back afterwards."""
    monkeypatch.setenv("SOFTHSM2_CONF", "/dev/null")
    return new_token(tmp_path)
