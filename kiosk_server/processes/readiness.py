"""What the front needs in order to answer, looked at whenever somebody asks whether it is ready."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from redis.asyncio import Redis

from civil.clock import Clock, utc_now
from issuance_db.database import Database
from keys.provider import KeyProvider
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.wrong import Fault
from kiosk_server.processes.centre_lock import NAME as TOPOLOGY
from kiosk_server.settings import Settings
from kiosk_server.web.operations import ReadinessCheck

_CERTIFICATE_DATES: Final = Fault(
    "文書署名用の証明書が有効期間外です。",
    "The certificate for signing documents is not valid now.",
    "新しい証明書を登録してください。サーバーの時計も確かめてください。",
    "Install a new certificate; look at the server's clock too.",
)


def readiness_checks(
    settings: Settings, database: Database, redis: Redis | None, keys: KeyProvider, fitness: Fitness
) -> Sequence[ReadinessCheck]:
    """The database, Redis where there is one, the dates of the document certificate, and the centre's lock."""
    checks = [
        ReadinessCheck("database", partial(_database, database, settings.cities()[0])),
        ReadinessCheck("document_certificate", partial(_certificate, keys, utc_now)),
        ReadinessCheck(TOPOLOGY, partial(_found, fitness, TOPOLOGY)),
    ]
    return checks if redis is None else [*checks, ReadinessCheck("redis", partial(_redis, redis))]


async def _database(database: Database, municipality_code: str) -> Fault | None:
    async with database.city(municipality_code) as connection:
        await connection.execute("SELECT")
    return None


async def _found(fitness: Fitness, name: str) -> Fault | None:
    return fitness.wrong.get(name)


async def _redis(redis: Redis) -> Fault | None:
    await redis.ping()
    return None


async def _certificate(keys: KeyProvider, clock: Clock) -> Fault | None:
    certificate = keys.document_signer().certificate
    is_valid = certificate.not_valid_before_utc <= clock() <= certificate.not_valid_after_utc
    return None if is_valid else _CERTIFICATE_DATES
