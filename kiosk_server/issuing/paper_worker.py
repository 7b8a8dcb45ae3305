"""One worker process that makes paper, at the other end of a pipe of its own."""

import ctypes
import gc
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from typing import Any, Final

from civil.errors import KioskError

_PR_SET_PDEATHSIG: Final = 1
_LONGEST_SECONDS: Final = 30.0
"""No answer is waited for past the protocol's hard deadline: a worker that takes longer will never come back from it."""


class PaperWorkerDied(KioskError):
    """証明書を作成するプロセスが停止しました。 / A process that makes paper died over it."""


class PaperUnsent(KioskError):
    """証明書の作成結果を受け取れません。 / What came of a paper could not be sent."""


class PaperWorker:
    """A process with its fonts loaded. Ask it from the thread that made it, one thing at a time.

    Nobody else writes to its pipe: what comes back can only be about what was asked, and when the process dies, even in
    the middle of an answer, the end is read and nothing is waited for. Raises PaperWorkerDied if it cannot begin.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._receive()
        except PaperWorkerDied:
            self.end()
            raise

    @property
    def pid(self) -> int | None:
        """Of the process."""
        return self._process.pid

    def ask(self, sealed: Any) -> Any:
        """What `make_paper` returns for it, or raises. Raises PaperWorkerDied when the process dies meanwhile, or is ended for taking too long."""
        try:
            self._pipe.send(sealed)
        except OSError:
            raise PaperWorkerDied from None
        if not self._pipe.poll(_LONGEST_SECONDS):
            self.kill()
        answer = self._receive()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def kill(self) -> None:
        """Kill the process, from any thread; whoever waits for its answer gets PaperWorkerDied."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and give everything back. Nobody may wait for its answer any more."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _receive(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            raise PaperWorkerDied from None


def _work(pipe: Connection, parent: int) -> None:
    # A Ctrl-C at the terminal is for the parent, who ends us after the answers under way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel knew that we go with it
    # Loaded here and not by whoever only asks: fonts take memory, and their reader is not for two threads.
    from kiosk_server.issuing.paper import load_fonts, make_paper  # noqa: PLC0415

    load_fonts()
    gc.freeze()  # what is loaded stays, and need not be looked through again
    pipe.send(None)
    while True:
        try:
            sealed = pipe.recv()
        except EOFError:
            return
        try:
            answer: Any = make_paper(sealed)
        except Exception as error:  # noqa: BLE001 - it is raised where the paper was asked for
            answer = error
        try:
            pipe.send(answer)
        except Exception:  # noqa: BLE001 - an error may hold what no pipe takes, and its words may quote the paper
            pipe.send(PaperUnsent(type(answer).__name__))
