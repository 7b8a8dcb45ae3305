from datetime import timedelta

import asyncpg
import pytest

from cardauth import UserCertificate, UserId
from issuance_db import credentials
from issuance_db.credentials import Holder, NewCredential, NewUserId
from issuance_db.database import Database
from tests import servers
from tests.cardauth.world import CITY, ISSUER, NOW, OTHER_CITY, open_world

MOMENT = timedelta(microseconds=1)
CARD = UserCertificate(ISSUER, "1", "0000")
PHONE = UserCertificate(ISSUER, "2", "0000")
BY_ID = UserId("somebody", "0000")


async def register(staff: Database) -> None:
    async with staff.city(CITY) as connection:
        await credentials.register_credentials(
            connection,
            [
                NewCredential(ISSUER, "1", "1000000001", "card", NOW),
                NewCredential(ISSUER, "2", "1000000001", "android", NOW),
                NewCredential("ff", "1", "1000000002", "card", NOW),
            ],
        )
        await credentials.register_user_ids(connection, [NewUserId("somebody", "1000000003", NOW)])


@pytest.mark.parametrize(
    ("credential", "person"),
    [
        (CARD, "1000000001"),
        (PHONE, "1000000001"),
        (UserCertificate("ff", "1", "0000"), "1000000002"),
        (BY_ID, "1000000003"),
    ],
)
async def test_a_credential_leads_to_its_person(
    database: servers.Database, credential: UserCertificate | UserId, person: str
) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        async with world.front.city(CITY) as connection:
            assert await credentials.find_registered(connection, credential) == Holder(person, NOW, None)


@pytest.mark.parametrize("credential", [CARD, BY_ID])
async def test_a_credential_is_good_from_its_first_instant_until_its_revocation(
    database: servers.Database, credential: UserCertificate | UserId
) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        stop = NOW + timedelta(days=1)
        async with world.staff.city(CITY) as connection:
            await credentials.revoke(connection, credential, stop)
            # A later stop does not reopen it.
            await credentials.revoke(connection, credential, stop + timedelta(days=1))
        async with world.front.city(CITY) as connection:
            holder = await credentials.find_registered(connection, credential)
        assert holder is not None
        instants = (NOW - MOMENT, NOW, stop - MOMENT, stop, stop + timedelta(hours=1))
        assert [holder.may_use_at(instant) for instant in instants] == [False, True, True, False, False]


async def test_an_unknown_credential_has_no_holder_and_cannot_be_revoked(database: servers.Database) -> None:
    async with open_world(database) as world:
        async with world.front.city(CITY) as connection:
            assert await credentials.find_registered(connection, CARD) is None
        with pytest.raises(credentials.CredentialNotRegistered):
            async with world.staff.city(CITY) as connection:
                await credentials.revoke(connection, CARD, NOW)


async def test_a_credential_of_another_city_is_unknown(database: servers.Database) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        async with world.front.city(OTHER_CITY) as connection:
            assert await credentials.find_registered(connection, CARD) is None


async def test_a_credential_is_registered_once_and_the_error_does_not_name_it(database: servers.Database) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        rows = [
            NewCredential(ISSUER, "9", "1000000009", "card", NOW),
            NewCredential(ISSUER, "1", "1000000009", "card", NOW),
        ]
        with pytest.raises(credentials.CredentialAlreadyRegistered) as refused:
            async with world.staff.city(CITY) as connection:
                await credentials.register_credentials(connection, rows)
        assert ISSUER not in str(refused.value)
        assert refused.value.__suppress_context__
        async with world.front.city(CITY) as connection:
            assert await credentials.find_registered(connection, UserCertificate(ISSUER, "9", "0000")) is None


async def test_thousands_are_registered_at_once(database: servers.Database) -> None:
    async with open_world(database) as world, world.staff.city(CITY) as connection:
        rows = [NewCredential(ISSUER, str(serial), "1000000001", "card", NOW) for serial in range(12_000)]
        await credentials.register_credentials(connection, rows)
        assert await connection.fetchval("SELECT count(*) FROM issuance.credential") == 12_000


async def test_front_neither_registers_nor_revokes(database: servers.Database) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.front.city(CITY) as connection:
                await credentials.register_user_ids(connection, [NewUserId("another", "1000000001", NOW)])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.front.city(CITY) as connection:
                await credentials.revoke(connection, CARD, NOW)


async def test_a_revocation_waits_for_a_permit_that_looks_at_the_person(database: servers.Database) -> None:
    async with open_world(database) as world:
        await register(world.staff)
        async with world.front.city(CITY) as permit:
            await permit.execute("SELECT shared.lock_for_permit($1, ARRAY['1000000001'], ARRAY[]::text[])", CITY)
            async with world.staff.city(CITY) as connection:
                await connection.execute("SET LOCAL lock_timeout = '50ms'")
                with pytest.raises(asyncpg.LockNotAvailableError):
                    await credentials.revoke(connection, CARD, NOW)
                await connection.execute("ROLLBACK AND CHAIN")
