"""Taking a file of a centre in, behind the page that sent it: whole or not at all, and written down how far it is.

A process that stops takes the file with it (it stands on no disk); the job says so, and the file is sent again.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from civil.errors import KioskError
from issuance_db.staff_acts import Actor, record_act
from issuance_db.statement_jobs import Ending, JobGivenUp, end_job, tell_job
from kiosk_server.settling.layout import TableLayout
from kiosk_server.settling.progress import Progress
from kiosk_server.settling.table_file import Period
from kiosk_server.settling.tables import Encoding
from kiosk_server.settling.taking_in import read_file, take_in
from kiosk_server.staff.console import Console
from kiosk_server.staff.pages.settlement_set_up import LABELS
from kiosk_server.web.logging import log_fault
from sync.feeds import FileRefused

EVERY_SECONDS: Final = 1.0


class StatementRefused(KioskError):
    """ファイルに誤りがあり、何も取り込んでいません。 / The file is wrong, and nothing of it was taken in."""

    @classmethod
    def because(cls, refused: FileRefused) -> "StatementRefused":
        """With the place and the reason, in both languages."""
        ja, _, en = refused.reason.partition(" / ")
        label = LABELS.get(refused.item, (refused.item, refused.item))
        return cls(
            f"ファイルに誤りがあり、何も取り込んでいません。{refused.line}行目「{label[0]}」: {ja} / "
            f"The file is wrong, and nothing of it was taken in. Line {refused.line}, {label[1]}: {en or ja}"
        )


class ImportBroken(KioskError):
    """処理中に誤りが起き、何も取り込んでいません。記録に残したので、運用担当に知らせてください。 /
    Something went wrong, and nothing was taken in. It is in the log: tell those who run the service."""


@dataclass(frozen=True, slots=True)
class Order:
    """One file that somebody sent, and how to take it in."""

    job_id: int
    city: str
    caller_id: str
    period: Period
    content: bytes = field(repr=False)
    layout: TableLayout
    encoding: Encoding
    by: str
    is_correction: bool
    even_if_many: bool


async def carry_out(console: Console, order: Order) -> bool:
    """Take it in; whether it was new. Raises what it was refused for, which the job says too."""
    progress = Progress()
    telling = asyncio.create_task(_tell(console, order, progress))
    try:
        return await _taken_in(console, order, progress)
    except asyncio.CancelledError:
        await _end(console, order, "broken")
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the job says so and the log has it
        refused = _refusal(error)
        await _end(console, order, "refused", str(refused))
        raise refused from None
    finally:
        progress.is_over = True
        telling.cancel()


async def _taken_in(console: Console, order: Order, progress: Progress) -> bool:
    # A large table takes many seconds to read; other pages go on meanwhile.
    file = await asyncio.to_thread(read_file, order.content, order.layout, order.period, order.encoding, progress)
    progress.begin("storing")
    async with console.database.city(order.city) as connection:
        done = await take_in(
            connection, (order.city, order.caller_id), file, console.clock(), progress,
            is_correction=order.is_correction, even_if_many=order.even_if_many,
        )  # fmt: skip
        is_new = done.imported.is_new
        if is_new:
            key = done.imported.key
            actor = Actor(order.by, "明細の取込み / statement taken in")
            concerns = f"{order.caller_id} {order.period.length} {key.statement_on} {key.edition}"
            await record_act(connection, order.city, "statement_imported", actor, concerns=concerns)
        # The same transaction: whatever is written of it, the file is in whole exactly where its job says so.
        await end_job(connection, order.city, order.job_id, "taken" if is_new else "known")
    return is_new


def _refusal(error: Exception) -> KioskError:
    if isinstance(error, FileRefused):
        return StatementRefused.because(error)
    if isinstance(error, KioskError):
        return error
    log_fault("staff", error)
    return ImportBroken()


async def _tell(console: Console, order: Order, progress: Progress) -> None:
    """Once a second, over a connection of its own: the one that takes the file in shows nothing before its end."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            async with console.database.city(order.city) as connection:
                told = progress.step, progress.done, progress.total
                await tell_job(connection, order.city, order.job_id, *told)
        except JobGivenUp:
            return
        except KioskError:
            # A database that is busy for a moment is told the next time: silence would be taken for our end.
            continue


async def _end(console: Console, order: Order, step: Ending, told: str | None = None) -> None:
    with suppress(JobGivenUp):
        async with console.database.city(order.city) as connection:
            await end_job(connection, order.city, order.job_id, step, told)
