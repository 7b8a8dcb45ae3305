"""What can go wrong at the reader. Each docstring is what the resident is told, and what to do next. None names a person."""

from civil.errors import KioskError


class CardError(KioskError):
    """カードを読み取れませんでした。もう一度置いてください。 / The card could not be read. Please place it again."""


class TransportFault(CardError):
    """カードリーダーと通信できません。係員をお呼びください。 / The card reader does not answer. Please call the staff."""


class CardRemoved(TransportFault):
    """カードが離れました。もう一度置いてください。 / The card was taken away. Please place it again."""


class CardReset(TransportFault):
    """カードの状態が変わりました。もう一度置いてください。 / The card was reset meanwhile. Please place it again."""


class CardMisbehaved(CardError):
    """カードの応答が正しくありません。市区町村の窓口にご相談ください。 / The card does not answer as it should. Please ask at the city office."""

    def __init__(self, status: int | None = None) -> None:
        """Keep the status word, for staff; it says nothing about the person."""
        super().__init__()
        self.status = status


class CardDataBroken(CardMisbehaved):
    """カードの電子証明書を読み取れません。市区町村の窓口にご相談ください。 / The certificate on the card cannot be read. Please ask at the city office."""


class SignatureWrong(CardMisbehaved):
    """カードの署名が電子証明書と合いません。市区町村の窓口にご相談ください。 / The card's signature does not fit its certificate. Please ask at the city office."""


class NotThisCard(CardError):
    """マイナンバーカードではありません。マイナンバーカードを置いてください。 / This is no My Number Card. Please place your My Number Card."""


class OldResidentCard(NotThisCard):
    """住民基本台帳カードは使えなくなりました。マイナンバーカードか、窓口をご利用ください。 /
    Juki cards are no longer accepted. Please use a My Number Card, or the counter."""


class PhoneNotTaken(NotThisCard):
    """この読取機ではスマートフォンを使えません。マイナンバーカードを置いてください。 /
    This reader does not take phones. Please place your My Number Card."""


class PinlessCard(CardError):
    """暗証番号のないマイナンバーカードでは発行できません。窓口をご利用ください。 /
    A My Number Card without a PIN cannot be used here. Please go to the counter."""


class CardLocked(CardError):
    """暗証番号が間違えられたため、カードが止まっています。市区町村の窓口で解除できます。 /
    The card is locked after wrong PINs. The city office can unlock it."""


class WrongCardPin(CardError):
    """暗証番号が違います。 / The PIN is wrong."""

    def __init__(self, tries_left: int) -> None:
        """Keep how many tries the card says are left, one or more."""
        super().__init__(f"暗証番号が違います。あと{tries_left}回。 / The PIN is wrong; tries left: {tries_left}.")
        self.tries_left = tries_left


class LastTryNeedsWord(CardError):
    """あと1回間違えるとカードが止まります。続けるか、窓口で確かめるかを選んでください。 /
    One more wrong PIN locks the card. Please choose whether to go on, or to ask at the city office."""


class CounterUnknown(CardError):
    """暗証番号を試せる回数が分からないため、使えません。窓口にご相談ください。 /
    The card does not say how many PIN tries are left, so none is made. Please ask at the city office."""


class PinMalformed(CardError):
    """暗証番号は数字4桁です。 / The PIN has four digits."""
