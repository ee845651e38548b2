"""Settings that would let anyone in, and the page that lists all settings."""

from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, check_access, is_loopback, settings_table

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
JWT = {"IVIG_AUTH": "jwt", "IVIG_ISSUERS": "issuers.yaml", "IVIG_PUBLIC_URL": "https://cds.example.org"}


def test_the_page_lists_every_setting_as_it_is():
    """Made again by: ivig-cds settings."""
    assert PAGE.read_text(encoding="utf-8").endswith("\n\n" + settings_table())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_no_credential_is_asked_for_on_loopback(host):
    assert is_loopback(host)
    check_access(Settings(HOST=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "192.168.1.1", "example.org", "localhost.example.org"])
def test_anywhere_else_a_credential_is(host):
    with pytest.raises(SettingsError, match="IVIG_AUTH=none is for a loopback HOST only"):
        check_access(Settings(HOST=host))
    check_access(Settings(HOST=host, IVIG_AUTH="api-key"))


@pytest.mark.parametrize("missing", ["IVIG_ISSUERS", "IVIG_PUBLIC_URL"])
def test_tokens_need_issuers_and_an_address(missing):
    check_access(Settings(**JWT))
    with pytest.raises(SettingsError, match=f"needs {missing}"):
        check_access(Settings(**{name: value for name, value in JWT.items() if name != missing}))


@pytest.mark.parametrize(
    ("address", "good"),
    [("http://cds.example.org", False), ("http://127.0.0.1:8000", True), ("https://cds.example.org/ivig", True)],
)
def test_tokens_travel_over_https(address, good):
    settings = Settings(**{**JWT, "IVIG_PUBLIC_URL": address})
    if good:
        check_access(settings)
        return
    with pytest.raises(SettingsError, match="must be https"):
        check_access(settings)


@pytest.mark.parametrize(
    "address", ["https://cds.example.org/", "cds.example.org", "https://a@b.org", "https://a.org/x?y", "ftp://a.org"]
)
def test_an_address_that_no_audience_could_equal(address):
    with pytest.raises(ValueError, match="IVIG_PUBLIC_URL"):
        Settings(**{**JWT, "IVIG_PUBLIC_URL": address})
