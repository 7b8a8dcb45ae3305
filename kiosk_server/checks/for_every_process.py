"""What every process of an installation looks at, in this order."""

from collections.abc import Sequence

from kiosk_server.checks import database, schema
from kiosk_server.checks.check import Check
from kiosk_server.checks.nodes import BEAT_SECONDS, PATIENCE_SECONDS, Membership
from kiosk_server.checks.program import Program


def checks_for_every_process(membership: Membership) -> Sequence[Check]:
    """Database, schema, keys for the same use, clock, and the other live processes."""
    return (
        Check("program", "プログラム / program", Program().look, every=10),
        Check("database", "PostgreSQL", database.postgres),
        Check("schema", "データベースの版 / schema", schema.schema, every=30),
        Check("use", "本番かデモか / production or demo", schema.use, every=30),
        Check("durability", "停電への備え / durability", database.durability, every=30),
        Check("clock", "時計 / clock", database.clock),
        Check(
            "nodes", "全ノードの版と設定 / edition of every node", membership.look, every=BEAT_SECONDS,
            patience=PATIENCE_SECONDS, alert="wrong_edition",
        ),
    )  # fmt: skip
