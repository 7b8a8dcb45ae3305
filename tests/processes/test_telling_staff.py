"""An alert that cannot be opened now ends nobody who looks on."""

from pathlib import Path

from kiosk_server.checks.check import Check
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong
from kiosk_server.processes.fit import _tell_staff
from kiosk_server.settings import read_settings
from tests.cli.test_refusals import settings_for
from tests.servers import Database

WRONG = Wrong(Fault("だめです。", "It is wrong.", "直してください。", "Put it right."))


async def _look(_: Surroundings) -> str:
    raise WRONG


async def test_an_alert_whose_password_file_is_gone_ends_nobody(database: Database, tmp_path: Path) -> None:
    settings = read_settings(settings_for(database, tmp_path))
    check = Check("token", "token", _look, alert="signing_token", alerts_while_serving=True)
    admin = await database.connect()
    async with Surroundings(settings, "centre", "front") as surroundings:
        password = tmp_path / "passwords" / "front"
        kept = password.rename(tmp_path / "away")
        await _tell_staff(check, surroundings, WRONG)
        assert await admin.fetchval("SELECT count(*) FROM history.alert") == 0
        kept.rename(password)
        await _tell_staff(check, surroundings, WRONG)
        assert await admin.fetchval("SELECT count(*) FROM history.alert") == 1
