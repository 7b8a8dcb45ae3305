import pickle

from civil.errors import KioskError


class SomethingBroke(KioskError):
    """何かが壊れました。 /
    Something broke.

    A second paragraph for those who read the code.
    """


class Silent(SomethingBroke):
    __doc__ = None


def test_the_first_paragraph_of_the_docstring_is_the_message() -> None:
    assert str(SomethingBroke()) == "何かが壊れました。 / Something broke."


def test_an_argument_is_the_message() -> None:
    assert str(SomethingBroke("町が不明です")) == "町が不明です"


def test_an_error_without_docstring_speaks_as_the_one_above_it() -> None:
    assert str(Silent()) == str(SomethingBroke())


def test_an_error_crosses_a_process_boundary() -> None:
    assert str(pickle.loads(pickle.dumps(SomethingBroke()))) == str(SomethingBroke())  # noqa: S301  (our own bytes)
