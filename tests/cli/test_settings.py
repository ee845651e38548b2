from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings

CANARY = "zebra-7391"


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in ("HOST", "PORT", "IVIG_DATA_DIR", "IVIG_DATABASE_URL", "IVIG_AUDIT"):
        monkeypatch.delenv(name, raising=False)


def test_what_holds_when_nothing_is_set():
    settings = read_settings()
    assert (settings.host, settings.port, settings.audit) == ("127.0.0.1", 8000, "best-effort")
    assert settings.url == "sqlite:///data/ivig-cds.sqlite3"


def test_the_environment_is_read(monkeypatch):
    for name, value in {"HOST": "::1", "PORT": "0", "IVIG_DATA_DIR": "/x/y", "IVIG_AUDIT": "required"}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.host, settings.port, settings.audit) == ("::1", 0, "required")
    assert settings.data_dir == Path("/x/y")
    assert settings.url == "sqlite:////x/y/ivig-cds.sqlite3"
    monkeypatch.setenv("IVIG_DATABASE_URL", "postgresql://a/b")
    assert read_settings().url == "postgresql://a/b"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", CANARY),
        ("PORT", "65536"),
        ("HOST", ""),
        ("IVIG_AUDIT", CANARY),
        ("IVIG_DATABASE_URL", ""),
        ("IVIG_AUDITT", CANARY),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert name in str(caught.value)
    assert CANARY not in str(caught.value)


def test_the_database_url_is_not_shown(monkeypatch):
    monkeypatch.setenv("IVIG_DATABASE_URL", f"postgresql://a:{CANARY}@b/c")
    assert CANARY not in repr(read_settings())
