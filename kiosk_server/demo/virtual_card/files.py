"""The files of the application, by their names."""

from typing import Final

from kiosk_server.demo.virtual_card.contents import CardContents

APPLICATION: Final = bytes.fromhex("D392F000260100000001")
KEY: Final = 0x0017
PIN: Final = 0x0018
_TOKEN_INFO: Final = 0x0006
_CERTIFICATE: Final = 0x000A
_CA_CERTIFICATE: Final = 0x000B
_TOKEN_INFO_BYTES: Final = 160
_LABEL_BYTES: Final = 32


def readable_files(contents: CardContents, trailing_bytes: int) -> dict[int, bytes]:
    """What READ BINARY may read, by file name."""
    label = contents.label.encode("ascii").ljust(_LABEL_BYTES)
    filler = b"\xff" * trailing_bytes
    return {
        _TOKEN_INFO: label.ljust(_TOKEN_INFO_BYTES, b"\0"),
        _CERTIFICATE: contents.certificate + filler,
        _CA_CERTIFICATE: contents.ca_certificate + filler,
    }
