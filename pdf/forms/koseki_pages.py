"""戸籍全部事項証明書 and 戸籍個人事項証明書, from a snapshot to placed texts: a pure function.

A4 portrait, as many pages as it takes. Both have one layout; title and sentence say whether it is all of the koseki. The samples
annexed to the 戸籍法施行規則 were not at hand: the order of parts is that of certificates in use, the measures were decided here.
"""

from collections.abc import Mapping
from typing import Final

from pdf.font_chain import FontChain
from pdf.forms.koseki_groups import groups_of
from pdf.forms.koseki_rows import pages_of
from pdf.forms.koseki_sheet import Sheet, plan_sheets
from pdf.koseki_snapshot import KosekiFullSnapshot, KosekiIndividualSnapshot, KosekiSnapshot
from pdf.page_plan import PagePlan

_WORDING: Final[Mapping[type[KosekiSnapshot], tuple[str, str]]] = {
    KosekiFullSnapshot: ("全部事項証明", "これは、戸籍に記録されている事項の全部を証明した書面である。"),
    KosekiIndividualSnapshot: (
        "個人事項証明",
        "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。",
    ),
}


def page_count(snapshot: KosekiSnapshot) -> int:
    """How many pages the certificate fills."""
    return len(pages_of(groups_of(snapshot)))


def plan(snapshot: KosekiSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    title, sentence = _WORDING[type(snapshot)]
    # 氏名 at the head of a koseki is that of the first registrant.
    head = (("domicile", "本籍", snapshot.domicile), ("first_registrant", "氏名", snapshot.first_registrant))
    return plan_sheets(snapshot, Sheet(title, sentence, head), pages_of(groups_of(snapshot)), fonts)
