"""A 罹災証明書 of somebody who does not exist."""

from datetime import date

from civil.recorded_date import RecordedDate
from pdf import Damage, DamageHolder, DisasterDamageSnapshot
from tests.pdf.samples import NOON_IN_JAPAN, SNAPSHOT

HOLDER = DamageHolder(
    person_number="000000000000017",
    name="見本　花子",
    birth=RecordedDate(date(1985, 4, 1)),
    address="栃木県見本市通二丁目1234番地5　見本マンション101号",
    is_foreign=False,
)
DAMAGE = Damage(
    damage_number="R8-00012",
    disaster="令和８年見本台風",
    struck_on=date(2026, 9, 12),
    cause="大雨による河川のはん濫（床上浸水）",
    dwelling_address="栃木県見本市本城三丁目2145番地",
    degree="large_half",
)
DISASTER_DAMAGE = DisasterDamageSnapshot(
    issuance_number="20261123-01-00012350-5",
    issued_at=NOON_IN_JAPAN,
    municipality_code="092029",
    municipality_name="見本市",
    holder=HOLDER,
    damage=DAMAGE,
    mayor=SNAPSHOT.mayor,
    official_seal=SNAPSHOT.official_seal,
    specimen=False,
    salt=bytes(16),
)
