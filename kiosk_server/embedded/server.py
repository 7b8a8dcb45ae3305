"""What both embedded servers share: one directory, one process, a free port, a clean end."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from kiosk_server.embedded.directory import DataDirectory, require_free_disk, unusable
from kiosk_server.embedded.errors import DataDirectoryUnusable, EmbeddedServerError, ServerDidNotStart
from kiosk_server.embedded.ports import free_port
from kiosk_server.embedded.process import ServerProcess

Address = TypeVar("Address")

_PORT_TRIES = 5


class EmbeddedServer(ABC, Generic[Address]):
    """A server in `data_dir`, which it keeps to itself (mode 0700, locked), on a free port of 127.0.0.1.

    Use as a context manager, or call `start` and `stop`, from the main thread. Password and data outlast a restart.
    The server stops when this process ends, however it ends.
    """

    def __init__(self, data_dir: Path) -> None:
        self._directory = DataDirectory(data_dir)
        self._process: ServerProcess | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where the server answers. Raises EmbeddedServerError before `start`."""
        if self._address is None:
            raise EmbeddedServerError
        return self._address

    @property
    def pid(self) -> int:
        """The server's process id. Raises EmbeddedServerError before `start`."""
        if self._process is None:
            raise EmbeddedServerError
        return self._process.pid

    def start(self) -> Address:
        """Make what is missing, start, and return when the server answers.

        Raises DataDirectoryInUse, DataDirectoryUnusable, DiskAlmostFull or ServerDidNotStart.
        """
        require_free_disk(self._directory.path, self._disk_needed())
        self._directory.acquire()
        try:
            return self._start_locked()
        except OSError as error:
            self.stop()
            raise DataDirectoryUnusable(unusable(self._directory.path, error)) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop at once with everything written, and release the directory. Harmless when stopped."""
        if self._process is not None:
            self._process.stop()
        self._clean_up()
        self._process = self._address = None
        self._directory.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_locked(self) -> Address:
        self._prepare()
        for remaining in reversed(range(_PORT_TRIES)):
            address = self._address_at(free_port())
            try:
                self._process = self._launch(address)
            except ServerDidNotStart as error:
                # Somebody may take the port between our look and the server's.
                if remaining == 0 or "Address already in use" not in str(error):
                    raise
            else:
                self._address = address
                break
        return self.address

    @abstractmethod
    def _disk_needed(self) -> int:
        """Bytes that must be free before anything is made."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the server needs in the directory, which is locked now."""

    @abstractmethod
    def _address_at(self, port: int) -> Address:
        """The address that the server will have on `port`."""

    @abstractmethod
    def _launch(self, address: Address) -> ServerProcess:
        """Start the server on `address` and wait until it answers."""

    def _clean_up(self) -> None:
        """Remove what must not stay when the server has stopped."""
