"""Residents and households (既存住基, F1): append-only events, full-row history and the outbox.

This module is the public face; the submodules are private to the registry. The kinds of events and their rules stand in
`event_kinds.py`, one row each.
"""

from registry.residents.errors import (
    AlreadyResident,
    BeforePersonExisted,
    CityNotEmpty,
    DateNotYet,
    HouseholdWithoutHead,
    HouseholdWithTwoHeads,
    IdentityNotChecked,
    ItemMalformed,
    ItemMayNotChange,
    ItemMissing,
    LaterEventStands,
    NobodyConcerned,
    NotInRegister,
    NumberTaken,
    RecordInconsistent,
    RegisterRefusal,
    RemovedBefore,
    TooManyWriters,
    UnknownEvent,
    UnknownEventKind,
    UnknownPerson,
    WrongCheckDigit,
    WrongState,
)
from registry.residents.event import Alert, IdentityCheck, ItemChanges, RecordedEvent, ResidentEvent
from registry.residents.event_kinds import EVENT_KINDS, EventKind, event_kind
from registry.residents.f1_items import F1Item, f1_items
from registry.residents.initial_load import IncomingPerson, LoadedCity, load_initial
from registry.residents.my_number import RegistryKeys, blind_index, seal_my_number
from registry.residents.numbering import assign_numbers, number_of
from registry.residents.person_record import ITEM_NAMES, HistoryRow, PersonRecord, SealedMyNumber, State
from registry.residents.reading import (
    DueMoveOut,
    city_transaction,
    current_person,
    current_rows,
    due_move_outs,
    household_heads_as_of,
    household_members,
    person_at,
    persons_as_of,
    turn_year,
)
from registry.residents.recording import record_event
from registry.residents.relationship import is_relationship, member_order

__all__ = [
    "EVENT_KINDS",
    "ITEM_NAMES",
    "Alert",
    "AlreadyResident",
    "BeforePersonExisted",
    "CityNotEmpty",
    "DateNotYet",
    "DueMoveOut",
    "EventKind",
    "F1Item",
    "HistoryRow",
    "HouseholdWithTwoHeads",
    "HouseholdWithoutHead",
    "IdentityCheck",
    "IdentityNotChecked",
    "IncomingPerson",
    "ItemChanges",
    "ItemMalformed",
    "ItemMayNotChange",
    "ItemMissing",
    "LaterEventStands",
    "LoadedCity",
    "NobodyConcerned",
    "NotInRegister",
    "NumberTaken",
    "PersonRecord",
    "RecordInconsistent",
    "RecordedEvent",
    "RegisterRefusal",
    "RegistryKeys",
    "RemovedBefore",
    "ResidentEvent",
    "SealedMyNumber",
    "State",
    "TooManyWriters",
    "UnknownEvent",
    "UnknownEventKind",
    "UnknownPerson",
    "WrongCheckDigit",
    "WrongState",
    "assign_numbers",
    "blind_index",
    "city_transaction",
    "current_person",
    "current_rows",
    "due_move_outs",
    "event_kind",
    "f1_items",
    "household_heads_as_of",
    "household_members",
    "is_relationship",
    "load_initial",
    "member_order",
    "number_of",
    "person_at",
    "persons_as_of",
    "record_event",
    "seal_my_number",
    "turn_year",
]
