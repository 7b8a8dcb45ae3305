"""I3: each attempt has one place in the published status list of its month, and no place is another's too."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "seal_places.sql")
_WITHDRAW: Final = Words(
    "該当する証明書を差し替え、古いものを無効にしてください(kiosk seal withdraw)。原因はデータベースへ手を入れた処理です。",
    "Replace the sheets and withdraw the old ones (kiosk seal withdraw); look for what wrote to the database.",
)
RULES: Final = (
    Rule(
        "I3",
        "attempt_without_seal_place",
        Words(
            "発行に券面確認コードの状態リストの位置がありません。",
            "An attempt has no place in the status list of the visible seal.",
        ),
        RESTORE,
    ),
    Rule(
        "I3",
        "seal_place_twice",
        Words(
            "状態リストの同じ位置が2通に使われているか、1通に2つの位置があります。",
            "A place of the status list belongs to two sheets, or a sheet has two places.",
        ),
        _WITHDRAW,
    ),
    Rule(
        "I3",
        "seal_place_of_nothing",
        Words("状態リストの位置に対応する発行がありません。", "A place of the status list belongs to no attempt."),
        RESTORE,
    ),
    Rule(
        "I3",
        "seal_place_of_another_month",
        Words(
            "状態リストの月が発行月と違います。確認する人には無効と出ます。",
            "A place is in the list of another month than that of issue: whoever checks the sheet is told that it is void.",
        ),
        _WITHDRAW,
    ),
)
