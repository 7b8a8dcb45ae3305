"""Looking at one check: whatever happens, there is something to tell a person."""

import asyncio
from dataclasses import dataclass
from typing import Final

import asyncpg

from civil.errors import KioskError
from issuance_db.database import DatabaseUnreachable
from kiosk_server.checks.check import Check
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong

_LOST: Final = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)
_AS_IT_SAYS: Final = "表示のとおりに直してください。", "Do as it says."
_SLOW: Final = Fault(
    "時間内に確認できませんでした。",
    "The look took too long.",
    "データベースの負荷とネットワークを確かめてください。",
    "Look at the load of the database and at the network.",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look brought: words on what was found, or what is wrong, or advice."""

    said: str = ""
    wrong: KioskError | None = None
    advice: Advice | None = None

    @property
    def fault(self) -> Fault | None:
        """What is wrong, in words for /ready."""
        return None if self.wrong is None else fault_of(self.wrong)


async def look_at(check: Check, surroundings: Surroundings, seconds: float) -> Looked:
    """Look once, for at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return Looked(await check.look(surroundings))
    except Advice as advice:
        return Looked(advice=advice)
    except TimeoutError:
        surroundings.drop_connection()
        return Looked(wrong=Wrong(_SLOW))
    except KioskError as wrong:
        return Looked(wrong=wrong)
    except _LOST:
        surroundings.drop_connection()
        return Looked(wrong=DatabaseUnreachable())
    except Exception as error:  # noqa: BLE001 - a broken dependency breaks in its own ways, and its words may hold secrets
        return Looked(wrong=Wrong(_broken(type(error).__name__)))


def fault_of(error: KioskError) -> Fault:
    """The words of an error that is no Wrong, whose message is Japanese and English and says what to do itself."""
    if isinstance(error, Wrong):
        return error.fault
    japanese, _, english = str(error).partition(" / ")
    return Fault(japanese, english or japanese, *_AS_IT_SAYS)


def _broken(name: str) -> Fault:
    return Fault(
        f"確認できません({name})。",
        f"The check itself failed: {name}.",
        "依存サービスが動いているか、設定の宛先が正しいかを確かめてください。",
        "See whether the services run and the settings point at them.",
    )
