"""What `kiosk doctor` looks at. Each look returns what it found, or raises KioskError with what is wrong and the fix."""

import platform
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
from cryptography import x509
from redis.asyncio import Redis
from redis.exceptions import RedisError

import pdf
from civil.calendar import JST, jst_date
from civil.clock import utc_now
from civil.errors import KioskError
from issuance_db.city import city_on
from issuance_db.migrate import read_migrations, schema_status
from keys.file_provider import FileKeyProvider
from kiosk_server.processes.starting import SCHEMA_PACKAGES, certificates_in, connect, require_fit
from kiosk_server.settings import Settings

_ROLE: Final = "front"
_OLDEST_PYTHON: Final = (3, 11)
_LEAST_FREE: Final = 512 * 2**20
_MOST_SKEW: Final = timedelta(seconds=2)
_RENEW_BEFORE: Final = timedelta(days=30)


class Wrong(KioskError):
    """問題があります。 / Something is wrong."""


async def python(_settings: Settings) -> str:
    """3.11 or newer."""
    if sys.version_info < _OLDEST_PYTHON:
        raise Wrong("Python 3.11 以上を使ってください。 / Use Python 3.11 or newer.")
    return platform.python_version()


async def fonts(_settings: Settings) -> str:
    """The fonts the paper is drawn with."""
    try:
        chain = pdf.FontChain()
    except (OSError, KioskError):
        raise Wrong(
            "フォントを読めません。プログラムを入れ直してください。 / The fonts cannot be read; install the program again."
        ) from None
    return ", ".join(path.name for path in chain.paths)


async def disk(settings: Settings) -> str:
    """Room where the data is."""
    there = settings.keys_directory or Path.cwd()
    free = shutil.disk_usage(next(path for path in (there.absolute(), *there.absolute().parents) if path.exists())).free
    if free < _LEAST_FREE:
        raise Wrong(
            f"空きが {free // 2**20} MiB しかありません。空きを作ってください。 / Only {free // 2**20} MiB are free; make room."
        )
    return f"{free // 2**30} GiB 空き / free"


async def keys(settings: Settings) -> str:
    """The key file opens."""
    return _keys(settings).marker


async def document_certificate(settings: Settings) -> str:
    """The certificate for signing documents is valid, and not only until tomorrow."""
    return _valid(
        _keys(settings).document_signer().certificate, "新しい証明書を登録してください。 / Install a new one."
    )


async def tls(settings: Settings) -> str:
    """The server's certificate and the client CA are valid."""
    found = [
        x509.load_der_x509_certificate(der)
        for name in ("tls_certificate", "tls_client_ca")
        for der in certificates_in(settings.path(name))
    ]
    said = [_valid(certificate, "TLS の証明書を更新してください。 / Renew it.") for certificate in found]
    return "、".join(said)


async def postgres(settings: Settings) -> str:
    """The database answers."""
    connection = await connect(settings.dsn(_ROLE))
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < 15:  # noqa: PLR2004 - the oldest that has what the schema uses
        raise Wrong("PostgreSQL 15 以上を使ってください。 / Use PostgreSQL 15 or newer.")
    return str(version.major)


async def schema(settings: Settings) -> str:
    """The schema is this program's, and keys and database are for the same use."""
    marker = await require_fit(settings, _ROLE)
    connection = await connect(settings.dsn(_ROLE))
    try:
        status = await schema_status(connection, read_migrations(SCHEMA_PACKAGES))
    finally:
        await connection.close()
    return f"{status.applied[-1]:04} ({marker})"


async def clock(settings: Settings) -> str:
    """Our clock is the database's."""
    connection = await connect(settings.dsn(_ROLE))
    try:
        theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()
    skew = abs(theirs - utc_now())
    if skew > _MOST_SKEW:
        raise Wrong(
            f"データベースと {skew.total_seconds():.1f} 秒ずれています。両方を NTP に合わせてください。 / "
            f"{skew.total_seconds():.1f} s apart from the database; set both by NTP."
        )
    return f"{skew.total_seconds() * 1000:.0f} ms"


async def mayor_and_seal(settings: Settings) -> str:
    """Every city has a mayor and a seal today."""
    connection = await connect(settings.dsn(_ROLE))
    try:
        for code in settings.cities():
            await _require_mayor_and_seal(connection, code)
    finally:
        await connection.close()
    return f"{jst_date(utc_now())} {', '.join(settings.cities())}"


async def redis(settings: Settings) -> str:
    """Redis answers, where there is one."""
    url = settings.redis()
    if url is None:
        return "未設定(毎分の制限なし) / not set: no limit per minute"
    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError):
        raise Wrong(
            "応答がありません。起動しているか、KIOSK_REDIS_URL を確かめてください。 / No answer. Is it running? Look at KIOSK_REDIS_URL."
        ) from None
    finally:
        await client.aclose()
    return "OK"


async def _require_mayor_and_seal(connection: asyncpg.Connection, code: str) -> None:
    async with connection.transaction(readonly=True):
        await connection.execute("SELECT set_config('kiosk.municipality', $1, true)", code)
        found = await city_on(connection, code, "resident_record", "centre", jst_date(utc_now()))
    if found is None:
        raise Wrong(f"{code} が登録されていません。 / {code} is not registered as a city.")
    if found.mayor_name is None or found.seal_image is None:
        raise Wrong(
            f"{code}: 今日有効な市長名または公印がありません。登録してください。 / {code} has no mayor or no seal for today; register them."
        )


def _keys(settings: Settings) -> FileKeyProvider:
    return FileKeyProvider(settings.path("keys_directory"), settings.passphrase())


def _valid(certificate: x509.Certificate, fix: str) -> str:
    now, until = utc_now(), certificate.not_valid_after_utc
    if not certificate.not_valid_before_utc <= now <= until:
        raise Wrong(f"有効期間外です({until.astimezone(JST):%Y-%m-%d} まで)。 / Not valid now. {fix}")
    if until - now < _RENEW_BEFORE:
        raise Wrong(f"{until.astimezone(JST):%Y-%m-%d} に切れます。 / Ends soon. {fix}")
    return f"{until.astimezone(JST):%Y-%m-%d} まで有効 / valid"
