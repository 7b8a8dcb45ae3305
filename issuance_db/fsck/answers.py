"""I1: each issuance is exactly one recorded intent and one answered request, and what is stored twice is equal."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "answers.sql")
_HANDED_OUT: Final = Words(
    "交付センターの日次明細(kiosk settle)で、紙が渡ったかを確かめてください。データベースへ手を入れた人や処理を調べてください。",
    "See in the centre's daily statement (kiosk settle) whether paper was handed out; find out who or what wrote to the database.",
)
RULES: Final = (
    Rule(
        "I1",
        "issuance_without_recorded_intent",
        Words(
            "発行履歴に、発行の記録(意図)がありません。", "An issuance in the books was never recorded as an intent."
        ),
        _HANDED_OUT,
    ),
    Rule(
        "I1",
        "recorded_intent_without_issuance",
        Words("発行済みなのに発行履歴がありません。", "What was recorded is missing in the books."),
        _HANDED_OUT,
    ),
    Rule(
        "I1",
        "issuance_differs_from_intent",
        Words(
            "発行履歴と発行の記録が違います(請求、種別、手数料、枚数、時刻、要約値のどれか)。",
            "The books and the intent differ: request, kind, fee, pages, instant or a digest.",
        ),
        RESTORE,
    ),
    Rule(
        "I1",
        "digest_missing",
        Words(
            "発行履歴に要約値またはファイルの大きさがありません。", "The books lack a digest or the size of the file."
        ),
        RESTORE,
    ),
    Rule(
        "I1",
        "issuance_without_answer",
        Words(
            "発行履歴の請求は、この番号で答えられていません。",
            "The request of an issuance was not answered with its number.",
        ),
        _HANDED_OUT,
    ),
    Rule(
        "I1",
        "answer_without_issuance",
        Words("答えた請求に発行履歴がありません。", "A request that was answered has no issuance in the books."),
        _HANDED_OUT,
    ),
    Rule(
        "I1",
        "recorded_twice",
        Words("1つの請求に2通が発行されています。", "One request has two recorded certificates."),
        Words(
            "その種別を止め(kiosk stop set)、2通目が渡ったかを日次明細で確かめてください。",
            "Stop the kind (kiosk stop set), and see in the daily statement whether the second was handed out.",
        ),
    ),
    Rule(
        "I1",
        "intent_without_request",
        Words("請求のない発行の記録があります。", "An intent belongs to no request."),
        RESTORE,
    ),
    Rule(
        "I1",
        "kept_without_record",
        Words(
            "発行済みでない、または枚数の違う証明書が再送用に残っています。",
            "An answer is kept for a retry that was not recorded, or has another number of pages.",
        ),
        Words(
            "その種別を止め(kiosk stop set)、担当者に連絡してください。15分で消えますが、それまでは送られ得ます。",
            "Stop the kind (kiosk stop set) and tell your engineers: until its 15 minutes are over it could be sent.",
        ),
    ),
)
