"""`ivig-cds keys`: a key is shown once, listed without its secret, and revoked for good."""

import re

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.services.keys import hashed
from app.store.api_keys import ApiKeyStore


@pytest.fixture
def run(monkeypatch, url):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)

    def invoke(*words: str):
        return CliRunner().invoke(cli, ["keys", *words])

    return invoke


def issue(run, *words: str):
    found = run("issue", "--name", "Ward 7 EHR", "--scope", "assess", "--scope", "hooks", "--by", "ann", *words)
    assert found.exit_code == 0, found.output
    return found


def test_a_key_is_shown_once(run, database):
    found = issue(run, "--days", "30")
    text = found.stdout.strip()
    assert re.fullmatch(r"ivk_[0-9a-z]{12}_[A-Za-z0-9_-]{43}[0-9a-f]{8}", text)
    assert text[17:] not in found.stderr
    (key,) = ApiKeyStore(database).all()
    assert (key.name, key.scopes, key.created_by, key.revoked_at) == ("Ward 7 EHR", {"assess", "hooks"}, "ann", None)
    assert (key.expires_at - key.created_at).days == 30
    assert key.secret_hash == hashed(text[17:60])
    listed = run("list").stdout
    assert listed == f"{key.id} until {key.expires_at:%Y-%m-%d} assess,hooks Ward 7 EHR\n"
    assert text[17:60] not in listed


def test_a_key_is_revoked_for_good(run, database):
    id_ = issue(run).stdout.split("_")[1]
    assert run("revoke", id_).exit_code == 0
    assert "revoked 20" in run("list").stdout
    again = run("revoke", id_)
    assert "not revoked already" in str(again.exception)
    assert "not revoked already" in str(run("revoke", "zzzzzzzzzzzz").exception)


def test_a_scope_that_does_not_exist(run, database):
    found = run("issue", "--name", "a", "--scope", "everything")
    assert "there is no scope everything; there are assess," in str(found.exception)
    assert ApiKeyStore(database).all() == []


@pytest.mark.parametrize(
    "words", [("--name", "a"), ("--scope", "assess"), ("--name", "a", "--scope", "ops", "--days", "0")]
)
def test_what_must_be_said(run, words):
    assert run("issue", *words).exit_code == 2


def test_settings_prints_the_page(monkeypatch):
    monkeypatch.setenv("IVIG_DATABASE_URL", "postgresql://a:zebra@b/c")
    found = CliRunner().invoke(cli, ["settings"])
    assert found.stdout.startswith("| setting | takes | default | meaning |\n")
    assert "zebra" not in found.stdout
