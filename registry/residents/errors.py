"""Why the register refuses an event. Every message names the item and the way out, and nobody's data."""

from civil.errors import KioskError


class RegisterRefusal(KioskError):
    """住民基本台帳に記録できません。 / The register does not accept this."""


class UnknownEventKind(RegisterRefusal):
    """その異動事由はありません。event_kinds.py の一覧にある事由を指定してください。 /
    There is no such event kind. Name one of those listed in event_kinds.py."""


class NobodyConcerned(RegisterRefusal):
    """異動の対象者がいません、または同じ人が二度指定されています。対象者を一人一度ずつ指定してください。 /
    The event concerns nobody, or somebody twice. Name each person concerned once."""


class UnknownPerson(RegisterRefusal):
    """その宛名番号の人は台帳にいません。宛名番号を確かめてください。 / No such person number is in the register. Check the number."""


class UnknownEvent(RegisterRefusal):
    """取り消す異動が見つかりません。異動の番号を確かめてください。 / The event to cancel was not found. Check its number."""


class AlreadyResident(RegisterRefusal):
    """現存する住民への転入等です。その人の票を検索し、転居または修正として記録してください。 /
    A living resident cannot move in (R-31). Look the person up and record a move within the city or a correction."""


class RemovedBefore(RegisterRefusal):
    """除票に同じ住民票コードまたは個人番号の人がいます。その宛名番号で再転入として記録してください。 /
    A removed record has this resident code or My Number. Record a re-entry under that person number.

    `person_number` is the number to use.
    """

    def __init__(self, person_number: str) -> None:
        super().__init__()
        self.person_number = person_number


class NotInRegister(RegisterRefusal):
    """その人はすでに消除されています。回復または再転入を先に記録してください。 /
    The person was removed from the register. Record the restoration or the re-entry first."""


class WrongState(RegisterRefusal):
    """その人の今の状態では、この異動は記録できません。 / The person's present state does not allow this event."""

    def __init__(self, kind_name: str, kind_english: str) -> None:
        super().__init__(
            f"{kind_name}: その人の今の状態(転出予定・支援措置など)では記録できません。履歴を確かめてください。 / "
            f"{kind_english}: the person's present state (planned move, protective measure ...) does not allow it. Check the history."
        )


class ItemMayNotChange(RegisterRefusal):
    """この異動では変更できない項目です。 / This event may not change the item (R-31)."""

    def __init__(self, kind_name: str, kind_english: str, item: str, item_name: str) -> None:
        super().__init__(
            f"{kind_name}では「{item_name}」を変更できません。職権修正など別の異動として記録してください。 / "
            f"{kind_english} may not change `{item}` (R-31). Record that as an event of its own."
        )
        self.item = item


class ItemMissing(RegisterRefusal):
    """この異動に必要な項目がありません。 / An item that this event needs is missing."""

    def __init__(self, item: str, item_name: str) -> None:
        super().__init__(f"「{item_name}」がありません。入力してください。 / `{item}` is missing. Enter it.")
        self.item = item


class ItemMalformed(RegisterRefusal):
    """項目の内容が正しくありません。 / The content of an item is not acceptable."""

    def __init__(self, item: str, item_name: str, why: str) -> None:
        super().__init__(f"「{item_name}」(`{item}`): {why}")
        self.item = item


class WrongCheckDigit(ItemMalformed):
    """検査数字が合いません。 / The check digit is wrong."""

    def __init__(self, item: str, item_name: str) -> None:
        super().__init__(
            item,
            item_name,
            "検査数字が合いません。原本と照合して入力し直してください。 / The check digit is wrong. Compare with the original.",
        )


class DateNotYet(RegisterRefusal):
    """未来の日付は記録できません。 / A date in the future cannot be recorded."""

    def __init__(self, item: str, item_name: str) -> None:
        super().__init__(
            f"「{item_name}」が未来の日付です。今日までの日付を入力してください。 / `{item}` is in the future. Enter a date up to today."
        )
        self.item = item


class BeforePersonExisted(RegisterRefusal):
    """異動日が、その人の出生または住民となった日より前です。異動日を確かめてください。 /
    The event is dated before the person was born or became a resident. Check the date of the event."""


class IdentityNotChecked(RegisterRefusal):
    """本人確認の記録がありません。確認した書類と職員を入力してください。 /
    The identity check is missing (R-10). Enter the document seen and the staff member who saw it."""


class HouseholdWithoutHead(RegisterRefusal):
    """世帯主のいない世帯になります。世帯主変更を先に記録してください。 /
    The household would be left without a head. Record a change of head first."""


class HouseholdWithTwoHeads(RegisterRefusal):
    """世帯主が二人になります。続柄を確かめてください。 / The household would have two heads. Check the relationships."""


class LaterEventStands(RegisterRefusal):
    """取り消す異動のあとに、同じ項目を変えた異動があります。新しいものから順に取り消してください。 /
    A later event changed the same item. Cancel the newest one first."""


class NumberTaken(RegisterRefusal):
    """宛名番号、住民票コードまたは個人番号が、ほかの人のものと重複しています。番号を確かめてください。 /
    The person number, resident code or My Number is somebody else's. Check the numbers."""


class RecordInconsistent(RegisterRefusal):
    """項目どうしが矛盾しています。 / Some items contradict each other."""

    def __init__(self, rule: str) -> None:
        super().__init__(
            f"項目どうしが矛盾しているか、型が違います(規則: {rule})。入力を確かめてください。 / "
            f"Some items contradict each other or have a wrong type (rule: {rule}). Check what was entered."
        )
        self.rule = rule


class TooManyWriters(RegisterRefusal):
    """ほかの職員が同じ世帯を続けて変更しています。少し待ってやり直してください。 /
    Others keep changing the same household. Wait a moment and try again."""


class CityNotEmpty(RegisterRefusal):
    """台帳にはすでに住民がいます。初期移行は空の台帳にだけ行えます。 /
    The register already has residents. The initial load is for an empty register only."""
