"""Alerts nobody has dealt with are no reason to refuse service (a centre's alert stops nothing), but somebody has to look."""

from issuance_db.alerts import open_alerts
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault


async def alerts(surroundings: Surroundings) -> str:
    """How many are open in all cities. Raises Advice if there are any."""
    connection = await surroundings.database()
    count = 0
    for city in surroundings.settings.cities():
        async with connection.transaction(readonly=True):
            await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", city)
            count += await open_alerts(connection, city)
    if count:
        raise Advice(
            Fault(
                f"未処理の警報が {count} 件あります。",
                f"{count} alerts are open.",
                "kiosk alert list で見て、1人が説明し、別の1人が確認してください。",
                "Look with kiosk alert list; one person explains each, another confirms.",
            )
        )
    return "0"
