"""The sentence that a page begins with after an act. An address names it; nothing but these can be said that way."""

from collections.abc import Mapping
from typing import Final

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "signed_out": ("サインアウトしました。", "You have signed out."),
    "password_changed": ("パスワードを変更しました。", "Your password was changed."),
    "second_factor_set": ("確認コードを登録しました。", "The second factor was registered."),
}
