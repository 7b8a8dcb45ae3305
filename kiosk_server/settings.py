"""What an installation sets: environment variables KIOSK_…, or a settings file of the same names. Secrets stand in files."""

import os
import re
import stat
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from civil.check_digits import municipality_code_ok
from civil.errors import KioskError
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.tokens.place import LIMIT_SECONDS, TokenAccess
from kiosk_server.server_urls import is_kept_secret, is_loopback

PREFIX: Final = "KIOSK_"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MOST_SECONDS: Final = 30
_ORIGIN: Final = re.compile(r"https://([a-z0-9-]+\.)+[a-z][a-z0-9-]*(:(?!443$)[1-9][0-9]{0,4})?")
_REDIS_IN_THE_OPEN: Final = (
    "ほかの機械の Redis へは rediss:// で。この機械なら 127.0.0.1 で。 / "
    "rediss:// for a server on another machine, 127.0.0.1 for one on this"
)


class SettingsInvalid(KioskError):
    """設定に誤りがあります。 / The settings are wrong."""


class Settings(BaseSettings):
    """Everything a process may be told. What it needs and was not given is refused by name when it asks for it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: str | None = None
    """postgresql://host:port/name?sslmode=verify-full; no user and no password: each process adds its own role."""
    role_passwords: Path | None = None
    """A directory with one file (0600) per login role, holding its password."""
    redis_url: SecretStr | None = None
    redis_url_file: Path | None = None
    """A file (0600) with the URL, for one that holds a password."""
    keys_directory: Path | None = None
    keys_passphrase_file: Path | None = None
    token_module: Path | None = None
    """The PKCS#11 module (.so) of the token that holds the key documents are signed with."""
    token_pin_file: Path | None = None
    """A file (0600) with the token's PIN."""
    token_limit_seconds: Annotated[float, Field(gt=0, le=_MOST_SECONDS)] = LIMIT_SECONDS
    """A token that takes longer for one signature counts as lost."""
    own_registry: bool = False
    """Whether the resident registry (住民基本台帳) is the one of this program: then the console has its pages, as database role `registry`."""
    feed_key_file: Path | None = None
    """A file (0600) with the key shared with the seal register, 64 hexadecimal digits."""
    feed_layouts: Path | None = None
    """A directory with the layout tables (`*.toml`) of other systems' files; without it, files are in our own form."""
    feed_inbox: Path | None = None
    """The directory that other systems and staff put files in; with several cities, it has one for each code. Without it, none is watched."""
    feed_keep_days: Annotated[int, Field(ge=0, le=366)] = 7
    """How long a file stays in the inbox's places for what was taken or refused."""
    feed_push_listen: str | None = None
    """Host and port to which other systems push their files, over mutual TLS, into the inbox; without it there is none."""
    feed_sftp_listen: str | None = None
    """Host and port to which other systems send their files by SFTP, into the inbox; without it there is none."""
    feed_sftp_key: Path | None = None
    """The host key (OpenSSH form, 0600) of that port; `kiosk feed sftp-key` makes it."""
    feed_senders: Path | None = None
    """A directory with the client certificates (`*.pem`) that may push and the keys (`*.pub`) for SFTP; with several cities, it has one for each code."""
    feed_push_most_bytes: Annotated[int, Field(gt=0, le=2**40)] = 2**32
    """How large a file may be that is pushed or sent by SFTP."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    """The CA (PEM) whose client certificates centres and terminals show."""
    jpki_ca: Path | None = None
    """The generations of the CA of user certificates (PEM) that are trusted; without it no card is taken on a reader."""
    jpki_ocsp_url: str | None = None
    jpki_crl_url: str | None = None
    """Where revocations are asked and listed; ``{key_id}`` in the second stands for the generation's key id."""
    centre_listen: str = "127.0.0.1:8443"
    terminal_listen: str = "127.0.0.1:8444"
    staff_listen: str = "127.0.0.1:8445"
    staff_origin: str | None = None
    """Under which address browsers reach the console (https://name[:port]); passkeys of staff belong to it, so it stays."""
    ops_listen: str = "127.0.0.1:9443"
    municipality_codes: Annotated[tuple[str, ...], NoDecode] = ()
    """全国地方公共団体コード of the cities, six digits each, separated by commas."""
    topology: Literal["single", "several"] = "single"
    """Whether one or several centre processes may run on this database; the same on every node."""
    worker_processes: Annotated[int, Field(ge=1, le=256)] = os.cpu_count() or 1
    """Processes that make paper; the cores of the machine unless told."""
    centre_processes: Annotated[int, Field(ge=1, le=64)] = max(1, (os.cpu_count() or 1) // 2)
    """Processes that answer centres and terminals, on the same ports; half the cores unless told: paper and database need theirs."""
    deadline_seconds: Annotated[float, Field(ge=1, le=_MOST_SECONDS)] = 10
    database_connections: Annotated[int, Field(ge=2, le=200)] = 10
    """Connections of each process that answers centres and terminals."""

    reconcile_at: time = time(3, 0)
    """The time of day (JST, HH:MM) at which the issuance records are compared with the register, everybody, both ways."""
    reconcile_part_seconds: Annotated[float, Field(ge=10, le=86_400)] = 300
    """From one part of that comparison to the next: a sixty-fourth of the city each."""

    signature_level: Literal["B-B", "B-T", "B-LT", "B-LTA"] = "B-B"
    """The PAdES level of every certificate (docs/signatures.md). By its name: settings are read by processes that have no use for `pdf`."""
    allow_lower_level: Annotated[tuple[str, ...], NoDecode] = ()
    """Codes of the cities that openly take a lower level when this one cannot be made."""
    tsa_url: str | None = None
    """Where the time-stamping authority answers; HTTPS unless it is on the loopback."""
    tsa_ca: Path | None = None
    """The CAs (PEM) that are trusted for time-stamps."""
    document_ca: Path | None = None
    """The root (PEM) of the document certificate."""
    tsa_policy: Annotated[str, Field(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$")] | None = None
    """The policy (OID) that a time-stamp must be made under; any unless told."""
    tsa_tolerance_seconds: Annotated[float, Field(gt=0, le=300)] = 60
    """How far a time-stamp may be from this machine's clock."""
    tsa_room_bytes: Annotated[int, Field(ge=1024, le=65536)] = 8192
    """Bytes reserved for one time-stamp."""
    authority_seconds: Annotated[float, Field(gt=0, le=_MOST_SECONDS)] = 3
    """How long a time-stamping or certification authority may take for one answer."""
    validation_data_seconds: Annotated[float, Field(ge=1, le=86_400)] = 3600
    """How long a fetched OCSP response or CRL is used again; never past its own nextUpdate."""

    log_origin: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")] = "kiosk-log"
    """The name of the history log; each city's is this, a slash and its code. It stays for ever: signatures name it."""
    log_limit_seconds: Annotated[float, Field(ge=5)] = 60
    """A history row that is no leaf of the log after so long is a fault."""
    witness_url: str | None = None
    """Where the witness of the log answers; HTTPS unless it is on the loopback."""
    witness_key: str | None = None
    """The witness's public key (its vkey)."""
    witness_ca: Path | None = None
    """The CA (PEM) of the witness's certificate; the system's CAs unless told."""
    witness_interval_seconds: Annotated[float, Field(ge=1, le=3600)] = 600
    witness_limit_seconds: Annotated[float, Field(ge=10)] = 14_400
    """A witness that has accepted nothing new for so long is a fault."""

    @field_validator("municipality_codes", "allow_lower_level", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("municipality_codes", "allow_lower_level")
    @classmethod
    def _check_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if not all(municipality_code_ok(code) for code in codes) or len(set(codes)) != len(codes):
            raise ValueError(
                "市区町村コードは検査数字を含む6桁で、重複なく。 / six digits with a right check digit, each once"
            )
        return codes

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError("postgresql://host:port/name の形で。 / of the form postgresql://host:port/name")
        if parts.username is not None or parts.password is not None:
            raise ValueError(
                "ユーザー名とパスワードは書かず、KIOSK_ROLE_PASSWORDS のファイルに。 / without user and password; "
                "those belong in the files of KIOSK_ROLE_PASSWORDS"
            )
        if not is_kept_secret(url):
            raise ValueError(
                "ほかの機械のデータベースへは ?sslmode=verify-full で。この機械なら 127.0.0.1 で。 / "
                "?sslmode=verify-full for a server on another machine, 127.0.0.1 for one on this"
            )
        return url

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not is_kept_secret(url.get_secret_value()):
            raise ValueError(_REDIS_IN_THE_OPEN)
        return url

    @field_validator("witness_url", "tsa_url")
    @classmethod
    def _check_outside(cls, url: str | None) -> str | None:
        return None if url is None else authority_url(url)

    @field_validator("jpki_ocsp_url", "jpki_crl_url")
    @classmethod
    def _check_authority(cls, url: str | None) -> str | None:
        # Plain HTTP is usual: what comes is signed by the authority.
        if url is not None and (urlsplit(url).scheme not in {"http", "https"} or urlsplit(url).hostname is None):
            raise ValueError("http:// か https:// で。 / http:// or https://")
        return url

    @field_validator("staff_origin")
    @classmethod
    def _check_origin(cls, origin: str | None) -> str | None:
        if origin is not None and _ORIGIN.fullmatch(origin) is None:
            raise ValueError(
                "https://名前[:ポート] の形で。番地(IP)にはパスキーを登録できません。 / "
                "https://name[:port]; no passkey belongs to an IP address"
            )
        return origin

    @field_validator(
        "centre_listen", "terminal_listen", "staff_listen", "ops_listen", "feed_push_listen", "feed_sftp_listen"
    )
    @classmethod
    def _check_address(cls, address: str | None) -> str | None:
        if address is not None:
            host_and_port(address)
        return address

    @property
    def paper_processes(self) -> int:
        """Processes that make paper for each process that answers: all of them shared out, one at least."""
        return -(-self.worker_processes // self.centre_processes)

    def need(self, name: str) -> Any:
        """The value of a setting, or SettingsInvalid naming its variable."""
        value = getattr(self, name)
        if value in {None, ()}:
            variable = PREFIX + name.upper()
            raise SettingsInvalid(
                f"{variable} が設定されていません。環境変数か設定ファイルに書いてください。 / "
                f"{variable} is not set. Set it in the environment or in the settings file."
            )
        return value

    def path(self, name: str) -> Path:
        """The file or directory a setting names. Raises SettingsInvalid when it is not set or not there."""
        path: Path = self.need(name)
        if not path.exists():
            variable = PREFIX + name.upper()
            raise SettingsInvalid(
                f"{variable}: {path} がありません。場所を直すか、作成してください。 / "
                f"{variable}: {path} does not exist. Correct the path or make it."
            )
        return path

    def dsn(self, role: str) -> str:
        """The URL for one login role (`issuance_db.roles`), with its password. Raises SettingsInvalid."""
        url: str = self.need("database_url")
        password = read_secret(self.path("role_passwords") / role, f"{PREFIX}ROLE_PASSWORDS")
        parts = urlsplit(url)
        login = f"{quote(role, safe='')}:{quote(password, safe='')}@"
        return urlunsplit(parts._replace(netloc=login + parts.netloc))

    def redis(self) -> str | None:
        """The URL of Redis, or None when there is none: then requests are not limited per minute. Raises SettingsInvalid."""
        if self.redis_url_file is not None:
            url = read_secret(self.path("redis_url_file"), f"{PREFIX}REDIS_URL_FILE")
            if not is_kept_secret(url):
                raise SettingsInvalid(f"{PREFIX}REDIS_URL_FILE: {_REDIS_IN_THE_OPEN}")
            return url
        return None if self.redis_url is None else self.redis_url.get_secret_value()

    def passphrase(self) -> bytes:
        """The passphrase of the key file. Raises SettingsInvalid."""
        return read_secret(self.path("keys_passphrase_file"), f"{PREFIX}KEYS_PASSPHRASE_FILE").encode()

    def token_access(self) -> TokenAccess | None:
        """How to reach the token, if there is one. Raises SettingsInvalid."""
        if self.token_module is None:
            return None
        module, pin_file = self.path("token_module"), self.path("token_pin_file")
        return TokenAccess(module, pin_file, self.path("keys_directory"), self.token_limit_seconds)

    def feed_key(self) -> SecretKey:
        """The key that the source of a feed digests its lists with. Raises SettingsInvalid."""
        variable = f"{PREFIX}FEED_KEY_FILE"
        text = read_secret(self.path("feed_key_file"), variable)
        if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
            raise SettingsInvalid(f"{variable}: 鍵は16進数64桁です。 / {variable}: the key is 64 hexadecimal digits.")
        return SecretKey(Purpose.FEED_COMPARISON, 1, bytes.fromhex(text))

    def feed_inboxes(self) -> dict[str, Path]:
        """The inbox of each city; none where no inbox is set. Raises SettingsInvalid."""
        if self.feed_inbox is None:
            return {}
        inbox, cities = self.path("feed_inbox"), self.cities()
        return {cities[0]: inbox} if len(cities) == 1 else {city: inbox / city for city in cities}

    def feed_sender_directories(self) -> dict[str, Path]:
        """Of each city, the directory of those who may send files. Raises SettingsInvalid."""
        senders, cities = self.path("feed_senders"), self.cities()
        return {cities[0]: senders} if len(cities) == 1 else {city: senders / city for city in cities}

    def cities(self) -> tuple[str, ...]:
        """The cities served. Raises SettingsInvalid when there is none."""
        codes: tuple[str, ...] = self.need("municipality_codes")
        return codes

    def redacted(self) -> dict[str, str]:
        """Every setting by its variable, for a person to read; of secrets only whether they are set."""
        shown = {name: getattr(self, name) for name in type(self).model_fields}
        if self.redis_url is not None:
            shown["redis_url"] = "********"
        return {PREFIX + name.upper(): _shown(value) for name, value in shown.items()}


def read_settings(file: Path | None = None) -> Settings:
    """The settings of the environment and, beneath it, of `file`. Raises SettingsInvalid naming each wrong variable."""
    if file is not None and not file.is_file():
        raise SettingsInvalid(f"設定ファイル {file} がありません。 / There is no settings file {file}.")
    source: dict[str, Any] = {"_env_file": file, "_env_file_encoding": "utf-8"}
    try:
        return Settings(**source)
    except ValidationError as error:
        raise SettingsInvalid("\n".join(_complaints(error))) from None


def host_and_port(address: str) -> tuple[str, int]:
    """Split "127.0.0.1:8443" or "[::1]:8443"; port 0 asks for a free one. Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or not port.isascii() or int(port) > 65535:  # noqa: PLR2004
        raise ValueError("host:port の形で。 / of the form host:port, such as 127.0.0.1:8443")
    return host.removeprefix("[").removesuffix("]"), int(port)


def authority_url(url: str) -> str:
    """The URL, if it is `https://` or stays on this machine. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("https:// で。http:// はループバックだけ。 / https://, or http:// on the loopback only")
    return url


def read_secret(path: Path, variable: str) -> str:
    """The text of a secret file, without the line end. Raises SettingsInvalid if others may read it, never quoting it."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise SettingsInvalid(
                f"{variable}: {path} を他の利用者が読めます。chmod 600 にしてください。 / "
                f"{variable}: {path} is open to other users. Run chmod 600 on it."
            )
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        # Its words quote a part of the secret.
        raise SettingsInvalid(
            f"{variable}: {path} は文字(UTF-8)ではありません。 / {variable}: {path} is no text (UTF-8)."
        ) from None
    except OSError as error:
        raise SettingsInvalid(
            f"{variable}: {path} を読めません({error.strerror})。 / {variable}: {path} cannot be read ({error.strerror})."
        ) from None


def _complaints(error: ValidationError) -> list[str]:
    return [_complaint(str(fault["loc"][0]).upper(), fault["type"], fault["msg"]) for fault in error.errors()]


def _complaint(name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"{name}: そのような設定はありません。綴りを確かめてください。 / There is no such setting; look at its spelling."
    said = message.removeprefix("Value error, ") if kind == "value_error" else f"値が正しくありません。 / {message}"
    return f"{PREFIX}{name}: {said}"


def _shown(value: object) -> str:
    if value is None or value == ():
        return "-"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
