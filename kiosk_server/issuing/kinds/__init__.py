"""Every certificate kind, by its name in the centre protocol. A new one is a declaration, a form, a .sql and a migration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pdf
from kiosk_server.issuing.kinds.disaster_damage import DisasterDamageCertificate
from kiosk_server.issuing.kinds.kind import CertificateKind
from kiosk_server.issuing.kinds.koseki_certificate import KosekiCertificate
from kiosk_server.issuing.kinds.koseki_supplement import KosekiSupplementCopy
from kiosk_server.issuing.kinds.resident_record import ResidentRecord
from kiosk_server.issuing.kinds.resident_statement import ResidentStatement
from kiosk_server.issuing.kinds.seal_registration import SealRegistrationCertificate
from kiosk_server.issuing.kinds.tax import TaxCertificate
from kiosk_server.issuing.request import Kind

KINDS: Final[Mapping[str, CertificateKind]] = MappingProxyType(
    {
        Kind.RESIDENT_RECORD: ResidentRecord(),
        Kind.RESIDENT_STATEMENT: ResidentStatement(),
        Kind.SEAL_REGISTRATION: SealRegistrationCertificate(),
        Kind.KOSEKI_FULL: KosekiCertificate(Kind.KOSEKI_FULL),
        Kind.KOSEKI_INDIVIDUAL: KosekiCertificate(Kind.KOSEKI_INDIVIDUAL),
        Kind.KOSEKI_SUPPLEMENT: KosekiSupplementCopy(),
        Kind.TAX_ASSESSMENT: TaxCertificate(Kind.TAX_ASSESSMENT, pdf.TaxAssessmentSnapshot),
        Kind.TAX_INCOME: TaxCertificate(Kind.TAX_INCOME, pdf.TaxIncomeSnapshot),
        Kind.TAX_PAYMENT: TaxCertificate(Kind.TAX_PAYMENT, pdf.TaxPaymentSnapshot),
        Kind.DISASTER_DAMAGE: DisasterDamageCertificate(),
    }
)
