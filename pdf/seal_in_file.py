"""A seal as it stands in a file: an image and its opacity, each in its one spelling, pixel for pixel, and nothing behind them."""

from collections.abc import Mapping, Sequence
from functools import partial

from pdf.errors import SealMismatch
from pdf.seal_image import SealImage
from pdf.strict_file import inflated, stream_of


def check_seal(objects: Mapping[int, bytes] | Sequence[bytes], number: int, seal: SealImage, page: int) -> None:
    """The image `number` and its opacity, which stands before it, are `seal`. Raises `SealMismatch` with the page."""
    failed = partial(SealMismatch, page)
    alike = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/FlateDecode/ColorSpace"
    begin = alike % (seal.width, seal.height)
    image, colours = stream_of(objects[number], failed)
    mask, opacity = stream_of(objects[number - 1], failed)
    if (image, mask) != (begin + b"/DeviceRGB/SMask %d 0 R" % (number - 1), begin + b"/DeviceGray"):
        raise failed()
    if inflated(colours, len(seal.rgb), failed) != seal.rgb:
        raise failed()
    if inflated(opacity, len(seal.opacity), failed) != seal.opacity:
        raise failed()
