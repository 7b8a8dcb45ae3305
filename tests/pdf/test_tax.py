"""課税証明書, 所得証明書, 納税証明書: the figures of this person and year, whole; anything else is found before it is signed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil import tax_items
from civil.recorded_date import RecordedDate
from pdf import (
    FontChain,
    GlyphMissing,
    IdentityMismatch,
    SnapshotInvalid,
    TaxAssessmentSnapshot,
    TaxIncomeSnapshot,
    TaxPaymentSnapshot,
    TextOverflow,
    compose,
    inspect,
    page_count,
    plan,
    tax_year_text,
)
from tests.pdf.tax_samples import AMOUNTS, ASSESSMENT, HOLDER, INCOME, PAYMENT

AnyTax = TaxAssessmentSnapshot | TaxIncomeSnapshot | TaxPaymentSnapshot
EACH: tuple[AnyTax, ...] = (ASSESSMENT, INCOME, PAYMENT)


def printed(snapshot: AnyTax, fonts: FontChain) -> dict[str, str]:
    texts: dict[str, str] = {}
    for text in plan(snapshot, fonts)[0].texts:
        texts[text.field] = texts.get(text.field, "") + text.text
    return texts


@pytest.mark.parametrize("snapshot", EACH)
def test_an_honest_certificate_passes_on_one_page(fonts: FontChain, snapshot: AnyTax) -> None:
    specimen = replace(snapshot, specimen=True)
    pages = plan(specimen, fonts)
    document = compose(specimen, pages, fonts)
    inspected = inspect(document.content, pages, fonts)
    assert (inspected.page_count, page_count(specimen)) == (1, 1)
    assert (inspected.digest, inspected.issuance_number) == (document.digest, snapshot.issuance_number)


def test_the_assessment_shows_income_deductions_dependants_and_levies(fonts: FontChain) -> None:
    texts = printed(ASSESSMENT, fonts)
    wanted = {*tax_items.INCOME, *tax_items.DEDUCTIONS, *tax_items.DEPENDANTS, *tax_items.ASSESSMENT}
    assert wanted <= set(texts)
    assert not set(texts) & set(tax_items.PAYMENT)
    assert (texts["salary_income"], texts["real_estate_income"]) == ("3,656,000円", "△120,000円")
    assert (texts["medical_deduction"], texts["dependants_under_16"]) == ("0円", "2人")
    assert (texts["liability"], texts["annual_tax"]) == ("課税", "199,500円")


def test_the_other_two_show_their_own_alone(fonts: FontChain) -> None:
    income, payment = printed(INCOME, fonts), printed(PAYMENT, fonts)
    assert {*tax_items.INCOME, *tax_items.DEPENDANTS} <= set(income)
    assert not set(income) & {*tax_items.ASSESSMENT, *tax_items.PAYMENT, *tax_items.DEDUCTIONS}
    assert set(tax_items.PAYMENT) <= set(payment)
    assert not set(payment) & {*tax_items.INCOME, *tax_items.ASSESSMENT}
    assert payment["as_of"] == "令和8年11月22日現在"


@pytest.mark.parametrize("snapshot", EACH)
def test_the_holder_and_the_year_stand_at_the_head(fonts: FontChain, snapshot: AnyTax) -> None:
    texts = printed(snapshot, fonts)
    assert texts["title"] == snapshot.document_title
    assert (texts["name"], texts["birth"]) == (HOLDER.name, "昭和60年4月1日")
    assert (texts["address"], texts["address_on_january_1"]) == (HOLDER.address, HOLDER.address_on_january_1)
    assert texts["tax_year"] == "令和8年度（令和7年分）"
    assert texts["certification"] == "上記のとおり相違ないことを証明する。"


def test_a_foreign_residents_birth_is_western(fonts: FontChain) -> None:
    holder = replace(HOLDER, is_foreign=True, birth=RecordedDate(date(1990, 12, 31)))
    assert printed(replace(INCOME, holder=holder), fonts)["birth"] == "1990年12月31日"


def test_nothing_to_pay_is_not_taxed(fonts: FontChain) -> None:
    amounts = tuple(dict.fromkeys(("total_income", "total_deductions", "taxable_income", "annual_tax"), 0).items())
    assert printed(replace(ASSESSMENT, amounts=amounts), fonts)["liability"] == "非課税"


@pytest.mark.parametrize(("year", "text"), [(2019, "令和元年度（平成30年分）"), (2020, "令和2年度（令和元年分）")])
def test_tax_years_cross_an_era_as_cities_write_them(year: int, text: str) -> None:
    assert tax_year_text(year) == text


@pytest.mark.parametrize(
    "other",
    [
        {"holder": replace(HOLDER, name="手本　花子")},
        {"tax_year": 2025},
        {"amounts": tuple((dict(AMOUNTS) | {"total_income": 3_536_001}).items())},
    ],
)
def test_o1_another_person_year_or_figure_is_found(fonts: FontChain, other: dict[str, object]) -> None:
    drawn = replace(INCOME, **other)  # type: ignore[arg-type]  # the fields that differ
    with pytest.raises(IdentityMismatch):
        inspect(compose(drawn, plan(drawn, fonts), fonts).content, plan(INCOME, fonts), fonts)


@pytest.mark.parametrize(
    ("snapshot", "wrong"),
    [
        (ASSESSMENT, {"annual_tax": 199_501}),
        (ASSESSMENT, {"reduction": 1}),
        (PAYMENT, {"unpaid": 1}),
        (INCOME, {"lottery": 1}),
    ],
)
def test_figures_that_do_not_agree_are_refused(snapshot: AnyTax, wrong: dict[str, int]) -> None:
    with pytest.raises(SnapshotInvalid):
        replace(snapshot, amounts=tuple((dict(AMOUNTS) | wrong).items()))


@pytest.mark.parametrize("snapshot", EACH)
def test_a_total_that_is_missing_is_refused(snapshot: AnyTax) -> None:
    for needed in snapshot.needed:
        with pytest.raises(SnapshotInvalid):
            replace(snapshot, amounts=tuple(pair for pair in AMOUNTS if pair[0] != needed))


@pytest.mark.parametrize(("address", "error"), [("見本\ue000", GlyphMissing), ("見本" * 400, TextOverflow)])
def test_what_cannot_be_printed_is_refused_with_its_field(
    fonts: FontChain, address: str, error: type[GlyphMissing | TextOverflow]
) -> None:
    with pytest.raises(error) as refused:
        plan(replace(INCOME, holder=replace(HOLDER, address=address)), fonts)
    assert refused.value.field == "address"


@given(st.integers(min_value=-(10**12), max_value=10**13))
def test_any_figure_is_printed_whole(fonts: FontChain, amount: int) -> None:
    text = printed(replace(INCOME, amounts=(("total_income", amount),)), fonts)["total_income"]
    assert int(text.replace(",", "").replace("△", "-").removesuffix("円")) == amount
