"""Showing each city's checkpoints to the witness, and opening an alert when it refuses or is silent for too long."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NoReturn

import structlog

from civil.clock import utc_now
from issuance_db.database import PASSING, Database
from issuance_db.log import witnessed
from issuance_db.log.note import Signature, SignedCheckpoint
from kiosk_server.witness.client import (
    KeepsNoLeaves,
    WitnessClient,
    WitnessElsewhere,
    WitnessRefused,
    WitnessUnreachable,
)

_POLL_SECONDS: Final = 1.0
_TRANSACTION_SECONDS: Final = 30.0
_REFUSED: Final = (
    "証人がチェックポイントを拒みました。履歴が書き換えられたか、古いバックアップに戻されました。"
    "kiosk log verify --checkpoint に証人のファイルを与えて調べてください。 / "
    "The witness refuses our checkpoint: history was rewritten, or an old backup restored. "
    "Run kiosk log verify --checkpoint with the witness's file."
)
_OVERDUE: Final = (
    "証人が制限時間を超えて受け入れていません。証人と通信路を確かめてください。 / "
    "The witness has accepted nothing for too long. Look at the witness and the way to it."
)


@dataclass(frozen=True, slots=True)
class WitnessLimits:
    """How often a checkpoint is shown, and after how long without acceptance an alert opens."""

    interval: timedelta = timedelta(hours=1)
    overdue: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Witnessing:
    """One witness for the logs of some cities."""

    database: Database
    client: WitnessClient
    cities: tuple[str, ...]
    limits: WitnessLimits
    kept_leaves: dict[str, int] = field(default_factory=dict)
    """How many leaves of each city the witness has, as far as we know."""


async def witness_forever(witnessing: Witnessing) -> NoReturn:
    """Show every city's checkpoint whenever it is due."""
    not_before: dict[str, datetime] = {}
    while True:
        for city in witnessing.cities:
            if not_before.get(city, utc_now()) <= utc_now():
                await show_or_alert(witnessing, city, not_before)
        await asyncio.sleep(_POLL_SECONDS)


async def show_or_alert(witnessing: Witnessing, city: str, not_before: dict[str, datetime]) -> None:
    """Show the last checkpoint if it is due; a refusal opens an alert. After a failure not again before `not_before` says."""
    try:
        if await _is_accepted(witnessing, city):
            return
    except (WitnessUnreachable, *PASSING) as error:
        structlog.get_logger().warning("witness_not_reached", municipality_code=city, error=type(error).__name__)
    not_before[city] = utc_now() + min(witnessing.limits.interval, timedelta(minutes=1))


async def _is_accepted(witnessing: Witnessing, city: str) -> bool:
    try:
        await show(witnessing, city, utc_now())
        await hand_over_leaves(witnessing, city)
    except WitnessRefused:
        structlog.get_logger().error("witness_refused", municipality_code=city)
        await _alert(witnessing, city, "witness_refused", _REFUSED)
        return False
    return True


async def show(witnessing: Witnessing, city: str, now: datetime) -> None:
    """Show the last checkpoint if it is due at `now` (UTC). Raises WitnessRefused, WitnessUnreachable, and the database's."""
    async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        signed = await witnessed.latest_checkpoint(connection, city)
        accepted = await witnessed.accepted_by(connection, city, witnessing.client.name)
        waiting = (await witnessed.lag(connection)).unwitnessed_since
    if waiting is not None and now - waiting > witnessing.limits.overdue:
        await _alert(witnessing, city, "witness_overdue", _OVERDUE)
    is_due = accepted.at is None or now - accepted.at >= witnessing.limits.interval
    if signed is None or signed.checkpoint.size <= accepted.size or not is_due:
        return
    signature = await _cosigned(witnessing, city, accepted.size, signed)
    async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        await witnessed.add_cosignature(connection, city, signed.checkpoint.size, signature)
    structlog.get_logger().info("witnessed", municipality_code=city, count=signed.checkpoint.size)


async def hand_over_leaves(witnessing: Witnessing, city: str) -> None:
    """Have the witness keep the leaves up to what it cosigned, a batch at a time. Raises WitnessRefused, WitnessUnreachable."""
    async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        accepted = await witnessed.accepted_by(connection, city, witnessing.client.name)
    while (kept := witnessing.kept_leaves.get(city, 0)) < accepted.size:
        async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
            part = await witnessed.leaves_after(connection, city, kept)
        if part is None or part.signed.checkpoint.size > accepted.size:
            return
        try:
            await witnessing.client.keep_leaves(kept, part.leaves, part.signed)
        except WitnessElsewhere as elsewhere:
            if elsewhere.size == kept:
                raise WitnessRefused from None
            witnessing.kept_leaves[city] = elsewhere.size
        except KeepsNoLeaves:
            witnessing.kept_leaves[city] = accepted.size
        else:
            witnessing.kept_leaves[city] = part.signed.checkpoint.size


async def _cosigned(witnessing: Witnessing, city: str, old_size: int, signed: SignedCheckpoint) -> Signature:
    """Ask from the size we know of; where the witness knows another, from that one. Raises WitnessRefused."""
    try:
        return await _ask(witnessing, city, old_size, signed)
    except WitnessElsewhere as elsewhere:
        if elsewhere.size > signed.checkpoint.size:
            raise WitnessRefused from None
        try:
            return await _ask(witnessing, city, elsewhere.size, signed)
        except WitnessElsewhere:
            raise WitnessRefused from None


async def _ask(witnessing: Witnessing, city: str, old_size: int, signed: SignedCheckpoint) -> Signature:
    async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        try:
            proof = await witnessed.consistency_proof(connection, city, old_size, signed.checkpoint.size)
        except LookupError:
            raise WitnessRefused from None
    return await witnessing.client.cosign(old_size, proof, signed)


async def _alert(witnessing: Witnessing, city: str, cause: str, detail: str) -> None:
    async with witnessing.database.city(city, timeout=_TRANSACTION_SECONDS) as connection:
        await witnessed.open_alert_once(connection, city, cause, detail)
