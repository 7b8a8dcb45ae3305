"""Every page of the console, and its menu. A page that is not listed here is not there."""

from typing import Final

from kiosk_server.staff.page import Entry, Page
from kiosk_server.staff.pages import accounts, home, issuance, operations, resident, residents, searching

PAGES: Final[tuple[Page, ...]] = (
    *home.PAGES,
    *searching.PAGES,
    *issuance.PAGES,
    *residents.PAGES,
    *resident.PAGES,
    *accounts.PAGES,
    *operations.PAGES,
)
MENU: Final[tuple[Entry, ...]] = (
    home.ENTRY,
    searching.ENTRY,
    residents.ENTRY,
    accounts.ENTRY,
    operations.ENTRY,
)
