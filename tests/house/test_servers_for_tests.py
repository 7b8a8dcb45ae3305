import socket

import asyncpg
import pytest
import pytest_socket
from redis.asyncio import Redis

from issuance_db.roles import ROLES
from kiosk_server.embedded.postgres import PostgresAddress
from tests.servers import Database, MigratedCluster


async def test_every_login_role_can_log_in_and_nobody_is_superuser(database: Database) -> None:
    for role in ROLES:
        connection = await database.connect(role)
        assert await connection.fetchval("SELECT current_user") == role
        assert await connection.fetchval("SELECT current_setting('is_superuser')") == "off"


async def test_two_databases_of_one_session_share_nothing(cluster: MigratedCluster) -> None:
    async with cluster.database() as one, cluster.database() as other:
        await (await one.connect()).execute("CREATE TABLE only_here (only_column integer)")
        assert await (await other.connect()).fetchval("SELECT to_regclass('only_here')") is None


async def test_a_copied_database_is_closed_to_the_public(database: Database) -> None:
    connection = await database.connect()
    assert not await connection.fetchval("SELECT has_database_privilege('public', current_database(), 'CONNECT')")


async def test_a_wrong_password_is_refused_over_either_way(postgres: PostgresAddress) -> None:
    for over in ("tcp", "unix"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.dsn("postgres", "postgres", "not it", over=over))


def test_the_superusers_password_is_not_in_the_addresss_repr(postgres: PostgresAddress) -> None:
    assert postgres.password not in repr(postgres)


def test_sockets_to_anywhere_but_our_own_servers_are_closed() -> None:
    with socket.socket() as one, pytest.raises(pytest_socket.SocketConnectBlockedError):
        one.connect(("192.0.2.1", 80))


async def test_valkey_answers_and_starts_empty(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url, decode_responses=True) as client:
        assert await client.dbsize() == 0
        assert await client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
