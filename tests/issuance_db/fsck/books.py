"""Books as the real pipeline writes them: every kind of ending, each at least once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest

from cardauth import UserCertificate
from civil.calendar import jst_date
from civil.check_digits import modulus_11_digit
from issuance_db import intents, requests, residents
from issuance_db.database import Database as Pool
from issuance_db.intents import Intent, Subject
from issuance_db.requests import Lease, NewRequest, RequestKey, Terminal
from issuance_db.seal_places import take_place
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing import permit
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import MenuRequest, OutcomeReport, SessionCredential
from kiosk_server.processes.sweeper import sweep
from tests.issuing.city import CENTRE, ISSUER, TERMINAL, City, city
from tests.servers import MigratedCluster
from tests.sync.registry_rows import CITY


@dataclass(frozen=True, slots=True)
class Books:
    """One database, and the numbers of what is in it. ``now`` is when it is whole: a little after the last thing happened."""

    dsn: str
    now: datetime
    answered: str
    by_session: str
    withdrawn: str
    quarantined: str
    void: str
    running: str
    twin: str
    """A well-formed number of another day with the running number of ``running``."""


@asynccontextmanager
async def written_books(cluster: MigratedCluster, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[Books]:
    """The books of one city, written by the pipeline, the sweeper and one crash."""
    async with cluster.database() as database, city(database, keys, paper) as made:
        for household, *persons in (("900", "101", "102", "103"), ("901", "201"), ("902", "301")):
            await made.registry.family(household, *persons)
        await made.project()
        void, abandoned = await _crashed(made, "crashed")
        made.clock.now = abandoned.deadline_at + timedelta(seconds=1)
        async with Pool.open(database.dsn("sweeper"), max_size=1) as sweeper:
            await sweep(sweeper, CITY, made.clock)
        card = await made.credential("101", "7001")
        answered = await _answered(made, card)
        by_session = await _by_session(made, card)
        withdrawn = await _withdrawn(made)
        quarantined = await _quarantined(made)
        running, _ = await _crashed(made, "running")
        body = "20270101" + running[9:11] + running[12:20]
        twin = f"{body[:8]}-{body[8:10]}-{body[10:]}-{modulus_11_digit(body)}"
        yield Books(database.dsn(), made.clock.now, answered, by_session, withdrawn, quarantined, void, running, twin)


async def _answered(made: City, card: UserCertificate) -> str:
    """Answered and printed; and before that a wrong PIN."""
    with pytest.raises(Refusal):
        await made.issuing.issue(CENTRE, made.request(UserCertificate(ISSUER, "7001", "0000")))
    certificate = await made.issuing.issue(CENTRE, made.request(card))
    report = OutcomeReport("printed", fee_collected=True, occurred_at=made.clock.now)
    await made.issuing.report_outcome(CENTRE, certificate.issuance_number, report)
    return certificate.issuance_number


async def _by_session(made: City, card: UserCertificate) -> str:
    menu = await made.issuing.menu(CENTRE, MenuRequest("menu-1", CITY, TERMINAL, card))
    chosen = (menu.kinds[0].persons[2].person_ref,)
    certificate = await made.issuing.issue(CENTRE, made.request(SessionCredential(menu.session), persons=chosen))
    return certificate.issuance_number


async def _withdrawn(made: City) -> str:
    request = made.request(await made.credential("201", "7002"))
    certificate = await made.issuing.issue(CENTRE, request)
    staff = await made.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source, since) VALUES ($1, '201', 'staff', $2)",
        CITY,
        made.clock.now,
    )
    with pytest.raises(Refusal):
        await made.issuing.issue(CENTRE, request)
    return certificate.issuance_number


async def _quarantined(made: City) -> str:
    derive = residents.derive_again

    async def somebody_else(*arguments: object) -> tuple[residents.DerivedMember, ...]:
        household = await derive(*arguments)  # type: ignore[arg-type]  # passed through as they came
        return (*household, replace(household[0], person_number="999", asks=False))

    with patch.object(permit, "derive_again", somebody_else), pytest.raises(Refusal):
        await made.issuing.issue(CENTRE, made.request(await made.credential("301", "7003")))
    [row] = await made.rows("SELECT issuance_number FROM issuance.quarantine")
    return str(row["issuance_number"])


async def _crashed(made: City, request_id: str) -> tuple[str, Lease]:
    """A process that proposed an attempt and was never heard of again."""
    key = RequestKey(CITY, CENTRE.caller_id, "issuances", request_id)
    now = made.clock.now
    new = NewRequest(
        key, b"f", "resident_record", "centre", Terminal("chain", "store", "1"), now, now + timedelta(seconds=10)
    )
    async with made.environment.database.city(CITY) as front:
        lease = await requests.accept(front, new)
        assert lease is not None
        number = await intents.next_issuance_number(front, now.date())
        subject = Subject("301", 1, "902", 1, "person")
        await intents.propose(
            front, Intent(number, lease, "resident_record", "centre", 200, now, 1, bytes(32), (subject,)), now
        )
        await take_place(front, CITY, number, jst_date(now))
    return number, lease
