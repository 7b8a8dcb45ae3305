"""History becomes leaves of the log in time, and the witness accepts in time. Neither refuses service: residents do not wait for it."""

from datetime import datetime, timedelta
from typing import Final

from issuance_db.log.witnessed import Lag, lag_of
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault

UNBATCHED: Final = Fault(
    "履歴が制限時間内にログへ追記されていません。",
    "History rows do not become leaves of the log in time.",
    "kiosk serve logger が動いているか、その記録にエラーがないかを確かめてください。",
    "See whether kiosk serve logger runs, and what its log says.",
)
UNWITNESSED: Final = Fault(
    "ログの証人が制限時間内に受け入れていません。",
    "The witness of the log has not accepted a checkpoint in time.",
    "証人と通信路を確かめ、拒まれているなら kiosk log verify --checkpoint に証人のファイルを与えて調べてください。",
    "Look at the witness and the way to it; if it refuses, run kiosk log verify --checkpoint with its file.",
)


async def log(surroundings: Surroundings) -> str:
    """Batcher and witness keep up, in each city."""
    connection = await surroundings.database()
    for city in surroundings.settings.cities():
        fault = fault_of(await lag_of(connection, city), surroundings)
        if fault is not None:
            raise Advice(fault)
    return surroundings.settings.witness_url or "証人未設定 / no witness is set: nobody outside vouches for the log"


def fault_of(behind: Lag, surroundings: Surroundings) -> Fault | None:
    """What this lag means now, by the limits of the settings."""
    settings, now = surroundings.settings, surroundings.clock()
    if _waits(behind.unbatched_since, now, settings.log_limit_seconds):
        return UNBATCHED
    if settings.witness_url is not None and _waits(behind.unwitnessed_since, now, settings.witness_limit_seconds):
        return UNWITNESSED
    return None


def _waits(since: datetime | None, now: datetime, limit_seconds: float) -> bool:
    return since is not None and now - since > timedelta(seconds=limit_seconds)
