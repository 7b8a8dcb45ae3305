"""Of every kind, with any name or address: what is printed can be read whole by other programs, or there is a refusal that names its field."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.issuing.request import Kind
from pdf import FontChain, GlyphMissing, Mayor, Snapshot, TextOverflow, compose, inspect, plan, seal_pages, with_codes
from pdf.layout import is_blank
from pdf.snapshots import SNAPSHOTS
from tests.pdf.damage_samples import DISASTER_DAMAGE
from tests.pdf.free_text import Path, free_texts, with_texts
from tests.pdf.hostile_text import any_text
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, SEAL_CERTIFICATE, SUPPLEMENT
from tests.pdf.other_readers import is_read_on, pdfium_pages, poppler_pages, without_plain_spaces, without_spaces
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT
from tests.pdf.sealing import KEY, PLACE
from tests.pdf.statement_samples import ITEMS, items, statement
from tests.pdf.tax_samples import ASSESSMENT, INCOME, PAYMENT

_FONTS = FontChain()
_RENAMED = replace(JAPANESE, former_surname="手本", former_surname_furigana="テホン")
_FOSTERED = replace(
    KOSEKI.persons[0], adoptive_father="手本　二郎", adoptive_mother="手本　三子", given_name_furigana="タロウ"
)
EVERY: dict[str, Snapshot] = {
    "resident_record": replace(SNAPSHOT, persons=(_RENAMED, FOREIGN)),
    "resident_record individual": replace(SNAPSHOT, persons=(_RENAMED, FOREIGN), form="individual", specimen=True),
    "resident_statement": statement(_RENAMED, FOREIGN, options=items(*ITEMS)),
    "seal_registration": replace(SEAL_CERTIFICATE, holder=replace(SEAL_CERTIFICATE.holder, former_surname="手本")),
    "koseki_full": replace(KOSEKI, persons=(_FOSTERED, *KOSEKI.persons[2:])),
    "koseki_individual": replace(KOSEKI_INDIVIDUAL, persons=(_FOSTERED,)),
    "koseki_supplement": SUPPLEMENT,
    "tax_assessment": ASSESSMENT,
    "tax_income": INCOME,
    "tax_payment": PAYMENT,
    "disaster_damage": DISASTER_DAMAGE,
}
"""Of each kind one with every text recorded and asked for."""

_READ_ALWAYS = 4
"""Characters of the shortest text that is looked for in a message: a shorter one stands there by chance."""


def _made_or_refused(snapshot: Snapshot) -> bytes | GlyphMissing | TextOverflow:
    """The file as the service makes it, inspected; or why not."""
    try:
        sealed = seal_pages(snapshot, "resident_record", PLACE, KEY)
        pages = with_codes(plan(snapshot, _FONTS), sealed)
    except (GlyphMissing, TextOverflow) as refused:
        return refused
    content = compose(snapshot, pages, _FONTS).content
    inspect(content, pages, _FONTS)
    return content


def _check(sample: Snapshot, texts: dict[Path, str]) -> None:
    snapshot = with_texts(sample, texts)
    made = _made_or_refused(snapshot)
    if isinstance(made, bytes):
        _check_read(made, snapshot)
    else:
        assert made.field in str(made)
        told = f"{made} {made!r} {made.__cause__!r}"
        assert not [path for path, text in texts.items() if len(text) >= _READ_ALWAYS and text in told]


def _check_read(content: bytes, snapshot: Snapshot) -> None:
    poppler, pdfium = poppler_pages(content), pdfium_pages(content)
    for path, text in free_texts(snapshot):
        if is_blank(text):
            continue  # stands there as 【空欄】, or as nothing
        assert is_read_on(poppler, without_spaces(text)), ("poppler", path)
        assert is_read_on(pdfium, without_plain_spaces(text)), ("PDFium", path)


def _texts_of(sample: Snapshot) -> st.SearchStrategy[dict[Path, str]]:
    """Other texts for a few of its places."""
    places = st.sampled_from([path for path, _ in free_texts(sample)])
    return st.dictionaries(places, any_text(), min_size=1, max_size=4)


def test_every_kind_has_a_sample_here() -> None:
    assert {name.split()[0] for name in EVERY} == set(Kind)
    assert {type(sample) for sample in EVERY.values()} == set(SNAPSHOTS)


@pytest.mark.parametrize(("title", "name"), [("見本市長 ", " 手本　花子"), ("見本市長", "手本　花子 ")])
def test_spaces_between_title_and_name_of_the_mayor_are_refused_and_stop_no_kind(title: str, name: str) -> None:
    refused = _made_or_refused(replace(SNAPSHOT, mayor=Mayor(title, name)))
    assert isinstance(refused, GlyphMissing)
    assert refused.field in {"mayor_title", "mayor_name"}


@pytest.mark.usefixtures("poppler", "fonts")
@pytest.mark.parametrize("kind", sorted(EVERY))
def test_any_text_of_any_kind_is_read_whole_by_others_or_refused(kind: str) -> None:
    @settings(max_examples=40)
    @given(_texts_of(EVERY[kind]))
    def holds(texts: dict[Path, str]) -> None:
        _check(EVERY[kind], texts)

    holds()


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("poppler", "fonts")
@pytest.mark.parametrize("kind", sorted(EVERY))
def test_thousands_of_texts_of_any_kind_are_read_whole_by_others_or_refused(kind: str) -> None:
    @settings(max_examples=3000)
    @given(_texts_of(EVERY[kind]))
    def holds(texts: dict[Path, str]) -> None:
        _check(EVERY[kind], texts)

    holds()
