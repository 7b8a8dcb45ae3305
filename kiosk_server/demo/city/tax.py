"""Invented tax records: figures that agree with each other, the same for the same person, year and seed."""

from collections.abc import Mapping
from random import Random
from typing import Final

from kiosk_server.demo.city.household import AS_OF

TAX_YEARS: Final = (AS_OF.year - 1, AS_OF.year)
"""2026 is 令和8年度."""
_BASIC: Final = 430_000
_PER_CAPITA: Final = {
    "city_per_capita_levy": 3_000,
    "prefecture_per_capita_levy": 1_700,
    "forest_environment_tax": 1_000,
}
_CITY_RATE: Final = 0.06
_PREFECTURE_RATE: Final = 0.04
_ADJUSTMENT: Final = 2_500


def make_amounts(person_number: str, tax_year: int, seed: int) -> Mapping[str, int]:
    """Items of ``civil.tax_items`` of somebody who lives on a salary; one in five has too little to be taxed."""
    rng = Random(f"{seed}/{person_number}/{tax_year}")
    revenue = rng.choice((0, *(rng.randrange(1_500_000, 9_000_000, 1_000) for _ in range(4))))
    income = max(revenue - 550_000, 0) * 8 // 10 // 1_000 * 1_000
    children = rng.choice((0, 0, 1, 2))
    deductions = {
        "social_insurance_deduction": income * 15 // 100,
        "dependant_deduction": 330_000 * (children > 1),
        "basic_deduction": _BASIC,
    }
    total = sum(deductions.values())
    taxable = max(income - total, 0) // 1_000 * 1_000
    return {
        "salary_revenue": revenue,
        "salary_income": income,
        "total_income": income,
        "income_after_losses": income,
        **deductions,
        "total_deductions": total,
        "general_dependants": int(children > 1),
        "dependants_under_16": min(children, 1),
        **_levied(taxable),
    }


def _levied(taxable: int) -> dict[str, int]:
    """What follows from the taxable income, and how much of it was paid by autumn: half."""
    levies = dict.fromkeys(("city_income_levy", "prefecture_income_levy", *_PER_CAPITA), 0)
    if taxable:
        levies = {
            "city_income_levy": int(taxable * _CITY_RATE) // 100 * 100,
            "prefecture_income_levy": int(taxable * _PREFECTURE_RATE) // 100 * 100,
            **_PER_CAPITA,
        }
    year = sum(levies.values())
    paid = year // 2 // 100 * 100
    return {
        "taxable_income": taxable,
        "adjustment_deduction": _ADJUSTMENT if taxable else 0,
        **levies,
        "annual_tax": year,
        "due": year,
        "paid": paid,
        "unpaid": 0,
        "not_yet_due": year - paid,
    }
