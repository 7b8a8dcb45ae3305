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
    return ctypes.CFUNCTYPE(result, *arguments)(address)


get_object: Final = _plain(pdfium.FPDFPage_GetObject, _POINTER, _POINTER, ctypes.c_int)
get_type: Final = _plain(pdfium.FPDFPageObj_GetType, ctypes.c_int, _POINTER)
get_bounds: Final = _plain(pdfium.FPDFPageObj_GetBounds, ctypes.c_int, _POINTER, *[_POINTER] * 4)


def addresses(room: ctypes.Array[ctypes.c_float]) -> list[int]:
    """Where each number of `room` lies, for PDFium to fill."""
    return [ctypes.addressof(room) + ctypes.sizeof(ctypes.c_float) * order for order in range(len(room))]
