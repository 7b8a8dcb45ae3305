"""Signed notes as C2SP has them: the published example, and nothing changed or cut is accepted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance_db.log.note import (
    COSIGNATURE,
    LOG_SIGNATURE,
    Checkpoint,
    NoteMalformed,
    Signature,
    SignatureMissing,
    SignedCheckpoint,
    SignerKey,
    VerifierKey,
)

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LOG = SignerKey("kiosk-log/092029", LOG_SIGNATURE, bytes(range(32)))
WITNESS = SignerKey("kiosk-witness", COSIGNATURE, bytes(range(1, 33)))
CHECKPOINT = Checkpoint("kiosk-log/092029", 27, bytes(32))
# The example of golang.org/x/mod/sumdb/note, from which C2SP signed-note comes.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def signed() -> SignedCheckpoint:
    return SignedCheckpoint(CHECKPOINT, (LOG.sign(CHECKPOINT.text, AT), WITNESS.sign(CHECKPOINT.text, AT)))


def test_the_published_example_verifies() -> None:
    key = VerifierKey.parse(PETER)
    assert str(key) == PETER
    assert key.verifies(Signature.parse(PETERS_SIGNATURE), PETERS_TEXT)
    assert not key.verifies(Signature.parse(PETERS_SIGNATURE), PETERS_TEXT.replace("your", "my"))


def test_a_note_survives_being_written_and_read() -> None:
    read = SignedCheckpoint.parse(str(signed()))
    assert read == signed()
    read.signature_of(LOG.verifier)
    assert read.signature_of(WITNESS.verifier).made_at == AT


def test_keys_survive_being_written_and_read() -> None:
    for key in (LOG.verifier, WITNESS.verifier):
        assert VerifierKey.parse(str(key)) == key
        with pytest.raises(NoteMalformed):
            VerifierKey.parse(str(key)[:-4] + "AAA=")


@pytest.mark.parametrize(
    "stranger", [SignerKey(LOG.name, LOG_SIGNATURE, bytes(32)), SignerKey("other", LOG_SIGNATURE, LOG.seed)]
)
def test_another_key_or_name_is_not_ours(stranger: SignerKey) -> None:
    with pytest.raises(SignatureMissing):
        signed().signature_of(stranger.verifier)


def test_a_cosignature_is_bound_to_its_time() -> None:
    signature = WITNESS.sign(CHECKPOINT.text, AT)
    moved = type(signature)(signature.name, signature.identifier, bytes(8) + signature.content[8:])
    assert not WITNESS.verifier.verifies(moved, CHECKPOINT.text)


@given(st.data())
def test_i7_no_note_with_a_character_changed_is_accepted_as_the_same(data: st.DataObject) -> None:
    note = str(signed())
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda new: new != note[place]))
    changed = note[:place] + other + note[place + 1 :]
    try:
        read = SignedCheckpoint.parse(changed)
        read.signature_of(LOG.verifier)
        read.signature_of(WITNESS.verifier)
    except (NoteMalformed, SignatureMissing):
        return
    raise AssertionError(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n01\n",
        "origin\n-1\n",
        "origin\n1\nAAAA\n",
        f"origin\n1\n{'A' * 43}=\nextension\n",
        "\n1\n",
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(text)
