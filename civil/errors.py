"""The one base of every error of ours. Errors become RFC 9457 problems only at the web edge."""

import inspect


class KioskError(Exception):
    """処理できませんでした。 / The request could not be processed.

    The message is the argument, else the first paragraph of the class docstring. It never contains personal data.
    """

    def __init__(self, message: str | None = None) -> None:
        """Take the message to show; without one the docstring of the class is the message."""
        super().__init__(_first_paragraph(type(self)) if message is None else message)


def _first_paragraph(error_class: type[KioskError]) -> str:
    # getdoc walks the base classes; python -OO leaves no docstring at all.
    documented = inspect.getdoc(error_class)
    if not documented:
        return error_class.__name__
    return " ".join(documented.split("\n\n", maxsplit=1)[0].split())
