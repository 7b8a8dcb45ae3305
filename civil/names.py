"""When two names of staff are one person's."""

import unicodedata


def plain_name(name: str) -> str:
    """Return what all spellings of a name have in common, "" of a blank one: 職員０１, 職員01 and 職員 01 are one person.

    As `shared.same_name` in the database. Names that differ more than this are two persons as long as nobody signs in.
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
