"""The demo city: 足利市 with invented residents.

Town names and postal codes are real; the people, their numbers, the buildings, the mayor and the seal are not.
"""

from kiosk_server.demo.city.credentials import ISSUER_KEY_ID, DemoCredential, DemoUserId
from kiosk_server.demo.city.generate import MUNICIPALITY_CODE, MUNICIPALITY_NAME, DemoCity, generate_city
from kiosk_server.demo.city.household import AS_OF
from kiosk_server.demo.city.loading import LoadedDemo, load_city
from kiosk_server.demo.city.samples import samples
from kiosk_server.demo.city.settings import (
    ROUND_THE_CLOCK,
    SERVICE_DAY,
    DemoSettings,
    insert_settings,
    load_settings,
)

__all__ = [
    "AS_OF",
    "ISSUER_KEY_ID",
    "MUNICIPALITY_CODE",
    "MUNICIPALITY_NAME",
    "ROUND_THE_CLOCK",
    "SERVICE_DAY",
    "DemoCity",
    "DemoCredential",
    "DemoSettings",
    "DemoUserId",
    "LoadedDemo",
    "generate_city",
    "insert_settings",
    "load_city",
    "load_settings",
    "samples",
]
