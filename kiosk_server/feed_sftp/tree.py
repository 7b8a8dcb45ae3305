"""The tree as one session sees it: paths in, files and what is known of them out. It reads and writes the disk."""

from dataclasses import dataclass

from asyncssh import FXF_APPEND, FXF_CREAT, FXF_EXCL, FXF_READ, FXF_TRUNC, FXF_WRITE, SFTPAttrs

from kiosk_server.feed_sftp.attributes import FOLDERS, file_attributes, folder_attributes, receipt_attributes
from kiosk_server.feed_sftp.drop import Denied, Drop, Upload
from kiosk_server.feed_sftp.own_files import Seen
from kiosk_server.feed_sftp.paths import RECEIPTS, NoSuchPath, Place, place_of
from sync.feeds.arriving import NameTaken


@dataclass(frozen=True, slots=True)
class Tree:
    """Raises KioskError and OSError; for a path that is none NoSuchPath, and NameWrong."""

    drop: Drop

    def open(self, path: bytes, flags: int) -> Upload | bytes:
        """A receipt, whole; or a file from its beginning. Nothing that was sent is read back, appended to or resumed."""
        place = place_of(path)
        if place.kind == "receipt" and flags == FXF_READ:
            if (text := self.drop.own.read(place.name)) is None:
                raise NoSuchPath
            return text
        if flags & (FXF_READ | FXF_APPEND) or not flags & FXF_WRITE:
            raise Denied
        if not flags & FXF_CREAT and not self._seen(place):
            raise NoSuchPath
        if flags & FXF_EXCL and self._seen(place):
            raise NameTaken
        return self.drop.begin(place, anew=bool(flags & FXF_TRUNC))

    def rename(self, old: bytes, new: bytes, *, over: bool) -> int | None:
        """Give an unfinished file another name; its length where it is taken by that."""
        return self.drop.rename(place_of(old), place_of(new), over=over)

    def remove(self, path: bytes) -> None:
        """Give up an unfinished file."""
        self.drop.remove(place_of(path))

    def stat(self, path: bytes) -> SFTPAttrs:
        """What is there."""
        place = place_of(path)
        if place.kind in FOLDERS:
            return folder_attributes(place.kind)
        if (seen := self._seen(place)) is None:
            raise NoSuchPath
        return file_attributes(seen) if place.kind == "file" else receipt_attributes(seen)

    def listed(self, path: bytes) -> list[tuple[str, SFTPAttrs]]:
        """What is in a folder, as far as it is this sender's."""
        place = place_of(path)
        if place.kind == "root":
            files = {**self.drop.own.files(), **self.drop.seen()}
            return [
                (RECEIPTS, folder_attributes("receipts")),
                *((name, file_attributes(files[name])) for name in files),
            ]
        if place.kind == "receipts":
            return [(name, receipt_attributes(seen)) for name, seen in self.drop.own.receipts().items()]
        raise NoSuchPath

    def _seen(self, place: Place) -> Seen | None:
        if place.kind == "receipt":
            return self.drop.own.receipt(place.name)
        return self.drop.seen().get(place.name) or self.drop.own.file(place.name) if place.kind == "file" else None
