"""Statements that only the counter makes, by the form of the 住民票記載事項証明書: what they are called and what stands beside the items. Values only."""

from dataclasses import dataclass
from typing import ClassVar

from pdf.resident_statement_snapshot import ResidentStatementSnapshot

Note = tuple[str, str]
"""A label, and the text beside it."""


@dataclass(frozen=True, slots=True)
class StatementNotes:
    """What stands below the head, and below each person in their order; `mark` beside the title (再交付)."""

    head: tuple[Note, ...] = ()
    people: tuple[tuple[Note, ...], ...] = ()
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class RemovedStatementSnapshot(ResidentStatementSnapshot):
    """除票記載事項証明書, of one removed person."""

    document_title: ClassVar[str] = "除票記載事項証明書"
    certification: ClassVar[str] = "上記の事項は、除票に記載があることを証明する。"


@dataclass(frozen=True, slots=True)
class MoveOutSnapshot(ResidentStatementSnapshot):
    """転出証明書 (住民基本台帳法施行令23条), of whoever moves together. The wording of the standard's form was not at hand; this one was decided."""

    document_title: ClassVar[str] = "転出証明書"
    certification: ClassVar[str] = "上記のとおり、転出の届出があったことを証明する。"


@dataclass(frozen=True, slots=True)
class LikeMoveOutSnapshot(ResidentStatementSnapshot):
    """転出証明書に準ずる証明書 (標準仕様書 4.1.3.0.3), where the city itself removed the record."""

    document_title: ClassVar[str] = "転出証明書に準ずる証明書"
    certification: ClassVar[str] = "上記のとおり、住民票を消除したことを証明する。転入届に添付する書類として発行した。"
