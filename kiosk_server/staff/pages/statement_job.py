"""A file of a centre while it is taken in, and what became of it: a page that can be left and come back to."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from civil.errors import KioskError
from issuance_db.statement_jobs import StatementJob, find_job
from kiosk_server.staff.duties import SETTLEMENT_READERS
from kiosk_server.staff.events import follow
from kiosk_server.staff.page import Page
from kiosk_server.staff.terms import STATEMENT_STEPS
from kiosk_server.staff.visit import Visit
from kiosk_server.staff.words import sayer

_PATH: Final = "/settlement/jobs/{job}"
EVERY_SECONDS: Final = 1.0
_UNITS: Final = {"reading": ("行", "lines"), "matching": ("日", "days")}


class NoSuchJob(KioskError):
    """その取込みはありません。「精算・突合」から選び直してください。 / There is no such file. Choose again under Settlement."""


async def _draw(visit: Visit) -> web.Response:
    job = await _job(visit)
    return visit.show("statement_job.html", job=job, told=_told(visit, job))


async def _events(visit: Visit) -> web.StreamResponse:
    await _job(visit)

    async def read() -> Mapping[str, Any]:
        job = await _job(visit)
        return {
            "is_over": job.ended_at is not None, "told": _told(visit, job), "done": job.done, "total": job.total
        }  # fmt: skip

    return await follow(visit, read, EVERY_SECONDS)


async def _job(visit: Visit) -> StatementJob:
    number = visit.number("job", NoSuchJob)
    async with visit.database() as connection:
        job = await find_job(connection, visit.city, number)
    if job is None:
        raise NoSuchJob
    return job


def _told(visit: Visit, job: StatementJob) -> str:
    say = sayer(visit.language)
    step = say(*STATEMENT_STEPS[job.step])
    if job.step not in _UNITS:
        return step
    of = "" if job.total is None else f" / {job.total:,}"
    return f"{step} {job.done:,}{of} {say(*_UNITS[job.step])}"


PAGES: Final = (
    Page("GET", _PATH, SETTLEMENT_READERS, _draw),
    Page("GET", f"{_PATH}/events", SETTLEMENT_READERS, _events, is_stream=True),
)
