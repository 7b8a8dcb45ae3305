"""What a tax register says of a person and year in figures: the items of 市民税・県民税 by name, as a feed gives and a form prints them.

Yen, but for `DEPENDANTS`, which are heads. What a register does not name is zero. Sources: 地方税法 292条, 314条の2, 314条の6; 森林環境税及び森林環境譲与税に
関する法律 5条.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INCOME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "salary_revenue": "給与収入",
        "pension_revenue": "公的年金等収入",
        "salary_income": "給与所得",
        "business_income": "営業等所得",
        "agriculture_income": "農業所得",
        "real_estate_income": "不動産所得",
        "interest_and_dividend_income": "利子・配当所得",
        "miscellaneous_income": "雑所得（年金等を含む）",
        "transfer_and_occasional_income": "総合譲渡・一時所得",
        "separate_income": "分離課税の所得",
        "total_income": "合計所得金額",
        "income_after_losses": "総所得金額等",
    }
)
DEDUCTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "casualty_loss_deduction": "雑損控除",
        "medical_deduction": "医療費控除",
        "social_insurance_deduction": "社会保険料控除",
        "mutual_aid_deduction": "小規模企業共済等掛金控除",
        "life_insurance_deduction": "生命保険料控除",
        "earthquake_insurance_deduction": "地震保険料控除",
        "own_circumstances_deduction": "障害者・ひとり親等の控除",
        "spouse_deduction": "配偶者・配偶者特別控除",
        "dependant_deduction": "扶養控除",
        "other_deductions": "その他の控除",
        "basic_deduction": "基礎控除",
        "total_deductions": "所得控除合計",
    }
)
DEPENDANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dependent_spouse": "控除対象配偶者",
        "general_dependants": "一般扶養",
        "specific_dependants": "特定扶養",
        "elderly_dependants": "老人扶養",
        "dependants_under_16": "１６歳未満の扶養",
        "dependants_with_disability": "障害者（本人を除く）",
    }
)
ASSESSMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "taxable_income": "課税標準額",
        "adjustment_deduction": "調整控除額",
        "city_income_levy": "市民税所得割額",
        "city_per_capita_levy": "市民税均等割額",
        "prefecture_income_levy": "県民税所得割額",
        "prefecture_per_capita_levy": "県民税均等割額",
        "forest_environment_tax": "森林環境税",
        "reduction": "減免額",
        "annual_tax": "年税額",
    }
)
PAYMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "due": "納付すべき額",
        "paid": "納付済額",
        "unpaid": "未納額（納期限を過ぎたもの）",
        "not_yet_due": "納期限が未到来の額",
    }
)
ITEMS: Final = frozenset({*INCOME, *DEDUCTIONS, *DEPENDANTS, *ASSESSMENT, *PAYMENT})
