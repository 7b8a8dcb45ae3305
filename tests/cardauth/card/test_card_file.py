from pathlib import Path

import pytest

from kiosk_server.demo.virtual_card import Behaviour
from kiosk_server.demo.virtual_card.card_file import NoSuchCard, counter_of, read_card, write_card
from tests.cardauth.card.cards import contents, issued


def test_a_card_is_read_as_it_was_written_and_is_its_owners_alone(tmp_path: Path) -> None:
    path, behaviour = tmp_path / "card.json", Behaviour(extended=False, removed_after=7)
    write_card(path, contents(kind="p384", label="JPKIAPICCTOKEN"), behaviour)
    read, how = read_card(path)
    assert (read.certificate, read.label, read.pin, how) == (issued("p384").der, "JPKIAPICCTOKEN", "4821", behaviour)
    assert read.private_key.private_numbers() == issued("p384").private_key.private_numbers()
    assert path.stat().st_mode & 0o077 == 0


def test_a_counter_begins_with_three_and_outlives_who_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    assert counter_of(path).read() == 3
    counter_of(path).write(1)
    assert counter_of(path).read() == 1


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"certificate": "!"}'])
def test_what_is_no_card_is_told(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "card.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(NoSuchCard):
        read_card(path)
