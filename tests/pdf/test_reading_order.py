"""A certificate is read aloud as a person would read it, and a file that would be read otherwise is not signed."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf import FontChain, InspectionFailed, PageMismatch, PagePlan, Snapshot, compose, plan
from pdf.reading import Element, Reading
from tests.pdf import rewriting
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, SEAL_CERTIFICATE, SUPPLEMENT
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT, named
from tests.pdf.spoken import Said, sentences, spoken
from tests.pdf.statement_samples import STATEMENT
from tests.pdf.tax_samples import ASSESSMENT, INCOME, PAYMENT

HOUSEHOLD = replace(
    SNAPSHOT, persons=(*named("葛󠄂西　花子", "𠮷田　一", "男女　二", "見本　三"), FOREIGN), specimen=True
)
KINDS: dict[str, Snapshot] = {
    "household": HOUSEHOLD,
    "individual": replace(HOUSEHOLD, form="individual"),
    "seal": replace(SEAL_CERTIFICATE, specimen=True),
    "koseki": replace(KOSEKI, persons=KOSEKI.persons * 2, specimen=True),
    "supplement": replace(SUPPLEMENT, specimen=True),
    "statement": replace(STATEMENT, persons=STATEMENT.persons * 4, specimen=True),
    "koseki_individual": KOSEKI_INDIVIDUAL,
    "tax_assessment": ASSESSMENT,
    "tax_income": INCOME,
    "tax_payment": PAYMENT,
}
LEFT_TO_THE_EYE = {
    "specimen", "continued", "label.issuance_number", "issuance_number", "label.page_number", "page_number", "microtext",
}  # fmt: skip


@pytest.fixture(params=KINDS)
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    return KINDS[request.param]


def written(snapshot: Snapshot, fonts: FontChain) -> bytes:
    return compose(snapshot, plan(snapshot, fonts), fonts).content


def leaves(elements: tuple[Element, ...]) -> Iterator[Element]:
    for element in elements:
        yield element
        yield from leaves(element.children)


def read(page: PagePlan) -> list[int]:
    """The page's texts, by number, in the order in which the planned elements read them."""
    marks = [element.mark for element in leaves(page.reading.elements) if element.mark is not None]
    assert marks == list(range(len(marks)))
    return [number for mark in marks for number, known in enumerate(page.reading.text_marks) if known == mark]


def test_every_text_is_read_once_and_in_the_order_of_the_form(fonts: FontChain, snapshot: Snapshot) -> None:
    pages = plan(snapshot, fonts)
    for page in pages:
        assert read(page) == [number for number, mark in enumerate(page.reading.text_marks) if mark is not None]
        unread = {page.texts[number].field for number in set(range(len(page.texts))) - set(read(page))}
        assert page.number > 1 or unread <= LEFT_TO_THE_EYE
        figures = [element for element in leaves(page.reading.elements) if element.tag == "Figure"]
        assert [figure.box for figure in figures] == [image.box for _, image in page.images]


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 9),
    form=st.sampled_from(["household_list", "individual"]),
    foreign=st.booleans(),
    address=st.text("見本市通丁目番地", min_size=1, max_size=90),
)
def test_households_of_any_size_are_read_whole(
    fonts: FontChain, count: int, form: str, *, foreign: bool, address: str
) -> None:
    persons = tuple(replace(FOREIGN if foreign and n % 2 else JAPANESE, person_number=f"{n:015}") for n in range(count))
    changes = {"form": form, "persons": persons, "address": address}
    snapshot = replace(SNAPSHOT, **changes)  # type: ignore[arg-type]  # the form is one of the two
    first, *later = plan(snapshot, fonts)
    assert {first.texts[n].field for n in read(first)} == {t.field for t in first.texts} - LEFT_TO_THE_EYE
    fields = {page.texts[n].field for page in later for n in read(page)}
    assert {field for page in later for field in (t.field for t in page.texts) if "person" in field} <= fields


def test_pdfium_reads_the_planned_texts_in_the_planned_order(fonts: FontChain, snapshot: Snapshot) -> None:
    pages = plan(snapshot, fonts)
    said = [text.replace("\u3000", " ") for text in sentences(compose(snapshot, pages, fonts).content)]
    wanted = "".join(page.texts[number].text for page in pages for number in read(page)).replace("\u3000", " ")
    assert "".join(text for text in said if not text.endswith("の印影")) == wanted
    assert said[-1] == "公印の印影"


@pytest.mark.usefixtures("poppler")
def test_poppler_reads_the_planned_structure(fonts: FontChain, snapshot: Snapshot, tmp_path: Path) -> None:
    pages = plan(snapshot, fonts)
    file = tmp_path / "paper.pdf"
    file.write_bytes(compose(snapshot, pages, fonts).content)
    run = subprocess.run(["pdfinfo", "-struct", str(file)], capture_output=True, check=True)  # noqa: S607 - on the path, wherever the system has it
    tags = [line.split()[0] for line in run.stdout.decode().splitlines() if not line.strip().startswith("/")]
    planned = [element.tag for page in pages for element in leaves(page.reading.elements)]
    assert [tag.rstrip(":") for tag in tags] == ["Document", *planned]


def test_a_label_is_followed_by_its_value_and_the_sentence_by_who_certifies(fonts: FontChain) -> None:
    said = sentences(written(KINDS["household"], fonts))
    assert said[said.index("生年月日") + 1] == "昭和60年4月1日"
    assert [said.index(name) for name in ("𠮷田　一", "男女　二", "見本　三", FOREIGN.name)] == sorted(
        said.index(name) for name in ("𠮷田　一", "男女　二", "見本　三", FOREIGN.name)
    )
    assert said[-5:] == [
        "この写しは、世帯全員の住民票の原本と相違ないことを証明する。",
        "令和8年11月23日",
        "見本市長",
        "手本　花子",
        "公印の印影",
    ]


def test_a_title_spaced_out_on_paper_is_spoken_as_a_word(fonts: FontChain) -> None:
    (heading,) = [said for said in spoken(written(SNAPSHOT, fonts))[0].walk() if said.tag == "H1"]
    assert (heading.text, heading.actual_text) == ("住　民　票", "住民票")


def test_the_registered_seal_stands_in_the_cell_under_its_label(fonts: FontChain) -> None:
    (table, *_) = [said for said in spoken(written(SEAL_CERTIFICATE, fonts))[0].walk() if said.tag == "Table"]
    label, cell = (row.children[0] for row in table.children)
    assert (label.tag, label.text) == ("TH", "印影")
    assert (cell.tag, cell.children) == ("TD", (Said("Figure", alternative="登録された印鑑の印影"),))


def test_what_later_pages_repeat_is_read_once(fonts: FontChain) -> None:
    said = sentences(written(KINDS["koseki"], fonts))
    assert [said.count(text) for text in (KOSEKI.domicile, "全部事項証明", "見本市")] == [1, 1, 1]


def test_every_row_of_a_table_is_as_wide_as_the_first(fonts: FontChain, snapshot: Snapshot) -> None:
    for page in plan(snapshot, fonts):
        for table in (element for element in leaves(page.reading.elements) if element.tag == "Table"):
            rows = [[cell.cell for cell in row.children if cell.cell is not None] for row in table.children]
            reaching_down = sum(cell.columns for cell in rows[0] if cell.rows > 1)
            first, *others = (sum(cell.columns for cell in row) for row in rows)
            assert {first - reaching_down if len(rows) > 1 else first} >= set(others)


def test_labels_head_their_row_and_values_head_nothing(fonts: FontChain) -> None:
    for element in leaves(plan(SNAPSHOT, fonts)[0].reading.elements):
        if element.cell is not None:
            assert (element.tag, element.cell.scope) in {("TH", "Row"), ("TD", None)}


Edit = Callable[[Element], Element]


def _every(edit: Edit) -> Callable[[Reading], Reading]:
    def edited(element: Element) -> Element:
        return edit(replace(element, children=tuple(map(edited, element.children))))

    return lambda reading: replace(reading, elements=tuple(map(edited, reading.elements)))


def _two_change_places(reading: Reading) -> Reading:
    first, second, *others = reading.elements
    return replace(reading, elements=(second, first, *others))


def _one_is_left_out(reading: Reading) -> Reading:
    return replace(reading, elements=reading.elements[1:])


def _one_is_read_twice(reading: Reading) -> Reading:
    return replace(reading, elements=(*reading.elements, reading.elements[0]))


def _one_more(reading: Reading) -> Reading:
    return replace(reading, elements=(*reading.elements, Element("P", actual_text="見本")))


def _values_change_places(reading: Reading) -> Reading:
    (place,) = (
        n for n, element in enumerate(reading.elements) if element.tag == "Table" and len(element.children) == 2
    )
    first, second = reading.elements[place].children
    swapped = (
        replace(first, children=(first.children[0], second.children[1])),
        replace(second, children=(second.children[0], first.children[1])),
    )
    elements = list(reading.elements)
    elements[place] = replace(elements[place], children=swapped)
    return replace(reading, elements=tuple(elements))


def _other_words(element: Element) -> Element:
    return replace(element, actual_text="手本市") if element.tag == "P" else element


def _other_heading(element: Element) -> Element:
    return replace(element, actual_text="戸籍") if element.tag == "H1" else element


def _other_picture(element: Element) -> Element:
    return replace(element, alternative="印影なし") if element.tag == "Figure" else element


def _no_heading(element: Element) -> Element:
    return replace(element, tag="P") if element.tag == "H1" else element


def _header_is_data(element: Element) -> Element:
    return replace(element, tag="TD") if element.tag == "TH" else element


def _heads_its_column(element: Element) -> Element:
    if element.cell is None or element.cell.scope is None:
        return element
    return replace(element, cell=replace(element.cell, scope="Column"))


EDITS = [
    _two_change_places, _one_is_left_out, _one_is_read_twice, _one_more, _values_change_places,
    *map(_every, (_other_words, _other_heading, _other_picture, _no_heading, _header_is_data, _heads_its_column)),
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_a_tree_that_would_be_read_otherwise_is_found(fonts: FontChain, edit: Callable[[Reading], Reading]) -> None:
    (page,) = plan(SNAPSHOT, fonts)
    otherwise = replace(page, reading=edit(page.reading))
    assert otherwise != page
    rewriting.refuse(PageMismatch, compose(SNAPSHOT, [otherwise], fonts).content, SNAPSHOT, (page,), fonts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Lang(ja-JP)", b"/Lang(en-US)"),
        (b"/Marked true", b"/Marked null"),
        (b"/Tabs/S", b"/Tabs/R"),
        (b"/StructParents 0", b"/StructParents 1"),
        (b"/S/Document", b"/S/Artifact"),
        (b"/ParentTreeNextKey 1", b"/ParentTreeNextKey 2"),
        (b"/Scope/Row", b"/Scope/Bow"),
    ],
)
def test_another_byte_of_the_structure_is_found(fonts: FontChain, old: bytes, new: bytes) -> None:
    pages = plan(SNAPSHOT, fonts)
    content = compose(SNAPSHOT, pages, fonts).content
    assert len(old) == len(new)
    assert old in content
    rewriting.refuse(PageMismatch, content.replace(old, new, 1), SNAPSHOT, pages, fonts)


def test_a_parent_tree_that_names_another_element_is_found(fonts: FontChain) -> None:
    pages = plan(SNAPSHOT, fonts)
    content = compose(SNAPSHOT, pages, fonts).content
    start = content.index(b"/Nums[0[") + len(b"/Nums[0[")
    first, second = content[start : start + 20].split(b" 0 R")[:2]
    turned = second.strip() + b" 0 R " + first
    rewriting.refuse(PageMismatch, content[:start] + turned + content[start + len(turned) :], SNAPSHOT, pages, fonts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/P<</MCID 1>>BDC", b"/P<</MCID 2>>BDC"),
        (b"/P<</MCID 1>>BDC", b"/Artifact   BMC "),
        (b"/Artifact<</Type/Pagination>>BDC", b"/P<</MCID 3>>BDC                "),
        (b"/Artifact<</Type/Layout>>BDC", b"/P<</MCID 4>>BDC            "),
        (b"/P<</MCID 10>>BDC", b"/P   BMC         "),
    ],
    ids=["another element's", "not read", "foot read", "rules read", "in no element"],
)
def test_content_marked_otherwise_is_found(fonts: FontChain, old: bytes, new: bytes) -> None:
    pages = plan(SNAPSHOT, fonts)
    content = compose(SNAPSHOT, pages, fonts).content
    assert len(old) == len(new)
    assert old in content
    rewriting.refuse(InspectionFailed, content.replace(old, new, 1), SNAPSHOT, pages, fonts)


@pytest.mark.parametrize("more", [b"/ActualText(A)", b"/Alt(A)", b"/E(A)", b"/Lang(en)"])
def test_words_in_the_content_that_would_be_spoken_instead_are_found(
    fonts: FontChain, monkeypatch: pytest.MonkeyPatch, more: bytes
) -> None:
    monkeypatch.setattr("pdf.content._MARKED", b"/P<</MCID %d" + more + b">>BDC\n")
    pages = plan(SNAPSHOT, fonts)
    content = compose(SNAPSHOT, pages, fonts).content
    monkeypatch.undo()
    rewriting.refuse(InspectionFailed, content, SNAPSHOT, pages, fonts)
