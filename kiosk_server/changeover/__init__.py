"""The change from another system (移行): what it printed of each resident, against what we would print now."""

from kiosk_server.changeover.checking import Checked, check_export
from kiosk_server.changeover.comparing import Finding, Listed

__all__ = ["Checked", "Finding", "Listed", "check_export"]
