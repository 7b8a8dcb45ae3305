"""Every page of the console, and its menu. A page that is not listed here is not there."""

from typing import Final

from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages import (
    accounts,
    alerts,
    counting,
    differences,
    exporting,
    home,
    issuance,
    live,
    operations,
    quarantine,
    resident,
    residents,
    searching,
    settings,
    settlement,
    settlement_month,
    settlement_set_up,
    sheet,
    stops,
)

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *searching.PAGES,
    *issuance.PAGES,
    *exporting.PAGES,
    *counting.PAGES,
    *live.PAGES,
    *residents.PAGES,
    *resident.PAGES,
    *settlement.PAGES,
    *settlement_set_up.PAGES,
    *settlement_month.PAGES,
    *sheet.PAGES,
    *accounts.PAGES,
    *operations.PAGES,
    *stops.PAGES,
    *alerts.PAGES,
    *quarantine.PAGES,
    *differences.PAGES,
    *settings.PAGES,
)
MENU: Final[tuple[Entry, ...]] = (
    home.ENTRY,
    searching.ENTRY,
    sheet.ENTRY,
    residents.ENTRY,
    stops.ENTRY,
    alerts.ENTRY,
    settlement.ENTRY,
    live.ENTRY,
    counting.ENTRY,
    settings.ENTRY,
    accounts.ENTRY,
    operations.ENTRY,
)
