import shutil
from datetime import UTC, datetime
from pathlib import Path

from keys.purpose import Purpose
from kiosk_server.cli.failures import NOT_DONE
from pdf.visible_seal.published_keys import PublishedKeys, read_keys
from tests.cli.command import Demo, kiosk


def settings_with_own_keys(demo: Demo, directory: Path) -> Path:
    """The demo's settings, with a copy of its keys: the demo goes on with its own."""
    shutil.copytree(demo.data_dir / "keys", directory / "keys")
    content = (demo.data_dir / "settings.env").read_text()
    own = directory / "settings.env"
    own.write_text(content.replace(str(demo.data_dir / "keys") + "'", str(directory / "keys") + "'"))
    own.chmod(0o600)
    return own


def published(directory: Path) -> PublishedKeys:
    return read_keys((directory / "092029" / "keys.cose").read_bytes())


def test_a_seal_key_that_is_known_to_others_ends_and_that_is_published_at_once(demo: Demo, tmp_path: Path) -> None:
    settings, public = settings_with_own_keys(demo, tmp_path), tmp_path / "public"
    end = ("seal", "end-key", "visible_seal", "1", public, "--settings", settings)
    too_early = kiosk(*end)
    assert too_early.returncode == NOT_DONE
    assert "renew-seal" in too_early.stderr
    assert not public.exists()
    assert kiosk("keys", "renew-seal", "--settings", settings).returncode == 0
    done = kiosk(*end)
    assert done.returncode == 0, done.stderr
    now = datetime.now(UTC)
    old, new = sorted(
        (key.public for key in published(public).keys if key.purpose is Purpose.VISIBLE_SEAL),
        key=lambda key: key.not_before,
    )
    assert (old.in_force(now), new.in_force(now)) == (False, True)
    assert old.not_after is not None
    assert (now - old.not_after).total_seconds() < 120
