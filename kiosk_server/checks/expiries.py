"""When each key and certificate of a centre process ends: for the advice 60 days before, and for the figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from civil.calendar import JST
from keys.key_file import KeyEntry, KeyFile
from keys.purpose import STATEMENT_PURPOSES, Purpose
from kiosk_server.checks.certificates import RENEW_BEFORE
from kiosk_server.checks.purposes import purpose_title
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault
from kiosk_server.processes.starting import certificates_in
from kiosk_server.settings import PREFIX

_REPLACE_DOCUMENT: Final = (
    "kiosk keys rotate document_signature で次の鍵を作り、kiosk keys request で申請し、届いた証明書を kiosk keys install で登録してください。",
    "Make the next key with kiosk keys rotate document_signature, ask with kiosk keys request, install with kiosk keys install.",
)
_REPLACE_SEAL: Final = (
    "kiosk keys renew-seal で次の鍵を作り、kiosk seal publish で公開してください。",
    "Make the next keys with kiosk keys renew-seal, and publish them with kiosk seal publish.",
)
_REPLACE_FILE: Final = (
    "更新し、{0} の場所に置いて起動し直してください。",
    "Renew it, put it where {0} says, and start again.",
)
_CARDS: Final = "jpki_ca"
_FILES: Final = {
    "tls_certificate": ("TLS サーバー証明書", "TLS server certificate"),
    "tls_client_ca": ("呼出し元の CA", "CA of the callers"),
    "witness_ca": ("証人の CA", "CA of the witness"),
    _CARDS: ("利用者証明用認証局", "CA of user certificates"),
}
"""By setting."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """What ends, under a name for figures and one for persons, and what to do before (each Japanese, English)."""

    name: str
    title: tuple[str, str]
    until: datetime
    fix: tuple[str, str]
    has_successor: bool = False
    """Whether something already takes its place before it ends."""

    @property
    def day(self) -> str:
        """The last day in Japan."""
        return f"{self.until.astimezone(JST):%Y-%m-%d}"

    def __str__(self) -> str:
        return f"{self.day} {self.title[0]} / {self.title[1]}"


async def expiries(surroundings: Surroundings) -> str:
    """The first thing that ends. Raises Advice naming all that end within 60 days and have no successor."""
    now = surroundings.clock()
    every = sorted(all_expiries(surroundings), key=lambda ending: ending.until)
    soon = [ending for ending in every if ending.until - now < RENEW_BEFORE and not ending.has_successor]
    if soon:
        raise Advice(_ending(soon, now))
    return str(every[0]) if every else "-"


def all_expiries(surroundings: Surroundings) -> Sequence[Expiry]:
    """Every key and certificate that has an end. Raises what the surroundings raise."""
    return (*_of_keys(surroundings.keys.content), *_of_files(surroundings))


def _ending(soon: Sequence[Expiry], now: datetime) -> Fault:
    japanese = "、".join(f"{ending.title[0]}({ending.day}、あと {_days(ending, now)} 日)" for ending in soon)
    english = ", ".join(f"{ending.title[1]} ({ending.day}, {_days(ending, now)} days left)" for ending in soon)
    fixes = dict.fromkeys(ending.fix for ending in soon)
    return Fault(
        f"まもなく切れます: {japanese}。",
        f"These end soon: {english}.",
        "".join(fix[0] for fix in fixes),
        " ".join(fix[1] for fix in fixes),
    )


def _days(ending: Expiry, now: datetime) -> int:
    return (ending.until - now).days


def _of_keys(content: KeyFile) -> Iterator[Expiry]:
    for entry in content.keys:
        endings = tuple(_of_entry(entry, content))
        stops = min((ending.until for ending in endings), default=None)
        others = [other for other in content.keys if other.purpose is entry.purpose and other is not entry]
        followed = stops is not None and any(_goes_on(other, stops, content) for other in others)
        yield from (replace(ending, has_successor=followed) for ending in endings)


def _goes_on(entry: KeyEntry, until: datetime, content: KeyFile) -> bool:
    """Whether this key can make something then, and for longer."""
    return content.can_make(entry, until) and all(ending.until > until for ending in _of_entry(entry, content))


def _of_entry(entry: KeyEntry, content: KeyFile) -> Iterator[Expiry]:
    """The end of the key itself, of its certificate, and of those above it: whichever comes first stops it."""
    title = purpose_title(entry.purpose)
    fix = _REPLACE_SEAL if entry.purpose in STATEMENT_PURPOSES else _REPLACE_DOCUMENT
    name = f"{entry.purpose} {entry.version}"
    if entry.not_after is not None:
        yield Expiry(name, (f"{title[0]}の鍵 版{entry.version}", f"key {name}"), entry.not_after, fix)
    document = content.certificate_of(entry.version) if entry.purpose is Purpose.DOCUMENT_SIGNATURE else None
    for place, der in enumerate(() if document is None else (document.certificate, *document.chain)):
        certificate = x509.load_der_x509_certificate(der)
        who = f"{title[0]}の証明書 版{entry.version}", f"certificate of {name}"
        above = "" if place == 0 else f" above {place}"
        until = certificate.not_valid_after_utc
        yield Expiry(f"{name} certificate{above}", _named(who, certificate), until, fix)


def _of_files(surroundings: Surroundings) -> Iterator[Expiry]:
    """Of the certificates that settings name. An older generation of a CA of cards ends beside the newer one."""
    for setting, title in _FILES.items():
        certificates = _certificates(surroundings, setting)
        last = max((certificate.not_valid_after_utc for certificate in certificates), default=None)
        variable = PREFIX + setting.upper()
        fix = _REPLACE_FILE[0].format(variable), _REPLACE_FILE[1].format(variable)
        for place, certificate in enumerate(certificates, start=1):
            until = certificate.not_valid_after_utc
            goes_on = setting == _CARDS and until != last
            yield Expiry(f"{setting} {place}", _named(title, certificate), until, fix, has_successor=goes_on)


def _certificates(surroundings: Surroundings, setting: str) -> Sequence[x509.Certificate]:
    if setting in surroundings.tls_certificates:
        return surroundings.tls_certificates[setting]
    if getattr(surroundings.settings, setting) is None:
        return ()
    return [x509.load_der_x509_certificate(der) for der in certificates_in(surroundings.settings.path(setting))]


def _named(title: tuple[str, str], certificate: x509.Certificate) -> tuple[str, str]:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    who = names[0].value if names else certificate.subject.rfc4514_string()
    return f"{title[0]} {who!s}", f"{title[1]} {who!s}"
