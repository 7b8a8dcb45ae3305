"""Why the register refuses an event. Every message names the item and the way out, and nobody's data."""

from collections.abc import Sequence

from civil.errors import KioskError


class RegisterRefusal(KioskError):
    """住民基本台帳に記録できません。 / The register does not accept this."""


class UnknownEventKind(RegisterRefusal):
    """その異動事由はありません、または一件ずつは記録できません(初期移行)。event_kinds.py の一覧にあるほかの事由を指定してください。 /
    There is no such event kind, or it is not for single events (initial load). Name another of those in event_kinds.py."""


class NobodyConcerned(RegisterRefusal):
    """対象者がいないか、同じ人が二度指定されているか、記載とほかの異動が混ざっています。一人一度ずつ、記載は票の全項目で、ほかは変更する項目で指定してください。 /
    The event concerns nobody, somebody twice, or mixes entries with changes. Name each once: entries by whole rows, others by items."""


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

    def __init__(self, kind_name: str, kind_english: str, way_out: tuple[str, str]) -> None:
        super().__init__(f"{kind_name}: {way_out[0]} / {kind_english}: {way_out[1]}")


class ItemMayNotChange(RegisterRefusal):
    """この異動では変更できない項目です。 / This event may not change the item (R-31).

    `kinds` are the code and name of each kind that may.
    """

    def __init__(
        self, kind_name: str, kind_english: str, item: str, item_name: str, kinds: Sequence[tuple[str, str]]
    ) -> None:
        may = "、".join(f"{code} {name}" for code, name in kinds)
        codes = ", ".join(code for code, _ in kinds)
        japanese = (
            f"変更できる事由で別に記録してください: {may}。"
            if kinds
            else "どの事由でも変更できません。項目を外してください。"
        )
        english = f"Record that as an event of its own: {codes}." if kinds else "No kind changes it. Leave it out."
        super().__init__(
            f"{kind_name}では「{item_name}」を変更できません。{japanese} / {kind_english} may not change `{item}` (R-31). {english}"
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


class CancelledBefore(RegisterRefusal):
    """その異動はすでに取り消されています。履歴を確かめ、必要なら新しい異動として記録してください。 /
    The event is cancelled already. Look at the history, and record a new event where one is needed."""


class NotReversible(RegisterRefusal):
    """その異動は取り消せません。 / The event cannot be cancelled.

    `use` is the kind that cancels it, if any.
    """

    def __init__(self, kind_name: str, kind_english: str, use: str | None, way_out: tuple[str, str]) -> None:
        super().__init__(
            f"{kind_name}は、この事由では取り消せません。{way_out[0]} / This kind does not cancel a {kind_english}. {way_out[1]}"
        )
        self.use = use


class BornBefore(RegisterRefusal):
    """同じ世帯に、氏名・生年月日・性別の同じ人がすでにいます。二重の出生届でないか戸籍を確かめてください。 /
    The household has a person of the same name, birth date and sex. Check with the koseki that this is not a second report."""


class TooLateToNotify(RegisterRefusal):
    """転出から14日を過ぎているので届出として受けられません。職権消除とし、転出証明書に準ずる証明書を交付してください。 /
    More than 14 days have passed since the move out. Record an ex officio removal and hand out its certificate."""


class PastSpecialDeadline(RegisterRefusal):
    """特例転入の期限(転出予定日から30日、転入日から14日)を過ぎています。転出証明書による国内転入として記録してください。 /
    The time for moving in by card is over. Record an ordinary move in with a certificate of moving out."""


class TooEarlyToExtend(RegisterRefusal):
    """支援措置の延長は、終了日の1か月前から記録できます。期間を変えるなら PM+ で期間を指定してください。 /
    A protective measure is extended from one month before its last day. Another period is recorded as PM+."""


class HouseholdEmpty(RegisterRefusal):
    """変更後の世帯に世帯員がいません。世帯番号を確かめるか、世帯分離として記録してください。 /
    Nobody lives in that household. Check its number, or record a household split."""


class HouseholdTaken(RegisterRefusal):
    """世帯分離の世帯番号にはすでに世帯員がいます。新しい世帯番号を付けるか、世帯変更として記録してください。 /
    The new household has members already. Give a new number, or record a change of household."""


class MembersLeftBehind(RegisterRefusal):
    """世帯合併なのに、もとの世帯に世帯員が残ります。全員を対象にするか、世帯変更として記録してください。 /
    A merge leaves members behind. Name all of them, or record a change of household."""


class NobodyLeftBehind(RegisterRefusal):
    """もとの世帯に誰も残りません。世帯合併として記録するか、対象者を確かめてください。 /
    Nobody is left in the old household. Record a household merge, or check who is concerned."""


class HouseholdsApart(RegisterRefusal):
    """住所または方書が違う人とは同じ世帯になれません。先に転居を記録してください。 /
    People of different addresses cannot form one household. Record a move within the city first."""


class WrongNationality(RegisterRefusal):
    """この事由は、その人の国籍・地域では記録できません(日本人住民または外国人住民だけの事由です)。事由を確かめてください。 /
    This kind is for Japanese residents only, or for foreign residents only. Check the kind."""


class SecondPersonMissing(RegisterRefusal):
    """この事由は、入力した職員とは別の職員の決裁が要ります。決裁者を確かめてください。 /
    This kind needs the decision of somebody other than whoever entered it. Ask another officer."""


class NoResidentCodeLeft(RegisterRefusal):
    """付番できる住民票コードがありません。機構から補充してから記録し直してください。 /
    No resident code is left to give. Fetch more from the agency, then record again."""


class UnknownDraft(RegisterRefusal):
    """その仮登録は見つかりません。番号を確かめてください。 / There is no such draft. Check its number."""


class DraftNotReady(RegisterRefusal):
    """その仮登録は、いまこの手続きの段階にありません。審査・決裁・本登録の順に進めるか、状態を確かめてください。 /
    The draft is not at this stage. Go on in the order review, decision, final entry, or look at its state."""


class DraftOutdated(RegisterRefusal):
    """仮登録のあとに、対象者または同じ世帯の異動が本登録されました。取り下げて、今の内容から入力し直してください。 /
    Since the draft was entered, an event of the person or household was recorded. Withdraw it and enter it anew."""


class HouseholdMoved(RegisterRefusal):
    """内容を確かめている間に、ほかの職員が対象者または同じ世帯の異動を本登録しました。何も登録していません。今の内容でもう一度確かめてください。 /
    While you looked, somebody else recorded an event of the person or household. Nothing was entered. Look again at how it is now."""


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
