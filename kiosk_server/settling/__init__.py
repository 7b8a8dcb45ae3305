"""Daily matching (日次突合): the centre's statement is taken in, and compared with what we answered."""

from kiosk_server.settling.importing import Imported, import_statement
from kiosk_server.settling.matching import MatchedDay, match_day

__all__ = ["Imported", "MatchedDay", "import_statement", "match_day"]
