"""What every maker is given: the page of each turn, the font, and the key with its certificates as files."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

import pdf
from keys.development_ca import IssuedCa
from keys.document_key import DocumentKey, DocumentPrivateKey
from keys.tokens.token_key import TokenKey
from pdf.font_chain import IPAEX_MINCHO
from tests.bench.plain_paper import PlainScript, load_plain_script, pem
from tests.pdf.samples import SNAPSHOT, named

PAGES: Final = 7
"""Different pages that the other makers are given in turn, planned beforehand: their layout is free of charge."""

PASSPHRASE: Final = "bench"
"""Of a key made for one run and thrown away: PKCS#12 wants one."""

_NAMES: Final = ("見本　太郎", "手本　花子", "見本　一郎", "手本　正子")


@dataclass(frozen=True, slots=True)
class Job:
    """A directory with key and certificates in PEM, DER and PKCS#12, and the font to use."""

    directory: Path
    font: Path

    def snapshot(self, turn: int) -> pdf.ResidentRecordSnapshot:
        """Four persons in one 住民票の写し; number, salt and one name are of this turn."""
        persons = named(f"{_NAMES[0]}{'一二三四五六七'[turn % PAGES]}", *_NAMES[1:])
        number = f"20261123-01-{turn:08}-5"
        return replace(SNAPSHOT, issuance_number=number, persons=persons, salt=turn.to_bytes(16, "big"))

    def fonts(self) -> pdf.FontChain:
        """The font, and after it the one that has the rest."""
        return pdf.FontChain([self.font, *({IPAEX_MINCHO} - {self.font})])

    def pages(self) -> tuple[pdf.PagePlan, ...]:
        """One page for each turn of seven."""
        fonts = self.fonts()
        return tuple(pdf.plan(self.snapshot(turn), fonts)[0] for turn in range(PAGES))

    def key(self) -> DocumentKey:
        """The signing key, held."""
        private = load_pem_private_key((self.directory / "key.pem").read_bytes(), None)
        assert isinstance(private, DocumentPrivateKey)
        certificates = [(self.directory / name).read_bytes() for name in ("certificate.der", "ca.der")]
        return DocumentKey(private, certificates[0], (certificates[1],))

    def plain(self) -> PlainScript:
        """What draws with reportlab, and signs with pyHanko for everybody else."""
        return load_plain_script(self.font, *(self.directory / f"{name}.pem" for name in ("key", "certificate", "ca")))


def write_job(directory: Path, font: Path, key: DocumentKey, root: IssuedCa) -> Job:
    """Keep key and certificates in `directory`, in every form that a maker reads."""
    certificate, private = pem(key)
    files = {
        "key.pem": private, "certificate.pem": certificate, "ca.pem": root.certificate_pem,
        "certificate.der": key.certificate_der, "ca.der": root.certificate_der, "key.p12": _bundle(key),
    }  # fmt: skip
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return Job(directory, font)


def _bundle(key: DocumentKey) -> bytes:
    assert not isinstance(key.private_key, TokenKey), "the makers sign with a key in memory"
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"bench", key.private_key, key.certificate, None, encryption)
