"""What can go wrong with the paper. No message carries personal data: a page index and a field id at most."""

from typing import Self

from civil.errors import KioskError


class PaperError(KioskError):
    """証明書を作成できません。 / The certificate cannot be made."""


class SnapshotInvalid(PaperError):
    """証明書に記載する内容が不完全です。 / The snapshot contradicts itself."""


class FontUnsuitable(PaperError):
    """フォントを使用できません。 / The font file cannot be used: TrueType outlines with the usual tables are needed."""


class FieldRefused(PaperError):
    """この項目は印字できません。 / One field cannot be printed."""

    def __init__(self, field: str) -> None:
        """`field` is the id of the field on the form, never its content."""
        super().__init__()
        self.args = (f"{self} [{field}]",)
        self.field = field

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Cross a process boundary with the field."""
        return type(self), (self.field,)


class GlyphMissing(FieldRefused):
    """字形のない文字があります。 / No font draws a character of this field."""


class TextOverflow(FieldRefused):
    """様式の枠に収まりません。 / The text does not fit its box even at the form's smallest size."""


class InspectionFailed(PaperError):
    """検査に合格しません。 / The document is not what the snapshot allows."""

    def __init__(self, page: int | None = None, field: str | None = None) -> None:
        """`page` counts from 1; both are None where the whole file is at fault."""
        super().__init__()
        self.args = (f"{self} [page={page} field={field}]",)
        self.page = page
        self.field = field

    def __reduce__(self) -> tuple[type[Self], tuple[int | None, str | None]]:
        """Cross a process boundary with page and field."""
        return type(self), (self.page, self.field)


class IdentityMismatch(InspectionFailed):
    """印字内容が一致しません。 / Text on the page is not the text that was planned."""


class NumberMismatch(InspectionFailed):
    """発行番号またはページ番号が一致しません。 / The issuance number or page number is not the planned one."""


class PageMismatch(InspectionFailed):
    """ページの数または構成が一致しません。 / Pages, rules or the file's structure differ from the plan."""


class SealMismatch(InspectionFailed):
    """公印が一致しません。 / The official seal is missing, altered or in another place."""


class VisibleSealMismatch(InspectionFailed):
    """券面の確認用コードが一致しません。 / The code on a page is missing, unreadable, doubled or another one."""


class GlyphMismatch(InspectionFailed):
    """字形が文字と一致しません。 / A drawn outline is not the one the source font has for that character."""


class FontMismatch(InspectionFailed):
    """フォントが埋め込まれていません。 / A font is not embedded, or not one of ours."""


class SnapshotMismatch(InspectionFailed):
    """別の証明書の内容です。 / The document was made from another snapshot than the one of this request."""


class SignatureMismatch(InspectionFailed):
    """署名が検査した内容と一致しません。 / The signed file is not the inspected one, or its signature does not hold."""


class PermitSpent(PaperError):
    """署名許可は使用済みです。 / The permit to sign was already used."""


class PermitMismatch(PaperError):
    """署名許可の対象ではありません。 / The permit was given for another document."""


class SignatureTooLarge(PaperError):
    """署名が領域に収まりません。 / The signature does not fit the room left for it: the certificate chain is too long."""
