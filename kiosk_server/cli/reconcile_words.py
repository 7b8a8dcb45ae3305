"""What `kiosk reconcile` says: counts both ways, who differs, why, and the way out. Names of items, never what they hold."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import click

from kiosk_server.cli.counter import at
from kiosk_server.difference_words import CAUSES, FOUND, event_told, items_told
from reconcile import counted
from sync import Reconciliation

_SHOWN: Final = 20


def say_reconciliation(done: Reconciliation) -> None:
    """The result in a few lines."""
    click.echo(f"件数 / count: 台帳 / register {done.in_register}、発行用 / issuance records {done.in_records}")
    if done.is_equal:
        click.echo("一致しました。 / Equal.")
    else:
        click.echo(f"  {counted(one.difference.value for one in done.differences)}")
    for cause, count in Counter(one.cause for one in done.differences).most_common():
        click.echo(f"  {count}人 / persons: {CAUSES[cause]}")
    for one in done.differences[:_SHOWN]:
        click.echo(
            f"    {one.person_number}  {FOUND[one.difference.value]}  {items_told(one.items)}  {_since(one.since_kind, one.since_at)}"
        )
    if len(done.differences) > _SHOWN:
        click.echo(f"    ほか{len(done.differences) - _SHOWN}人。kiosk reconcile list --csv FILE / and more: see there")
    if done.differences:
        click.echo(
            "  この人たちが載る証明書を止めました。原因を確かめ、kiosk reconcile approve で作り直しを承認してください。 / "
            "No certificate shows them until they are equal. Look at the cause, then `kiosk reconcile approve`."
        )
    if done.cleared:
        click.echo(f"  {done.cleared}人の保留を解きました。 / {done.cleared} persons are no longer held back.")


def say_doubt(row: Mapping[str, Any]) -> None:
    """One person who is held back."""
    approved = f"  承認済み / approved: {row['approved_by']}" if row["approved_by"] else ""
    click.echo(
        f"{row['person_number']}  {at(row['since'])} から / since  {CAUSES.get(row['cause'], row['cause'])}\n"
        f"    {items_told(row['items'] or ())}  {_since(row['since_kind'], row['since_at'])}{approved}"
    )


def _since(kind: str | None, instant: Any) -> str:
    return "" if kind is None else f"[{event_told(kind)} {at(instant)}]"
