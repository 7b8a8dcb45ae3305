"""I2, as far as the books can tell: the persons recorded are those permitted, nobody protected, and from the register."""

from typing import Final

from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "persons.sql")
_PROTECT: Final = Words(
    "保護措置の担当と被害の有無を確かめ、紙が渡ったかを日次明細で調べてください。全種別を止めることも考えてください(kiosk stop set)。",
    "Tell whoever is responsible for protective measures, find out whether the paper was handed out, and consider stopping every kind.",
)
_REBUILD: Final = Words(
    "kiosk serve sync が動いているか確かめ、発行用住民票を作り直してください。",
    "See that kiosk serve sync runs, and rebuild the issuance record.",
)
RULES: Final = (
    Rule(
        "I2",
        "subjects_differ",
        Words("発行履歴の人と、許可した人が違います。", "The books name other persons than the intent."),
        RESTORE,
    ),
    Rule(
        "I2",
        "sources_differ",
        Words(
            "印鑑登録・戸籍データの版または時点が、許可したものと違います。",
            "The books name another state of the seal register or the koseki than the intent.",
        ),
        RESTORE,
    ),
    Rule(
        "I2",
        "koseki_persons_differ",
        Words(
            "発行履歴の戸籍の人と、許可した人が違います。", "The books name other persons of a koseki than the intent."
        ),
        RESTORE,
    ),
    Rule(
        "I2",
        "koseki_person_suppressed_but_issued",
        Words(
            "発行抑止中の人が載った戸籍証明書が発行されています。",
            "A koseki certificate shows somebody under a suppression.",
        ),
        _PROTECT,
    ),
    Rule(
        "I2",
        "shows_nobody",
        Words(
            "誰も載らない、または請求者が2人の発行があります。", "An issuance is about nobody, or was asked for by two."
        ),
        RESTORE,
    ),
    Rule(
        "I2",
        "not_accepted_but_issued",
        Words(
            "承認されていない本籍地利用登録で、戸籍証明書が発行されています。",
            "A koseki certificate was issued by a registration that was not accepted then.",
        ),
        RESTORE,
    ),
    Rule(
        "I2",
        "suppressed_but_issued",
        Words("発行抑止中の人が載った証明書が発行されています。", "A certificate shows somebody under a suppression."),
        _PROTECT,
    ),
    Rule(
        "I2",
        "held_back_but_issued",
        Words("保留中の人が載った証明書が発行されています。", "A certificate shows somebody who was held back."),
        _PROTECT,
    ),
    Rule(
        "I2",
        "record_ahead_of_registry",
        Words(
            "発行用住民票が住民記録より新しくなっています(片方だけ復元した等)。",
            "The issuance record is ahead of the registry: one of them was restored alone.",
        ),
        _REBUILD,
    ),
    Rule(
        "I2",
        "not_in_register",
        Words("住民でない人が発行用住民票にいます。", "The issuance record holds somebody who is not in the register."),
        _REBUILD,
    ),
    Rule(
        "I2",
        "household_incomplete",
        Words(
            "発行用住民票の世帯員数が住民記録と違います。",
            "A household has another number of members than in the register.",
        ),
        _REBUILD,
    ),
)
