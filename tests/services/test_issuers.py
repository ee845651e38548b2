"""The issuers file: read from three forms alike, and refused in one line that repeats no value."""

import json

import pytest

from app.errors import AppError
from app.services.issuers import read_issuers

CANARY = "zebra-7391"
GOOD = {
    "iss": "https://ehr.example.org",
    "jku": ["https://ehr.example.org/keys"],
    "fhir_servers": ["https://e.org/r4/"],
}
YAML = """issuers:
- iss: https://ehr.example.org
  jku: [https://ehr.example.org/keys]
  fhir_servers: [https://e.org/r4/]
"""
TOML = """[[issuers]]
iss = "https://ehr.example.org"
jku = ["https://ehr.example.org/keys"]
fhir_servers = ["https://e.org/r4/"]
"""


def read(tmp_path, text: str, suffix: str = "json"):
    path = tmp_path / f"issuers.{suffix}"
    path.write_text(text)
    return read_issuers(path)


def one(tmp_path, **changed):
    entry = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    return read(tmp_path, json.dumps({"issuers": [entry]}))


def test_three_forms_say_the_same(tmp_path):
    found = {read(tmp_path, text, suffix) for text, suffix in ((YAML, "yaml"), (TOML, "toml"), (YAML, "yml"))}
    assert found == {one(tmp_path)}
    (issuer,) = one(tmp_path)
    assert (issuer.scopes, issuer.max_lifetime_seconds, issuer.tenants) == (("hooks",), 300, ())
    assert issuer.fhir_servers == ("https://e.org/r4",)


def test_a_key_file_lies_beside_the_issuers_file(tmp_path):
    (issuer,) = one(tmp_path, jku=None, jwks_file="keys/ehr.json")
    assert issuer.jwks_file == tmp_path / "keys" / "ehr.json"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": None},
        {"iss": ""},
        {"jku": None},
        {"jku": ["http://ehr.example.org/keys"]},
        {"jku": [f"https://{CANARY}@ehr.example.org/keys"]},
        {"jku": ["file:///etc/passwd"]},
        {"jku": ["https:///keys"]},
        {"jku": "https://ehr.example.org/keys"},
        {"scopes": [CANARY]},
        {"fhir_servers": ["http://169.254.169.254/"]},
        {"fhir_servers": ["https://e.org/r4?x=1"]},
        {"fhir_servers": ["https://e.org/r4#x"]},
        {"max_lifetime_seconds": 0},
        {"max_lifetime_seconds": 901},
        {CANARY + "x": 1},
    ],
)
def test_entries_that_are_refused(tmp_path, changed):
    with pytest.raises(AppError, match=r"cannot be used: issuers\.0") as caught:
        one(tmp_path, **changed)
    assert CANARY not in str(caught.value) or CANARY + "x" in changed


@pytest.mark.parametrize("longest", [300, 900])
def test_lifetimes(tmp_path, longest):
    assert one(tmp_path, max_lifetime_seconds=longest)[0].max_lifetime_seconds == longest


@pytest.mark.parametrize(
    ("text", "suffix", "said"),
    [
        (f'{{"{CANARY}', "json", "is not valid JSON"),
        (f"{CANARY} = = 1", "toml", "is not valid TOML"),
        (f"a: [{CANARY}", "yaml", "is not valid YAML"),
        ("[]", "json", "cannot be used"),
        ('{"issuers": []}', "json", "cannot be used: issuers"),
        (json.dumps({"issuers": [GOOD, GOOD]}), "json", "names an issuer twice"),
        ("{}", "ini", "must end with"),
    ],
)
def test_files_that_are_refused(tmp_path, text, suffix, said):
    with pytest.raises(AppError, match=said) as caught:
        read(tmp_path, text, suffix)
    assert CANARY not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(AppError, match="cannot be read: No such file"):
        read_issuers(tmp_path / "issuers.json")
