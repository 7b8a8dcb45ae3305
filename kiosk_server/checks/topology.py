"""The role of the centre process as KIOSK_TOPOLOGY says: held as a lock by who serves, looked at by `kiosk doctor`."""

from typing import Final

from issuance_db.centre_lock import Topology, centre_lock_holders
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

LOST: Final = Fault(
    "センター用プロセスの排他ロックを失いました。",
    "The lock of the centre process is lost.",
    "データベースへの接続を確かめてください。間に pgbouncer などのプーラーを置かないでください。戻れば自動で再開します。",
    "Look at the connection to the database, without a pooler between. Service resumes by itself once it is back.",
)
TAKEN: Final[dict[Topology, Fault]] = {
    "single": Fault(
        "別のセンター用プロセスが動いています。この構成(KIOSK_TOPOLOGY=single)では1つしか動かせません。",
        "Another centre process is live, and this one is set up to be the only one (KIOSK_TOPOLOGY=single).",
        "一方を止めるか、すべてのノードで KIOSK_TOPOLOGY=several にしてください。",
        "Stop one of them, or set KIOSK_TOPOLOGY=several on every node.",
    ),
    "several": Fault(
        "単独構成(KIOSK_TOPOLOGY=single)のセンター用プロセスが動いています。",
        "A centre process is live that is set up to be the only one (KIOSK_TOPOLOGY=single).",
        "それを止めて、すべてのノードで KIOSK_TOPOLOGY=several にしてください。",
        "Stop it, and set KIOSK_TOPOLOGY=several on every node.",
    ),
}


async def topology(surroundings: Surroundings) -> str:
    """Without taking the role: whoever holds it now holds it as our settings say."""
    ours = surroundings.settings.topology
    held = await centre_lock_holders(await surroundings.database())
    if any(as_told != ours for as_told in held):
        raise Wrong(TAKEN[ours])
    return f"{ours}: {len(held)}"
