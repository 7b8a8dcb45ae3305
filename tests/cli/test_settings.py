from pathlib import Path

import pytest

from kiosk_server.settings import SettingsInvalid, host_and_port, read_settings


@pytest.fixture(autouse=True)
def no_settings_around_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "MUNICIPALITY_CODES"):
        monkeypatch.delenv(f"KIOSK_{name}", raising=False)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KIOSK_DATABASE_URL", "postgresql://front:hush-hush@db/kiosk", "without user and password"),
        ("KIOSK_DATABASE_URL", "mysql://db/kiosk", "of the form postgresql://"),
        ("KIOSK_DATABASE_URL", "postgresql://db/kiosk", "sslmode=verify-full"),
        ("KIOSK_DATABASE_URL", "postgresql://db/kiosk?sslmode=require", "sslmode=verify-full"),
        ("KIOSK_DATABASE_URL", "postgresql://127.0.0.1,192.0.2.1:5433/kiosk", "sslmode=verify-full"),
        ("KIOSK_DATABASE_URL", "postgresql:///kiosk", "sslmode=verify-full"),
        ("KIOSK_REDIS_URL", "redis://:hush-hush@cache/0", "rediss://"),
        ("KIOSK_DEADLINE_SECONDS", "31", "less than or equal to 30"),
        ("KIOSK_MUNICIPALITY_CODES", "092028", "right check digit"),
        ("KIOSK_MUNICIPALITY_CODES", "092029,092029", "each once"),
        ("KIOSK_SIGNATURE_LEVEL", "B-XL", "'B-B', 'B-T', 'B-LT' or 'B-LTA'"),
        ("KIOSK_ALLOW_LOWER_LEVEL", "092028", "right check digit"),
        ("KIOSK_TSA_URL", "http://hush-hush.example/tsa", "http:// on the loopback only"),
        ("KIOSK_TSA_POLICY", "any", "String should match pattern"),
        ("KIOSK_TSA_ROOM_BYTES", "100", "greater than or equal to 1024"),
        ("KIOSK_CENTRE_LISTEN", "8443", "of the form host:port"),
        ("KIOSK_CENTRE_LISTEN", "127.0.0.1:70000", "of the form host:port"),
        ("KIOSK_WORKER_PROCESSES", "none", "valid integer"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        read_settings()
    assert name in str(refused.value)
    assert says in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("KIOSK_DATABASE_URL", "postgresql://db:5432,other/kiosk?sslmode=verify-full"),
        ("KIOSK_DATABASE_URL", "postgresql://127.0.0.1:5432,127.0.0.2:5433/kiosk"),
        ("KIOSK_DATABASE_URL", "postgresql://[::1]:5433/kiosk"),
        ("KIOSK_DATABASE_URL", "postgresql:///kiosk?host=/run/postgresql&port=5433"),
        ("KIOSK_REDIS_URL", "rediss://:hush-hush@cache/0"),
        ("KIOSK_DATABASE_URL", "postgresql://localhost/kiosk"),
        ("KIOSK_REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("KIOSK_REDIS_URL", "unix:///run/valkey.sock"),
    ],
)
def test_a_server_is_spoken_to_over_tls_or_without_leaving_the_machine(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(name, url)
    assert read_settings().redis() in {url, None}


def test_a_redis_on_another_machine_is_refused_from_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "redis").write_text("redis://:hush-hush@cache/0")
    (tmp_path / "redis").chmod(0o600)
    monkeypatch.setenv("KIOSK_REDIS_URL_FILE", str(tmp_path / "redis"))
    with pytest.raises(SettingsInvalid, match=r"KIOSK_REDIS_URL_FILE.*rediss://") as refused:
        read_settings().redis()
    assert "hush" not in str(refused.value)


def test_an_unknown_name_in_the_file_is_a_spelling_mistake(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("KIOSK_DATABSE_URL=postgresql://db/kiosk\n")
    with pytest.raises(SettingsInvalid, match=r"KIOSK_DATABSE_URL.*no such setting"):
        read_settings(file)


def test_what_a_process_needs_and_lacks_is_named() -> None:
    with pytest.raises(SettingsInvalid, match="KIOSK_MUNICIPALITY_CODES is not set"):
        read_settings().cities()


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "front").write_text("hush-hush")
    (tmp_path / "front").chmod(0o644)
    monkeypatch.setenv("KIOSK_DATABASE_URL", "postgresql://127.0.0.1/kiosk")
    monkeypatch.setenv("KIOSK_ROLE_PASSWORDS", str(tmp_path))
    with pytest.raises(SettingsInvalid, match="chmod 600") as refused:
        read_settings().dsn("front")
    assert "hush" not in str(refused.value)


def test_each_process_adds_its_own_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "front").write_text("p@ss/word\n")
    (tmp_path / "front").chmod(0o600)
    monkeypatch.setenv("KIOSK_DATABASE_URL", "postgresql://db:5432/kiosk?sslmode=verify-full")
    monkeypatch.setenv("KIOSK_ROLE_PASSWORDS", str(tmp_path))
    assert read_settings().dsn("front") == "postgresql://front:p%40ss%2Fword@db:5432/kiosk?sslmode=verify-full"


def test_a_secret_that_is_no_text_is_refused_without_a_word_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "passphrase").write_bytes(b"hush-hush\xff")
    (tmp_path / "passphrase").chmod(0o600)
    monkeypatch.setenv("KIOSK_KEYS_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    with pytest.raises(SettingsInvalid, match="is no text") as refused:
        read_settings().passphrase()
    assert "hush" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_redacted_settings_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_REDIS_URL", "redis://:hush-hush@127.0.0.1/0")
    settings = read_settings()
    assert "hush" not in str(settings.redacted())
    assert "hush" not in repr(settings)
    assert settings.redis() == "redis://:hush-hush@127.0.0.1/0"


def test_an_address_may_be_of_either_family() -> None:
    assert host_and_port("127.0.0.1:0") == ("127.0.0.1", 0)
    assert host_and_port("[::1]:8443") == ("::1", 8443)


def test_each_city_has_an_inbox_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KIOSK_MUNICIPALITY_CODES", "092029")
    assert read_settings().feed_inboxes() == {}
    monkeypatch.setenv("KIOSK_FEED_INBOX", str(tmp_path))
    assert read_settings().feed_inboxes() == {"092029": tmp_path}
    monkeypatch.setenv("KIOSK_MUNICIPALITY_CODES", "092029,092011")
    assert read_settings().feed_inboxes() == {"092029": tmp_path / "092029", "092011": tmp_path / "092011"}
