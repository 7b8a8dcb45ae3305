"""What can go wrong while keeping things true."""

from civil.errors import KioskError


class ProjectionFailed(KioskError):
    """発行用住民票への反映を続けられません。 / The projection of issuance resident records cannot go on."""


class CityNotSet(KioskError):
    """市区町村が指定されていません。 / The transaction names no municipality, so it would see no rows."""


class ResidentsFromFiles(KioskError):
    """住民は他システムのファイルから受け取っています。kiosk feed reconcile で照合してください(docs/feeds.md)。 /
    The residents of this city come in files of another system: compare with `kiosk feed reconcile`."""
