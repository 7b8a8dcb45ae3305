"""The ports that take files of other systems: whether the sync process, started now, would find what it needs, and who may send."""

import os
from typing import Final

from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault
from kiosk_server.feed_push import senders_in
from kiosk_server.feed_sftp.host_key import fingerprint, read_host_key
from kiosk_server.feed_sftp.senders import sftp_senders_in

_OFF: Final = "-"
_NOT_WRITABLE: Final = Fault(
    "受信フォルダーがないか、書き込めません。",
    "An inbox is not there, or cannot be written to.",
    "KIOSK_FEED_INBOX(複数の市区町村なら、その中の団体コードごとのフォルダー)を作り、プログラムの利用者のものにしてください。",
    "Make KIOSK_FEED_INBOX (with several cities, a directory in it for each code), owned by the program's user.",
)
_NOBODY: Final = Fault(
    "ファイルを送れる相手が登録されていません。",
    "Nobody may send files.",
    "KIOSK_FEED_SENDERS に、HTTPS なら証明書(名前.pem)、SFTP なら公開鍵(名前.pub)を置き、sync を起動し直してください。",
    "Put certificates (NAME.pem, HTTPS) or public keys (NAME.pub, SFTP) into KIOSK_FEED_SENDERS, and start sync again.",
)


async def pushed(surroundings: Surroundings) -> str:
    """How many may push. Raises SettingsInvalid, SenderUnreadable, Advice."""
    settings = surroundings.settings
    if settings.feed_push_listen is None:
        return _OFF
    return _told(surroundings, len(senders_in(settings.feed_sender_directories())))


async def by_sftp(surroundings: Surroundings) -> str:
    """How many may send, and the fingerprint that they know the port by. Raises SettingsInvalid, SftpSenderUnreadable, SftpSenderTwice, Advice."""
    settings = surroundings.settings
    if settings.feed_sftp_listen is None:
        return _OFF
    key = read_host_key(settings.path("feed_sftp_key"))
    senders = len(sftp_senders_in(settings.feed_sender_directories()))
    return f"{_told(surroundings, senders)}; {fingerprint(key)}"


def _told(surroundings: Surroundings, senders: int) -> str:
    surroundings.settings.path("feed_inbox")
    if not all(
        os.access(inbox, os.R_OK | os.W_OK | os.X_OK) for inbox in surroundings.settings.feed_inboxes().values()
    ):
        raise Advice(_NOT_WRITABLE)
    if senders == 0:
        raise Advice(_NOBODY)
    return str(senders)
