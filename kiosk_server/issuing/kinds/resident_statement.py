"""住民票記載事項証明書 (`resident_statement`): of the same record, persons and refusals as 住民票の写し, with the items that are chosen alone."""

from collections.abc import Callable

import pdf
from kiosk_server.issuing.kinds.resident_record import ResidentRecord
from kiosk_server.issuing.kinds.resident_record_snapshot import resident_statement_snapshot
from kiosk_server.issuing.request import STATEMENT_OPTIONS


class ResidentStatement(ResidentRecord):
    """The declaration of `resident_statement`.

    Whoever cannot be printed is set aside for both kinds, since they print the same record.
    """

    make: Callable[..., pdf.Snapshot] = staticmethod(resident_statement_snapshot)
    more_options = STATEMENT_OPTIONS
