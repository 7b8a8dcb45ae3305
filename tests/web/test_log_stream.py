"""A log that cannot be written costs lines, never an answer."""

import errno
import io

from kiosk_server.web.log_stream import LogStream


class FullDisk(io.StringIO):
    """Takes nothing while it is full."""

    is_full = True

    def write(self, text: str) -> int:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_line_that_cannot_be_written_raises_nothing_and_is_told_later() -> None:
    disk = FullDisk()
    stream = LogStream(disk)
    stream.write('{"event":"one"}\n')
    stream.write('{"event":"two"}\n')
    disk.is_full = False
    stream.write('{"event":"three"}\n')
    stream.write('{"event":"four"}\n')
    told, three, four = disk.getvalue().splitlines()
    assert '"count": 2' in told
    assert "log_lines_lost" in told
    assert (three, four) == ('{"event":"three"}', '{"event":"four"}')


def test_closed_stream_raises_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    LogStream(closed).write("{}\n")
