"""MIS-11, wrong edition.

Takamatsu, 2024-04-04: the edition for a single server ran on several servers, and the fix for such sites was missed.
Two people applied at two shops at nearly the same moment, and one was handed the other's 住民票.
Here a process that thinks it is alone cannot serve beside another, nor another beside it; staff get an alert.
"""

import pytest

from tests.processes.conftest import site
from tests.processes.nodes import Nodes

__all__ = ["site"]


async def alerts(site: Nodes) -> list[tuple[str, str]]:
    admin = await site.database.connect()
    rows = await admin.fetch("SELECT cause, detail FROM history.alert ORDER BY alert_id")
    return [(row["cause"], row["detail"]) for row in rows]


@pytest.mark.parametrize(("first", "second"), [("single", "single"), ("several", "single"), ("single", "several")])
async def test_mis_11_single_edition_beside_another_node_refuses_service_and_opens_an_alert(
    site: Nodes, first: str, second: str
) -> None:
    with site.up(TOPOLOGY=first) as serving:
        said = site.refused(TOPOLOGY=second)
        assert "KIOSK_TOPOLOGY=several" in said
        assert "Traceback" not in said
        [(cause, detail)] = await alerts(site)
        assert cause == "wrong_topology"
        assert "centre process is live" in detail
        assert (await serving.readiness())[0] == 200
        site.refused(TOPOLOGY=second)
        assert len(await alerts(site)) == 1


async def test_mis_11_several_nodes_serve_together_when_all_say_so(site: Nodes) -> None:
    with site.up(TOPOLOGY="several") as one, site.up(TOPOLOGY="several") as other:
        assert (await one.wrong(), await other.wrong()) == ({}, {})
    assert await alerts(site) == []


async def test_mis_11_the_next_node_serves_once_the_first_has_been_killed(site: Nodes) -> None:
    with site.up() as first:
        first.process.kill()
        with site.up() as second:
            assert await second.wrong() == {}
    assert await alerts(site) == []
