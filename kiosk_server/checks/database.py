"""The database answers, is the primary, keeps what it acknowledged, and has our clock."""

from datetime import timedelta
from typing import Final

from issuance_db.centre_lock import is_primary
from issuance_db.installation import marker_of
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

MOST_SKEW: Final = timedelta(seconds=2)
_OLDEST: Final = 15
_VERSION: Final = Fault(
    "PostgreSQL の版が古すぎます。",
    "This PostgreSQL is too old.",
    "PostgreSQL 15 以上を使ってください。",
    "Use PostgreSQL 15 or newer.",
)
NOT_PRIMARY: Final = Fault(
    "接続先の PostgreSQL はプライマリーではありません。",
    "The PostgreSQL we are connected to is not the primary.",
    "KIOSK_DATABASE_URL をプライマリーに向けてください。",
    "Point KIOSK_DATABASE_URL at the primary.",
)
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


async def postgres(surroundings: Surroundings) -> str:
    """A PostgreSQL that we know, and the primary."""
    connection = await surroundings.database()
    major = connection.get_server_version().major
    if major < _OLDEST:
        raise Wrong(_VERSION)
    if not await is_primary(connection):
        raise Wrong(NOT_PRIMARY)
    return str(major)


async def durability(surroundings: Surroundings) -> str:
    """What production has recorded is still there after a power failure."""
    connection = await surroundings.database()
    off = [name for name in _DURABLE if await connection.fetchval("SELECT current_setting($1)", name) == "off"]
    if off and await marker_of(connection) == "production":
        raise Wrong(_not_durable(", ".join(off)))
    return "OK" if not off else f"{', '.join(off)} = off (demo)"


async def clock(surroundings: Surroundings) -> str:
    """Our clock is the database's, as far as the time of the question lets us know."""
    connection = await surroundings.database()
    asked = surroundings.clock()
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    answered = surroundings.clock()
    unsure = abs(answered - asked) / 2
    skew = abs(theirs - (asked + (answered - asked) / 2))
    if skew - unsure > MOST_SKEW:
        raise Wrong(_skewed(skew.total_seconds()))
    return f"{skew.total_seconds() * 1000:.0f} ms"


def _not_durable(names: str) -> Fault:
    return Fault(
        f"本番の PostgreSQL で {names} が off です。停電で発行の記録が失われます。",
        f"{names} is off on a production PostgreSQL: a power failure would lose what was issued.",
        "postgresql.conf で on にしてください。",
        "Turn it on in postgresql.conf.",
    )


def _skewed(seconds: float) -> Fault:
    return Fault(
        f"この機械の時計がデータベースと {seconds:.1f} 秒ずれています(許容 {MOST_SKEW.total_seconds():.0f} 秒)。",
        f"The clock of this machine is {seconds:.1f} s apart from the database ({MOST_SKEW.total_seconds():.0f} s are allowed).",
        "両方を NTP に合わせてください。",
        "Set both by NTP.",
    )
