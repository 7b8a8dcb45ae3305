"""An event (異動) as it is handed in, and what recording it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents.person_record import PersonRecord, SealedMyNumber, State

ItemValue = str | date | bool | RecordedDate | Sex | SealedMyNumber | State | None
ItemChanges = Mapping[str, ItemValue]
"""What becomes of which item; the names are those of `PersonRecord`."""

_NO_CHANGES: Mapping[str, ItemChanges] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """R-10: the document that was seen at the counter (個人番号カード, 旅券 …) and the staff member who saw it."""

    document: str
    checked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentEvent:
    """An event for one or more persons, recorded as a whole or not at all.

    `kind` is a code of `event_kinds`. `occurred` is 異動日 (for a planned move out, the planned day); `notified_on` is 届出日,
    通知日 or 申出日. Entries (記載) bring full rows; corrections and removals name the items that change, by person number,
    and an empty mapping where the kind itself says everything. `reverses` is the event that a cancellation undoes. `note` is
    留意事項. `planned_elsewhere_on` is 転出予定日 of the 転出証明書情報, which a 特例転入 is measured by.
    """

    kind: str
    occurred: RecordedDate
    notified_on: date | None = None
    entries: tuple[PersonRecord, ...] = ()
    changes: Mapping[str, ItemChanges] = field(default_factory=lambda: _NO_CHANGES)
    identity_check: IdentityCheck | None = None
    reverses: int | None = None
    note: str | None = None
    planned_elsewhere_on: date | None = None


class Alert(StrEnum):
    """What staff are told although the event is recorded (標準仕様書のアラート). Each names its cause and the way out."""

    LATE_NOTIFICATION = "late_notification"
    HOUSEHOLD_WITHOUT_HEAD = "household_without_head"
    ONE_MEMBER_LEFT = "one_member_left"
    HEAD_PLANS_TO_LEAVE = "head_plans_to_leave"
    SIMILAR_PERSON = "similar_person"
    RELATIONSHIPS_NOT_RESET = "relationships_not_reset"
    FEW_RESIDENT_CODES = "few_resident_codes"

    @property
    def text(self) -> str:
        """Cause and way out, in Japanese and English."""
        return _ALERT_TEXTS[self]


_ALERT_TEXTS: Mapping[Alert, str] = {
    Alert.LATE_NOTIFICATION: "異動から14日を過ぎた届出です(住民基本台帳法22条・23条)。経過を聴き、必要なら期間経過の通知をしてください。 / "
    "Notified later than 14 days after the move. Ask why, and report the delay where needed.",
    Alert.HOUSEHOLD_WITHOUT_HEAD: "世帯主のいない世帯になりました。世帯主変更を記録するか、世帯主変更依頼通知書を送ってください。 / "
    "The household is without a head. Record a change of head, or send the request for one.",
    Alert.ONE_MEMBER_LEFT: "世帯に一人だけが残りました。その人を世帯主とする世帯主変更を記録し、通知してください。 / "
    "One member is left. Record that person as the head and send the notice.",
    Alert.HEAD_PLANS_TO_LEAVE: "世帯主が転出し、ほかの世帯員が残ります。転出の日までに世帯主変更を記録してください。 / "
    "The head is going to move out and others stay. Record a change of head before that day.",
    Alert.SIMILAR_PERSON: "氏名・生年月日・性別が同じ記録がほかにあります。同じ人なら、その宛名番号の再転入として記録し直してください。 / "
    "Another record has the same name, birth date and sex. If it is the same person, cancel this and record a re-entry.",
    Alert.RELATIONSHIPS_NOT_RESET: "世帯主が変わりましたが、続柄を見直していない世帯員がいます。全員の続柄を確かめてください。 / "
    "The head changed and some members' relationships were not reset. Check all of them.",
    Alert.FEW_RESIDENT_CODES: "付番できる住民票コードが残りわずかです。機構から補充してください。 / "
    "Few resident codes are left to give. Fetch more from the agency.",
}


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """What an event moved: the new sequence of each person and of each household it touched."""

    event_id: int
    persons: Mapping[str, int]
    households: Mapping[str, int]
    alerts: tuple[Alert, ...] = ()
    follow_ups: tuple[tuple[str, str], ...] = ()
    """What is to be done elsewhere or handed out: (person number, words of `rules.FollowUp` or `rules.Notice`)."""
    based_on: Mapping[str, int] = field(default_factory=dict)
    """The sequences before the event, of `person/NUMBER` and `household/NUMBER`; 0 for what it began."""
