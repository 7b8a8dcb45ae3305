"""An installation whose documents are signed by a key on a token."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509

from civil.clock import utc_now
from keys.document_certificate import certificate_request, install_document_certificate
from keys.key_file import TokenPlace
from keys.making_keys import DocumentAlgorithm, add_token_key
from keys.token_keys import TokenKeys
from tests.keys.certificates import for_documents
from tests.keys.tokens.softhsm import Token


def put_on_token(directory: Path, passphrase: bytes, token: Token, algorithm: DocumentAlgorithm = "p256") -> TokenPlace:
    """Make the next document key on the token, and have it certified for a year."""
    place = token.made(algorithm)
    add_token_key(directory, passphrase, place)
    tokens = TokenKeys(token.access)
    pem = certificate_request(directory, passphrase, organisation="足利市", common_name="足利市長", tokens=tokens)
    tokens.close()
    request = x509.load_pem_x509_csr(pem)
    assert request.is_signature_valid
    now = utc_now()
    der = for_documents(request.public_key(), now - timedelta(days=1), now + timedelta(days=365))
    install_document_certificate(directory, passphrase, der, ())
    return place
