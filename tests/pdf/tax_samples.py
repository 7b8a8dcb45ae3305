"""課税証明書, 所得証明書 and 納税証明書 of somebody who does not exist."""

from datetime import UTC, date, datetime
from typing import Any

from civil.recorded_date import RecordedDate
from pdf import TaxAssessmentSnapshot, TaxHolder, TaxIncomeSnapshot, TaxPaymentSnapshot
from tests.pdf.samples import NOON_IN_JAPAN, SNAPSHOT

HOLDER = TaxHolder(
    person_number="000000000000017",
    name="見本　花子",
    birth=RecordedDate(date(1985, 4, 1)),
    address="栃木県見本市通二丁目1234番地5　見本マンション101号",
    address_on_january_1="栃木県見本市本城三丁目2145番地",
    is_foreign=False,
)
AMOUNTS = (
    ("salary_revenue", 5_120_000),
    ("salary_income", 3_656_000),
    ("real_estate_income", -120_000),
    ("total_income", 3_536_000),
    ("income_after_losses", 3_536_000),
    ("social_insurance_deduction", 742_000),
    ("life_insurance_deduction", 70_000),
    ("dependant_deduction", 330_000),
    ("basic_deduction", 430_000),
    ("total_deductions", 1_572_000),
    ("general_dependants", 1),
    ("dependants_under_16", 2),
    ("taxable_income", 1_964_000),
    ("adjustment_deduction", 2_500),
    ("city_income_levy", 116_300),
    ("city_per_capita_levy", 3_000),
    ("prefecture_income_levy", 77_500),
    ("prefecture_per_capita_levy", 1_700),
    ("forest_environment_tax", 1_000),
    ("annual_tax", 199_500),
    ("due", 199_500),
    ("paid", 99_700),
    ("unpaid", 0),
    ("not_yet_due", 99_800),
)
TAX_FACTS: dict[str, Any] = {
    "issuance_number": "20261123-01-00012349-8",
    "issued_at": NOON_IN_JAPAN,
    "municipality_code": "092029",
    "municipality_name": "見本市",
    "holder": HOLDER,
    "tax_year": 2026,
    "amounts": AMOUNTS,
    "as_of": datetime(2026, 11, 22, 14, 0, tzinfo=UTC),
    "mayor": SNAPSHOT.mayor,
    "official_seal": SNAPSHOT.official_seal,
    "specimen": False,
    "salt": bytes(16),
}
ASSESSMENT = TaxAssessmentSnapshot(**TAX_FACTS)
INCOME = TaxIncomeSnapshot(**TAX_FACTS)
PAYMENT = TaxPaymentSnapshot(**TAX_FACTS)
