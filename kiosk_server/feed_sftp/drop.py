"""What one session of a sender does with its files: begin, write, name, give up. What is not finished when it ends is gone."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from civil.errors import KioskError
from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.own_files import OwnFiles, Seen
from kiosk_server.feed_sftp.paths import Place
from kiosk_server.feed_sftp.senders import SftpSender
from sync.feeds.claims import Claims, NameOfAnother
from sync.feeds.incoming import Incoming


class Denied(KioskError):
    """できません。自分の書きかけのファイルだけを、初めから順に書き、名前を変え、消せます。 /
    Not allowed: only own files that are not finished can be written (from the beginning, in order), renamed and removed."""


class NotThere(KioskError):
    """その名前の書きかけのファイルはありません。切れた送信は続けられません。初めから送ってください。 /
    There is no unfinished file of that name. What was cut off cannot be resumed: send it from its beginning."""


class TooMuch(KioskError):
    """多すぎるか、大きすぎるか、空です。zip にするか、後で送ってください。 /
    Too many, too large, or empty: send a zip, or send it later."""


@dataclass(slots=True, eq=False)
class Upload:
    """A file that is being sent: its name, and what came of it; None once it went wrong, for then nothing mends it."""

    name: str
    incoming: Incoming | None
    why: Exception = field(default_factory=Denied)
    """What went wrong."""

    def spoil(self, why: Exception | None = None) -> None:
        """Nothing will come of it."""
        if self.incoming is not None:
            self.why = why or self.why
            self.incoming.discard()
            self.incoming = None


@dataclass(slots=True)
class Drop:
    """Everything here writes to the disk, one call after the other. Raises KioskError and OSError."""

    inbox: Path
    sender: SftpSender
    limits: Limits
    is_over: bool = False
    _uploads: dict[str, Upload] = field(default_factory=dict)
    """Those that are being written, and those that have a temporary name, by their names."""
    _written: set[str] = field(default_factory=set)
    """Of those, the ones that are whole."""

    @property
    def own(self) -> OwnFiles:
        """What is seen of the disk."""
        return OwnFiles(self.inbox, self.sender.name)

    def begin(self, place: Place, *, anew: bool) -> Upload:
        """A file from its beginning; `anew`: in place of an own unfinished one."""
        if place.kind != "file" or self.is_over:
            raise Denied
        if not place.is_temporary and Claims(self.inbox).sender(place.name) not in {self.sender.name, None}:
            raise NameOfAnother
        if place.name in self._uploads:
            if not anew or place.name not in self._written:
                raise Denied
            self.remove(place)
        if len(self._uploads) >= self.limits.unfinished or self.own.waiting() >= self.limits.waiting:
            raise TooMuch
        self._uploads[place.name] = Upload(place.name, Incoming(self.inbox, self.limits.most_bytes))
        return self._uploads[place.name]

    def write(self, upload: Upload, offset: int, data: bytes) -> None:
        """The next bytes. Anywhere else, or more than may come, ends the file."""
        try:
            self._write(upload, offset, data)
        except (KioskError, OSError) as why:
            upload.spoil(why)
            raise

    def _write(self, upload: Upload, offset: int, data: bytes) -> None:
        if upload.incoming is None:
            raise upload.why
        if offset != upload.incoming.received:
            raise Denied
        if offset + len(data) > self.limits.most_bytes:
            raise TooMuch
        upload.incoming.add(data)

    def close(self, upload: Upload) -> int | None:
        """All of it was sent. It is taken where it has its own name (then how long it is), else kept until it gets one."""
        if upload.incoming is None or self.is_over:
            self._forget(upload)
            raise upload.why
        if not Place("file", upload.name).is_temporary:
            try:
                return self._enter(upload, upload.name)
            finally:
                self._forget(upload)
        upload.incoming.rest()
        self._written.add(upload.name)
        return None

    def rename(self, old: Place, new: Place, *, over: bool) -> int | None:
        """Name an unfinished file that is whole; `over`: in place of another unfinished one. Its length where it is taken."""
        upload = self._whole(old)
        if new.kind != "file":
            raise Denied
        if not new.is_temporary:
            size = self._enter(upload, new.name)
            self._forget(upload)
            return size
        if new.name != old.name:
            if new.name in self._uploads:
                if not over:
                    raise Denied
                self.remove(new)
            self._uploads[new.name] = self._uploads.pop(old.name)
            self._written.remove(old.name)
            self._written.add(new.name)
            upload.name = new.name
        return None

    def remove(self, place: Place) -> None:
        """Give up an own file that is not finished."""
        self._forget(self._whole(place))

    def seen(self) -> Mapping[str, Seen]:
        """The unfinished files."""
        now = int(time.time())
        return {name: Seen(upload.incoming.received, now) for name, upload in self._uploads.items() if upload.incoming}

    def end(self) -> None:
        """The session is over: nothing unfinished is left, and nothing more is taken."""
        self.is_over = True
        for upload in list(self._uploads.values()):
            self._forget(upload)

    def _whole(self, place: Place) -> Upload:
        if place.kind == "file" and place.name in self._written:
            return self._uploads[place.name]
        if place.kind != "file" or place.name in self._uploads or self.own.file(place.name):
            raise Denied
        raise NotThere

    def _enter(self, upload: Upload, name: str) -> int:
        if upload.incoming is None:
            raise Denied
        if upload.incoming.received == 0:
            raise TooMuch
        size = upload.incoming.received
        upload.incoming.enter(name, self.sender.name)
        return size

    def _forget(self, upload: Upload) -> None:
        upload.spoil()
        self._written.discard(upload.name)
        if self._uploads.get(upload.name) is upload:
            del self._uploads[upload.name]
