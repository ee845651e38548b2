"""The commands of a rule set's life, in this process, on both databases."""

import pytest
from typer.testing import CliRunner

from app.authoring.diagnostics import PAGES
from app.cli import cli
from app.errors import AppError, RefusedError
from tests.databases import cluster, postgres_url, url
from tests.folders import knowledge, no_derivations

__all__ = ["cluster", "knowledge", "no_derivations", "postgres_url", "url"]

NOTES = "rules/rpl/notes.yaml"
WORDS = (NOTES, "The age is above the limit.", "The age lies above the limit.")


@pytest.fixture
def run(monkeypatch, url, tmp_path):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path / "site"))

    def invoke(*words: str):
        return CliRunner().invoke(cli, ["rules", *words])

    return invoke


def test_from_yaml_to_active_and_back(run, knowledge):
    assert run("publish", "--knowledge", str(knowledge())).stdout.startswith("1.0.0 ")
    assert run("activate", "1.0.0").exit_code == 0
    assert run("publish", "--knowledge", str(knowledge(*WORDS))).stdout.startswith("1.0.1 ")
    assert run("activate", "1.0.1", "--reason", "agreed").exit_code == 0
    assert run("rollback").stdout.startswith("1.0.0 ")
    assert [line[:7] for line in run("list").stdout.splitlines()] == ["  1.0.1", "* 1.0.0"]


def test_diff_says_what_changed_and_what_it_deserves(run, knowledge):
    run("publish", "--knowledge", str(knowledge()))
    found = run("diff", "1.0.0", str(knowledge(NOTES, "gt: 40.50", "gt: 40.75")), "--patients", "50")
    assert found.exit_code == 0, found.output
    lines = found.stdout.splitlines()
    assert lines[0].startswith("1.0.0 -> ")
    assert ": minor, because " in lines[0]
    assert "1 entry differs" in lines
    assert "next version: 1.1.0" in lines
    assert "  rules/age changed: when.gt 40.5 -> 40.75" in lines
    assert any(line.endswith("patients, reviewed and made-up, get another answer") for line in lines)


def test_a_lower_number_is_refused(run, knowledge):
    run("publish", "--knowledge", str(knowledge()))
    changed = str(knowledge(NOTES, "gt: 40.50", "gt: 40.75"))
    found = run("publish", "--knowledge", changed, "--version", "1.0.1")
    assert isinstance(found.exception, RefusedError)
    assert found.exception.type == "version-too-low"
    assert len(run("list").stdout.splitlines()) == 1


def test_two_persons(run, knowledge, monkeypatch):
    monkeypatch.setenv("IVIG_TWO_PERSONS", "true")
    folder = str(knowledge())
    for words in ((), ("--by", "ada", "--author", "ada"), ("--by", "ada")):
        assert isinstance(run("publish", "--knowledge", folder, *words).exception, RefusedError)
    assert run("publish", "--knowledge", folder, "--by", "grace", "--author", "ada").exit_code == 0


def test_a_bundle_is_carried_over(run, knowledge, tmp_path, monkeypatch):
    run("publish", "--knowledge", str(knowledge()))
    bundle, public = tmp_path / "release.json", tmp_path / "public.pem"
    assert isinstance(run("export", "1.0.0", str(bundle)).exception, RefusedError)
    made = run("keys", "make")
    public.write_text(made.stdout)
    assert run("export", "1.0.0", str(bundle)).exit_code == 0
    monkeypatch.setenv("IVIG_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path / "other"))
    unknown = run("import", str(bundle))
    assert (unknown.exit_code, unknown.stdout.split(":")[0]) == (1, "unknown-key")
    key = made.stderr.split()[2].rstrip(";")
    assert "another id" in str(run("keys", "trust", str(public), "--id", "0" * 16).exception)
    assert run("keys", "trust", str(public), "--id", key).stdout == f"{key}\n"
    assert run("keys", "list").stdout == f"  {key}\n"
    assert run("import", str(bundle), "--by", "ada").stdout == run("import", str(bundle)).stdout
    assert run("list").stdout.splitlines()[0].endswith(" ada")
    assert run("diff", "1.0.0", str(bundle)).stdout.startswith(f"1.0.0 -> {bundle}: none")
    bundle.write_bytes(bundle.read_bytes().replace(b"the limit", b"the lemon"))
    refused = run("import", str(bundle))
    assert (refused.exit_code, refused.stdout.split(":")[0]) == (1, "bad-signature")


def test_a_key_takes_over_from_another(run, knowledge, tmp_path):
    run("publish", "--knowledge", str(knowledge()))
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    first = run("keys", "make")
    run("export", "1.0.0", str(old))
    assert "--rotate" in str(run("keys", "make").exception)
    assert run("keys", "show").stdout == first.stdout
    assert run("keys", "make", "--rotate").stdout != first.stdout
    run("export", "1.0.0", str(new))
    for bundle in (old, new):
        assert run("import", str(bundle)).exit_code == 0
    own = [line[2:] for line in run("keys", "list").stdout.splitlines() if line.startswith("*")]
    before = [line[2:] for line in run("keys", "list").stdout.splitlines() if line.startswith(" ")]
    assert (len(own), len(before)) == (1, 1)
    assert run("keys", "withdraw", *before).exit_code == 0
    assert "unknown-key" in run("import", str(old)).stdout
    assert run("import", str(new)).exit_code == 0
    assert isinstance(run("keys", "withdraw", *before).exception, AppError)


def test_explain_prints_the_page(run):
    assert run("explain", "missing-case").stdout == PAGES["missing-case"].markdown()
    assert run("explain", "nonsense").exit_code == 2
