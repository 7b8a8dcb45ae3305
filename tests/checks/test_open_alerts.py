"""Open alerts are advice: somebody has to look, and nothing stops (MIS-13)."""

from issuance_db.alerts import confirm_alert, explain_alert
from kiosk_server.checks.alerts import alerts
from kiosk_server.checks.surroundings import Surroundings
from tests.checks.told import advice
from tests.processes.nodes import Nodes
from tests.servers import Database
from tests.sync.registry_rows import CITY


async def test_an_open_alert_is_counted_until_two_persons_closed_it(
    site: Nodes, around: Surroundings, database: Database
) -> None:
    assert site is not None
    assert await alerts(around) == "0"
    front = await database.connect("front", CITY)
    await front.execute(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, 'centre/x', '')", CITY
    )
    assert "1 alerts are open" in str(await advice(alerts, around))
    staff = await database.connect("staff", CITY)
    alert_id = await staff.fetchval("SELECT alert_id FROM history.alert")
    await explain_alert(staff, CITY, alert_id, "足利　花子", "the paper came back")
    assert "1 alerts are open" in str(await advice(alerts, around))
    await confirm_alert(staff, CITY, alert_id, "渡良瀬　次郎")
    assert await alerts(around) == "0"
