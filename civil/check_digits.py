"""Check digits of the numbers printed on certificates and used as keys.

Every `*_ok` takes any string and answers; only ASCII digits are digits (full-width ones are not folded). Every other
function takes the body without its check digit, returns the complete number, and raises MalformedNumber.
"""

from collections.abc import Iterable

from civil.errors import KioskError

_RESIDENT_CODE_BODY = 10
_MY_NUMBER_BODY = 11
_MUNICIPALITY_BODY = 5
_LONGEST_NUMBERED = 15


class MalformedNumber(KioskError):
    """番号の桁数または文字が正しくありません。 / The number has a wrong length or a character that is not a digit."""


def resident_code(body: str) -> str:
    """Return the 11-digit 住民票コード of a 10-digit body (住民基本台帳法施行規則1条, 平成14年総務省告示436号)."""
    _require_digits(body, _RESIDENT_CODE_BODY)
    return body + modulus_11_digit(body)


def resident_code_ok(code: str) -> bool:
    """Tell whether this is a well-formed 住民票コード."""
    return _is_complete(code, _RESIDENT_CODE_BODY) and resident_code(code[:-1]) == code


def my_number(body: str) -> str:
    """Return the 12-digit 個人番号 of an 11-digit body (平成26年総務省令85号5条)."""
    _require_digits(body, _MY_NUMBER_BODY)
    return body + modulus_11_digit(body)


def my_number_ok(number: str) -> bool:
    """Tell whether this is a well-formed 個人番号."""
    return _is_complete(number, _MY_NUMBER_BODY) and my_number(number[:-1]) == number


def municipality_code(body: str) -> str:
    """Return the 6-digit 全国地方公共団体コード of a 5-digit body (JIS X 0401 prefecture and JIS X 0402 code)."""
    _require_digits(body, _MUNICIPALITY_BODY)
    total = _weigh(body, (2, 3, 4, 5, 6))
    return body + str((11 - total % 11) % 10)


def municipality_code_ok(code: str) -> bool:
    """Tell whether this is a well-formed 全国地方公共団体コード."""
    return _is_complete(code, _MUNICIPALITY_BODY) and municipality_code(code[:-1]) == code


def numbered(body: str) -> str:
    """Return the complete 宛名番号 or 世帯番号 of a body of 1 to 14 digits.

    Modulus 11, weights 2 to 7 repeating from the right (住民記録システム標準仕様書, 附番). A remainder of 0 or 1 gives 0.
    """
    if not 1 <= len(body) < _LONGEST_NUMBERED:
        raise MalformedNumber
    _require_digits(body, len(body))
    return body + modulus_11_digit(body)


def numbered_ok(number: str) -> bool:
    """Tell whether this is a well-formed 宛名番号 or 世帯番号 of 2 to 15 digits."""
    body_length = len(number) - 1
    return (
        1 <= body_length < _LONGEST_NUMBERED and _is_complete(number, body_length) and numbered(number[:-1]) == number
    )


def modulus_11_digit(body: str) -> str:
    """Return the check digit M11 W2-7 of any number of digits; raises MalformedNumber."""
    _require_digits(body, len(body))
    remainder = _weigh(body, (2, 3, 4, 5, 6, 7)) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def _weigh(body: str, weights_from_right: tuple[int, ...]) -> int:
    digits: Iterable[int] = map(int, reversed(body))
    return sum(digit * weights_from_right[place % len(weights_from_right)] for place, digit in enumerate(digits))


def _is_complete(number: str, body_length: int) -> bool:
    return len(number) == body_length + 1 and number.isascii() and number.isdigit()


def _require_digits(body: str, length: int) -> None:
    if len(body) != length or not (body.isascii() and body.isdigit()):
        raise MalformedNumber
