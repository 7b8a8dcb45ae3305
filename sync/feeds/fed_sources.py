"""Every source that writes files."""

from typing import Final

from sync.feeds.certificate_file import CERTIFICATE
from sync.feeds.disaster_file import DISASTER
from sync.feeds.fed_source import FedSource
from sync.feeds.koseki_file import KOSEKI
from sync.feeds.koseki_supplement_file import KOSEKI_SUPPLEMENT
from sync.feeds.resident_file import RESIDENT
from sync.feeds.seal_file import SEAL
from sync.feeds.tax_file import TAX

FED_SOURCES: Final[tuple[FedSource, ...]] = (SEAL, TAX, DISASTER, KOSEKI, KOSEKI_SUPPLEMENT, CERTIFICATE, RESIDENT)
