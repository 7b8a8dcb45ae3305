"""What an attempt may find that is no refusal yet: begin again, or show it to staff."""

from civil.errors import KioskError


class RecordMoved(KioskError):
    """The registry or a source has committed something about what is on the certificate since it was read."""


class DayChanged(KioskError):
    """Midnight in Japan fell between the acceptance and the permit."""


class PersonDiffers(KioskError):
    """二度目の照会で得た対象者が一致しません。 / The second derivation names other persons than the certificate shows."""


class RecordContradictsItself(KioskError):
    """A person's record cannot be printed as it stands, or two sources contradict each other; staff must look at it."""

    def __init__(self, person_number: str, item: str = "record") -> None:
        """Keep the number out of the message. ``item``: what staff look at; `kind/…` stops that kind alone."""
        super().__init__()
        self.person_number = person_number
        self.item = item
