"""What a file may be called that another system sends, and what is wrong with one."""

import re
from typing import Final

from civil.errors import KioskError
from sync.feeds.folder import says_unfinished

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class NameWrong(KioskError):
    """ファイル名は英数字で始まる100字以内の英数字と . _ - です。 /
    The name of a file is at most 100 letters, digits, dots, hyphens and low lines, and begins with a letter or digit."""


class NameTaken(KioskError):
    """同じ名前の、内容の違うファイルが受信フォルダーにあります。別の名前で送ってください。 /
    Another file of that name is in the inbox: send this one under another name."""


class DigestDiffers(KioskError):
    """内容が、送られてきた SHA-256 または長さと一致しません。送り直してください。 /
    The content does not fit the SHA-256 or the length that came with it: send it again."""


def require_name(name: str) -> str:
    """A name that is no path, is not hidden, and does not say that the file is unfinished. Raises NameWrong."""
    if _NAME.fullmatch(name) is None or says_unfinished(name):
        raise NameWrong
    return name
