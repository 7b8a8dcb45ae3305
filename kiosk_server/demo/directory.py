"""The layout of a demo's data directory: everything in one place, private, and gone when the directory is."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kiosk_server.embedded.directory import DataDirectory, require_free_disk
from kiosk_server.embedded.errors import DataDirectoryUnusable
from kiosk_server.embedded.secret_file import write_secret

DEFAULT: Final = Path("kiosk-data")
_MARK: Final = "kiosk-demo.json"
_LAYOUT: Final = 1
_OF_THE_LOCK: Final = frozenset({"lock"})
_FREE_BYTES: Final = 128 * 2**20


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    """Where a demo keeps what it needs. Files with passwords, PINs and private keys have mode 0600."""

    path: Path

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's own directory."""
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded Valkey's own directory."""
        return self.path / "valkey"

    @property
    def keys(self) -> Path:
        """The directory of the key file."""
        return self.path / "keys"

    @property
    def witness(self) -> Path:
        """The witness's own directory: its key, and the checkpoints it cosigned."""
        return self.path / "witness"

    @property
    def keys_passphrase(self) -> Path:
        """The passphrase of the demo's key file."""
        return self.path / "keys-passphrase"

    @property
    def passwords(self) -> Path:
        """One file per login role."""
        return self.path / "passwords"

    @property
    def redis_url(self) -> Path:
        """The URL of Valkey, with its password."""
        return self.path / "redis-url"

    @property
    def settings(self) -> Path:
        """What the processes read; no secret in it."""
        return self.path / "settings.env"

    @property
    def logs(self) -> Path:
        """One log per process, and that of the run before."""
        return self.path / "logs"

    @property
    def published(self) -> Path:
        """What the city publishes for those who check sheets; in real life on its web site."""
        return self.path / "published"

    @property
    def ca(self) -> Path:
        """The development CA's certificate (PEM). Its private key is not kept."""
        return self.path / "tls" / "ca.pem"

    @property
    def jpki(self) -> Path:
        """The fake authority of user certificates: its generations, with their private keys."""
        return self.path / "jpki"

    @property
    def jpki_ca(self) -> Path:
        """The certificates of all its generations (PEM)."""
        return self.jpki / "ca.pem"

    @property
    def cards(self) -> Path:
        """Invented cards, made by `kiosk card make`."""
        return self.path / "cards"

    def certificate(self, name: str) -> Path:
        """The certificate (PEM) of `server`, `centre` or `terminal`."""
        return self.path / "tls" / f"{name}.pem"

    def private_key(self, name: str) -> Path:
        """The private key (PEM) of `server`, `centre` or `terminal`."""
        return self.path / "tls" / f"{name}.key"

    def read(self, name: str) -> Mapping[str, Any] | None:
        """What was kept under a name ("city", "running"), or None."""
        try:
            found: dict[str, Any] = json.loads((self.path / f"{name}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return found

    def keep(self, name: str, values: Mapping[str, Any]) -> None:
        """Keep values under a name, whole or not at all, mode 0600."""
        write_secret(self.path / f"{name}.json", json.dumps(values, ensure_ascii=False, indent=1))

    def forget(self, name: str) -> None:
        """Drop what was kept under a name."""
        (self.path / f"{name}.json").unlink(missing_ok=True)


@contextmanager
def held(path: Path) -> Iterator[tuple[DemoDirectory, int]]:
    """Hold the directory for ourselves; gives it with the descriptor of its lock, for children to inherit.

    Raises DataDirectoryInUse, DataDirectoryUnusable (also for a directory that holds other things), DiskAlmostFull.
    """
    directory = DemoDirectory(path.absolute())
    _require_ours(directory.path)
    require_free_disk(directory.path, _FREE_BYTES)
    lock = DataDirectory(directory.path)
    with lock:
        write_secret(directory.path / _MARK, json.dumps({"layout": _LAYOUT}))
        try:
            yield directory, lock.lock_fd
        finally:
            # Whoever reads this finds a demo that answers, or nothing.
            with contextlib.suppress(OSError):
                directory.forget("running")


def make_private(directory: Path) -> None:
    """Make a directory of mode 0700 unless it is there."""
    directory.mkdir(mode=0o700, exist_ok=True)


def _require_ours(path: Path) -> None:
    try:
        names = {entry.name for entry in path.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataDirectoryUnusable(
            f"{path} を使用できません({error.strerror})。 / {path} cannot be used ({error.strerror})."
        ) from None
    if _MARK not in names and not names <= _OF_THE_LOCK:
        raise DataDirectoryUnusable(
            f"{path} には別のファイルがあり、デモのデータディレクトリではありません。何も変更していません。空の場所を --data-dir で指定してください。 / "
            f"{path} holds other files and is no data directory of a demo; nothing was changed. Give an empty place with --data-dir."
        )
