"""What every process of an installation looks at, in this order."""

from collections.abc import Sequence
from math import inf

from kiosk_server.checks import database, program, schema
from kiosk_server.checks.check import Check
from kiosk_server.checks.nodes import BEAT_SECONDS, PATIENCE_SECONDS, Membership


def checks_for_every_process(membership: Membership) -> Sequence[Check]:
    """Database, schema, keys for the same use, clock, and the other live processes."""
    return (
        # Looked at once: afterwards we are what we were started from.
        Check("program", "プログラム / program", program.program, every=inf),
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
