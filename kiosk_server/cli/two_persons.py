"""Two named persons at one keyboard: each types what only they know, unseen by the other, or brings it in a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path

import click

from civil.errors import KioskError
from civil.names import plain_name
from keys.shares import joint_passphrase, share_of
from kiosk_server.settings import read_secret


class NotTwoPersons(KioskError):
    """立会人は、名前の違う二人です。 / A ceremony needs two persons, of two names."""


class NotConfirmed(KioskError):
    """確認されませんでした。何も残していません。 / It was not confirmed. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name, the share, and the file it came from if it was not typed."""

    name: str
    share: bytes = field(repr=False)
    file: Path | None = None

    def confirms(self) -> bool:
        """Whether the person, asked again, gives the same share."""
        again = (
            self.share if self.file is not None else _typed(f"{self.name}: 確認のためもう一度 / once more to confirm")
        )
        asked = f"{self.name}: 記録を読み、正しいと確認しましたか / have you read the record, and is it right"
        return compare_digest(again, self.share) and click.confirm(asked, err=True)


def two_persons(names: Sequence[str], files: Sequence[Path], *, new: bool) -> tuple[Person, Person]:
    """Ask both; a new share is typed twice. Raises NotTwoPersons, WeakPassphrase, SettingsInvalid."""
    if len(names) != 2 or plain_name(names[0]) == plain_name(names[1]) or len(files) not in {0, 2}:  # noqa: PLR2004 - two
        raise NotTwoPersons
    first, second = (_person(name, files[place] if files else None, new=new) for place, name in enumerate(names))
    return first, second


def passphrase_of(persons: tuple[Person, Person]) -> bytes:
    """What both shares make together. Raises SharesAlike."""
    return joint_passphrase(persons[0].share, persons[1].share)


def _person(name: str, file: Path | None, *, new: bool) -> Person:
    if file is not None:
        return Person(name, share_of(read_secret(file, "--share-file")), file)
    return Person(name, _typed(f"{name}: 自分だけの秘密 / a secret of your own", twice=new))


def _typed(prompt: str, *, twice: bool = False) -> bytes:
    return share_of(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))
