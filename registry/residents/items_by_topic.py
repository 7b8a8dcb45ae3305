"""Sets of items that the table of event kinds speaks of."""

from typing import Final

from registry.residents.f1_items import FURTHER

PLACE_PARTS: Final = frozenset({
    "town_code", "district_code", "lot_ban", "lot_go", "lot_branch", "lot_spare", "lot_sign", "edited_lot",
})  # fmt: skip
"""What F1 says of the place beside the address itself (F1-049 to 055, 057): another address has others."""
DOMICILE_PARTS: Final = frozenset({"domicile_municipality_code", "domicile_municipality", "domicile_town_code"})
ADDRESS: Final = PLACE_PARTS | {"address", "building", "postal_code", "household_number", "relationship"}
HOUSEHOLD: Final = frozenset({"household_number", "relationship"})
FORMER_SURNAME: Final = frozenset({"former_surname", "former_surname_furigana"})
ALIAS: Final = frozenset({"alias", "alias_furigana"})
NAME: Final = frozenset({"name", "furigana"}) | FORMER_SURNAME | ALIAS
PLACE_TEXT: Final = (
    PLACE_PARTS | DOMICILE_PARTS | {"address", "building", "postal_code", "domicile", "first_registrant"}
)
PROVISIONAL: Final = frozenset({"suppression_reason", "suppressed_from"})
PROTECTION: Final = PROVISIONAL | {"suppressed_until"}
NATURALISATION: Final = DOMICILE_PARTS | {"name", "furigana", "domicile", "first_registrant"}
RESIDENCE: Final = frozenset({
    "nationality", "nationality_code", "article_30_45_category", "residence_status", "residence_period", "residence_expires_on",
    "residence_card_number",
})  # fmt: skip
MOVE_OUT: Final = frozenset({"move_out_address"}) | {name for name in FURTHER if name.startswith("move_out_")}
SETTLED: Final = frozenset(name for name in FURTHER if name.startswith("settled_")) - {"settled_move_out_on"}
GONE: Final = MOVE_OUT | SETTLED | {"settled_move_out_on", "move_in_notice_on", "planned_move_out_on"}
"""What a move out wrote, planned, told or done: of no concern to whoever lives here again."""

NOT_CORRECTED: Final = PROTECTION | {
    "person_number", "household_number", "resident_code", "my_number", "state", "removed", "removal_reason", "suppressed",
    "planned_move_out_on",
}  # fmt: skip
"""What no correction touches: numbers, states and protective measures have kinds of their own."""
