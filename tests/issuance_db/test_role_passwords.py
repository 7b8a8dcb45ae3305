"""Installing as an administrator who is no superuser, as managed PostgreSQL has them; on a server of its own, for its roles."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from issuance_db.installation import mark, marker_of
from issuance_db.migrate import migrate
from issuance_db.role_passwords import NotAdministrator, RolesMissing, scram_verifier, set_role_passwords
from issuance_db.roles import ROLES
from kiosk_server.embedded.postgres import EmbeddedPostgres, PostgresAddress
from tests.servers import FAST_SETTINGS, MIGRATED_PACKAGES


@pytest.fixture
def own_server(servers_dir: Path) -> Iterator[PostgresAddress]:
    with EmbeddedPostgres(servers_dir / "roles", settings={**FAST_SETTINGS, "shared_buffers": "64MB"}) as server:
        yield server.address


async def test_an_administrator_who_is_no_superuser_installs_and_sets_passwords(own_server: PostgresAddress) -> None:
    superuser = await asyncpg.connect(own_server.dsn("postgres", own_server.superuser, own_server.password))
    await superuser.execute("CREATE ROLE admin LOGIN CREATEROLE PASSWORD 'of the admin'")
    await superuser.execute("CREATE DATABASE kiosk OWNER admin")
    await superuser.close()
    url = own_server.dsn("kiosk", "admin", "of the admin")
    admin = await asyncpg.connect(url)
    with pytest.raises(RolesMissing):
        await set_role_passwords(admin, {"front": "secret"})
    for _ in range(2):
        assert (await migrate(url, MIGRATED_PACKAGES)).pending == ()
    await mark(admin, "production")
    async with admin.transaction():
        await set_role_passwords(admin, {role: f"of {role}" for role in ROLES})
    await admin.close()
    front = await asyncpg.connect(own_server.dsn("kiosk", "front", "of front"))
    assert await marker_of(front) == "production"
    with pytest.raises(NotAdministrator):
        await set_role_passwords(front, {"staff": "another"})
    await front.close()


def test_the_server_is_told_a_verifier_and_not_the_password() -> None:
    # The example of RFC 7677, section 3: user "user", password "pencil", 4096 iterations.
    salt = b"[m\x99h\x9d\x125\x8e\xec\xa0K\x14\x126\xfa\x81"
    verifier = scram_verifier("pencil", salt)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
