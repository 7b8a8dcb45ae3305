"""Why an issuance record differs from the register, in words; the command line and the console say the same."""

from collections.abc import Mapping
from typing import Final

from reconcile import Cause

CAUSES: Final[Mapping[str, str]] = {
    Cause.SET_ASIDE: "台帳の行を取り込めず、保留中です。台帳を直してください / the register's row was refused; correct it in the register",
    Cause.ARRIVAL_LOST: "台帳にあり、発行用にありません / in the register, and not in the issuance records",
    Cause.REMOVAL_LOST: "消除済みなのに、発行用に残っています / removed from the register, and still in the issuance records",
    Cause.NOT_OF_SOURCE: "台帳にない人です / the register has never had this person",
    Cause.CHANGE_LOST: "台帳の変更が届いていません / changes of the register did not arrive",
    Cause.CHANGED_HERE: "発行用だけが書き換わっています / changed in the issuance records alone",
    Cause.AHEAD_OF_SOURCE: "台帳が前の状態に戻っています(復元直後など) / the register was set back, as after a restore",
}
