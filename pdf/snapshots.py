"""The snapshots of every kind."""

from typing import get_args

from pdf.koseki_snapshot import KosekiFullSnapshot, KosekiIndividualSnapshot
from pdf.seal_registration_snapshot import SealRegistrationSnapshot
from pdf.snapshot import ResidentRecordSnapshot

Snapshot = ResidentRecordSnapshot | SealRegistrationSnapshot | KosekiFullSnapshot | KosekiIndividualSnapshot
SNAPSHOTS: tuple[type[Snapshot], ...] = get_args(Snapshot)
