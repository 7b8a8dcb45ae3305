"""MIS-20 on the real issuance record, through the plan that certificates are printed from."""

import io
from collections.abc import Iterator
from datetime import date

import pytest

import pdf
from kiosk_server.changeover import Checked, Finding, check_export
from kiosk_server.changeover.comparing import BLANK
from kiosk_server.changeover.export_file import Export
from sync.feeds import FileRefused, OtherCity
from tests.feed_files import envelope
from tests.issuing.city import NOON, City
from tests.sync.registry_rows import CITY

ADDRESS = "栃木県足利市本城三丁目２１４５番地"
Fields = dict[str, str]


@pytest.fixture(scope="session")
def fonts() -> pdf.FontChain:
    return pdf.FontChain()


def printed(number: str, **changes: str) -> Fields:
    """What a certificate of today says of a member of the family, unless `changes` say otherwise."""
    relationship = "世帯主" if number == "101" else "子"
    fields = {
        "address": ADDRESS, "head_name": "足利　101", "name": f"足利　{number}", "birth": "昭和55年4月1日", "sex": "男",
        "relationship": relationship,
    }  # fmt: skip
    return fields | changes


def export(family: dict[str, Fields], reasons: dict[tuple[str, str], str] | None = None, city: str = CITY) -> Export:
    def records() -> Iterator[tuple[str, str, str, str]]:
        for number, fields in family.items():
            for field, text in fields.items():
                yield number, field, text, (reasons or {}).get((number, field), "")

    content = envelope(("kiosk-printed-fields", "1", city, "2026-11-22T15:00:00+00:00"), list(records()))
    return Export(io.BytesIO(content))


async def check(city: City, file: Export, fonts: pdf.FontChain) -> Checked:
    fsck = await city.database.connect("fsck", CITY)
    async with fsck.transaction(readonly=True):
        return await check_export(fsck, CITY, file, fonts, NOON)


def differences(done: Checked) -> list[tuple[str, str, Finding]]:
    return [(one.person_number, one.field, one.finding) for one in done.differences]


FAMILY = ("101", "102", "103")


async def test_mis_20_a_family_that_prints_the_same_has_no_difference(ashikaga: City, fonts: pdf.FontChain) -> None:
    done = await check(ashikaga, export({number: printed(number) for number in FAMILY}), fonts)
    assert (done.persons, differences(done)) == (3, [])
    assert done.counts["name", Finding.EQUAL] == 3
    assert done.counts["notified_on", Finding.EQUAL] == 3


async def test_mis_20_what_the_file_says_is_what_the_paper_says(ashikaga: City, fonts: pdf.FontChain) -> None:
    before = printed(
        "102", name="足利　二郎", birth="昭和五十五年四月一日", sex="女", relationship="二男", address="足利市"
    )
    family = {"101": printed("101"), "102": before, "103": printed("103")}
    assert differences(await check(ashikaga, export(family), fonts)) == [
        ("102", field, Finding.CHANGED) for field in ("address", "birth", "name", "relationship", "sex")
    ]


async def test_mis_20_a_blank_is_accepted_where_somebody_decided_so(ashikaga: City, fonts: pdf.FontChain) -> None:
    family = {number: printed(number, notified_on="令和3年4月1日") for number in FAMILY}
    reasons = {(number, "notified_on"): "令和8年11月1日 市民課長決裁" for number in ("101", "102")}
    done = await check(ashikaga, export(family, reasons), fonts)
    assert differences(done) == [("103", "notified_on", Finding.LOST)]
    assert done.counts["notified_on", Finding.KNOWN_BLANK] == 2


async def test_mis_20_a_text_over_two_lines_is_compared_whole(ashikaga: City, fonts: pdf.FontChain) -> None:
    long = ADDRESS + "　あしかがフラワータウン中央北街区第二団地１２３４５号棟１０１号室　足利方" * 2
    await ashikaga.registry.person("102", address=long)
    await ashikaga.project()
    family = {number: printed(number) for number in FAMILY}
    family["102"]["address"] = long
    assert differences(await check(ashikaga, export(family), fonts)) == []


async def test_mis_20_who_is_on_one_side_only_is_listed(ashikaga: City, fonts: pdf.FontChain) -> None:
    family = {"101": printed("101"), "103": printed("103"), "199": printed("199")}
    assert differences(await check(ashikaga, export(family), fonts)) == [
        ("199", "-", Finding.NO_SUCH_PERSON),
        ("102", "-", Finding.NOT_EXPORTED),
    ]


async def test_mis_20_what_no_font_draws_is_listed(ashikaga: City, fonts: pdf.FontChain) -> None:
    await ashikaga.registry.person("102", name="足利　\U000323af")
    await ashikaga.project()
    done = await check(ashikaga, export({number: printed(number) for number in FAMILY}), fonts)
    assert [(number, finding) for number, _, finding in differences(done)] == [("102", Finding.UNPRINTABLE)]


async def test_mis_20_a_date_that_came_or_went_is_listed(ashikaga: City, fonts: pdf.FontChain) -> None:
    await ashikaga.registry.person("101", address_notified_on=date(2021, 4, 1))
    await ashikaga.project()
    family = {"101": printed("101", notified_on=BLANK), "102": printed("102"), "103": printed("103")}
    assert differences(await check(ashikaga, export(family), fonts)) == [("101", "notified_on", Finding.APPEARED)]


@pytest.mark.parametrize(
    ("family", "reasons", "item"),
    [
        ({"102": printed("102"), "101": printed("101")}, {}, "person_number"),
        ({"101": printed("101", my_number="1234 5678 9018")}, {}, "field"),
        ({"101": printed("101", alias="")}, {("101", "alias"): "決裁"}, "blank_because"),
    ],
)
async def test_a_file_out_of_form_is_refused_with_its_place(
    ashikaga: City, fonts: pdf.FontChain, family: dict[str, Fields], reasons: dict[tuple[str, str], str], item: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        await check(ashikaga, export(family, reasons), fonts)
    assert refused.value.item == item


async def test_another_citys_file_is_refused(ashikaga: City, fonts: pdf.FontChain) -> None:
    with pytest.raises(OtherCity):
        await check(ashikaga, export({}, city="092011"), fonts)
