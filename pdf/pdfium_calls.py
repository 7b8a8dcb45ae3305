"""The few functions of PDFium that are called for every object of a page, with plain numbers for pointers.

pypdfium2's own bindings make an object of each pointer; here that would be a thousand for a page. The functions are the
same ones: their addresses are taken from pypdfium2.
"""

import ctypes
from collections.abc import Callable
from typing import Any, Final

import pypdfium2.raw as pdfium

_POINTER: Final = ctypes.c_void_p


def _plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, _POINTER).value or 0
    # None of them takes long enough for another thread to be let in meanwhile.
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


get_object: Final = _plain(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, ctypes.c_int)
get_type: Final = _plain(pdfium.FPDFPageObj_GetType, ctypes.c_int, _POINTER)
get_bounds: Final = _plain(pdfium.FPDFPageObj_GetBounds, ctypes.c_int, _POINTER, *[_POINTER] * 4)


def addresses(room: ctypes.Array[ctypes.c_float], group: int) -> list[range]:
    """Where the numbers of `room` lie, for PDFium to fill: the first of each group, the second of each, and so on."""
    begin, size, end = ctypes.addressof(room), ctypes.sizeof(ctypes.c_float), ctypes.sizeof(room)
    return [range(begin + size * order, begin + end, size * group) for order in range(group)]
