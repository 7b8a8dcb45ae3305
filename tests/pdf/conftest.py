from collections.abc import Iterator
from datetime import UTC, datetime
from shutil import which

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from keys.development_ca import IssuedCa, issue_document_certificate, make_development_ca
from keys.document_key import DocumentKey, DocumentPrivateKey
from pdf import FontChain
from pdf.file_structure import forget_forms
from pdf.font_chain import IPAMJ_MINCHO
from pdf.form_part import form_part


@pytest.fixture(autouse=True)
def _forms_made_anew() -> Iterator[None]:
    """What one test makes of a form, or puts in its place, is not there in the next."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    form_part.cache_clear()
    forget_forms()


@pytest.fixture(scope="session")
def fonts() -> FontChain:
    """The fonts of a city: with IPAmj Mincho, since names need it."""
    if not IPAMJ_MINCHO.exists():
        pytest.fail("apt-get install --no-install-recommends fonts-ipamj-mincho")
    return FontChain()


@pytest.fixture(scope="session")
def poppler() -> None:
    if which("pdfsig") is None:
        pytest.fail("apt-get install --no-install-recommends poppler-utils")


@pytest.fixture(scope="session")
def root() -> IssuedCa:
    return make_development_ca("見本ルート認証局", datetime.now(UTC))


@pytest.fixture(scope="session", params=["ecdsa-p256", "rsa-2048", "rsa-3072"])
def key(request: pytest.FixtureRequest, root: IssuedCa) -> DocumentKey:
    """A document key of each kind in use."""
    kind, size = request.param.split("-")
    private = ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else _rsa(int(size))
    certificate = issue_document_certificate(root, private.public_key(), datetime.now(UTC))
    return DocumentKey(private, certificate.public_bytes(Encoding.DER), (root.certificate_der,))


def _rsa(size: int) -> DocumentPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=size)
