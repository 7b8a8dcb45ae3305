"""Where log lines go: a full disk or a closed pipe costs lines, never an answer."""

import json
from typing import TextIO


class LogStream:
    """Writes to another stream. Lines that could not be written are counted, and told as soon as a line can be again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = 0

    def write(self, text: str) -> None:
        """Write a line, or count it as lost."""
        try:
            if self._lost:
                self._stream.write(
                    json.dumps({"count": self._lost, "event": "log_lines_lost", "level": "warning"}) + "\n"
                )
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            # Whoever logs stands between a resident and an answer that is already in the books.
            self._lost += 1
        else:
            self._lost = 0

    def flush(self) -> None:
        """Nothing is left to flush: each line was, or is lost."""
