"""Starts the processes of an installation together, watches them, and stops them together."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, NoReturn, Self

from civil.errors import KioskError
from kiosk_server.processes.child import ChildProcess

_READY_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1


class ProcessDied(KioskError):
    """プロセスが停止したため、全体を停止します。 / A process ended, so everything stops."""


class Supervisor:
    """Use as a context manager in the main thread: whatever ends the block, no child is left.

    Takes what makes a ChildProcess of a name.
    """

    def __init__(self, names: Sequence[str], make_child: Callable[[str], ChildProcess]) -> None:
        self._names = names
        self._make_child = make_child
        self._children: list[ChildProcess] = []

    def start(self) -> dict[str, str]:
        """Start all at once and wait for each in order; returns the addresses they announce. Raises ProcessDidNotStart."""
        for name in self._names:
            self._children.append(self._make_child(name))
        addresses: dict[str, str] = {}
        for child in self._children:
            addresses |= child.wait_ready(_READY_SECONDS)
        return addresses

    def watch(self) -> NoReturn:
        """Look at the children until one ends. Raises ProcessDied, which names it and quotes its log."""
        while True:
            self.require_all()
            time.sleep(_LOOK_SECONDS)

    def require_all(self) -> None:
        """Raise ProcessDied if a child has ended."""
        for child in self._children:
            code = child.exit_code()
            if code is not None:
                raise ProcessDied(
                    f"{child.name} が停止しました(終了コード {code})。全体を停止します。 / "
                    f"{child.name} ended with code {code}, so everything stops.\n{child.last_words()}"
                )

    def stop(self) -> None:
        """Stop in the reverse order of the start, each once the one before is gone."""
        while self._children:
            child = self._children.pop()
            child.ask_to_stop()
            child.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
