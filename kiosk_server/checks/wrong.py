"""What a check finds wrong, in the words that start-up, /ready and `kiosk doctor` all use."""

from dataclasses import dataclass

from civil.errors import KioskError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and what a person does about it, each in both languages, without secrets."""

    reason: str
    reason_en: str
    fix: str
    fix_en: str

    def __str__(self) -> str:
        return f"{self.reason}{self.fix} / {self.reason_en} {self.fix_en}"


class Wrong(KioskError):
    """問題があります。 / Something is wrong."""

    def __init__(self, fault: Fault, *, lasts: bool = False) -> None:
        """Take what is wrong, and whether it is known that a start need not wait for it to pass."""
        super().__init__(str(fault))
        self.fault = fault
        self.lasts = lasts


class Advice(Wrong):
    """注意が必要です。 / Something wants attention, but is no reason to refuse service."""
