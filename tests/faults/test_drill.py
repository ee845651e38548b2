"""H14 as an operator does it: back up while versions are published, lose the database, restore, verify, and get the same answers."""

import re
import sqlite3
import threading
import time
from pathlib import Path
from typing import Self

import pytest
import typer
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.main import get_command

from app.cli import cli, main
from app.main import create_app
from app.settings import Settings
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from tests.conftest import LOCAL
from tests.faults.conftest import FILE
from tests.faults.test_storage_service import answered

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """The command line over the data folder; gives the code and what was printed."""
    monkeypatch.setenv("IVIG_DATA_DIR", str(folder))

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["ivig-cds", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out + err

    return command


def answers(folder: Path) -> tuple[dict, list]:
    settings = Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT="required")
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as client:
        return answered(client), client.get("/v1/rule-sets").json()


class Publishing(threading.Thread):
    """Publishes version after version until it is told to stop; none is activated."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.store, self.stop, self.versions = RuleSetStore(Database(url)), threading.Event(), []

    def run(self) -> None:
        stored = self.store.load("1.0.0")
        while not self.stop.is_set():
            document = {**stored.document, "monograph": [*stored.document["monograph"][len(self.versions) + 1 :]]}
            found = self.store.publish(document, None, "x", stored.published.published_at)
            self.versions.append(found.version)

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.join()
        self.store.database.close()

    def __enter__(self) -> Self:
        self.start()
        while len(self.versions) < 2:
            time.sleep(0.01)
        return self


def test_h14_the_drill_on_the_command_line(folder, run, tmp_path):
    before, _ = answers(folder)
    file = tmp_path / "backups" / "one.sqlite3"
    with Publishing(f"sqlite:///{folder / FILE}") as publishing:
        known = list(publishing.versions)
        assert run("backup", str(file))[0] == 0
    assert len(publishing.versions) >= len(known)
    # Answers given after the backup are in the trail and not in the copy.
    assert answers(folder)[0] == before
    damaged = (folder / FILE).read_bytes()[:5000]
    for path in folder.glob(f"{FILE}*"):
        path.unlink()
    (folder / FILE).write_bytes(damaged)
    assert run("audit", "verify")[0] == 78
    start = time.monotonic()
    code, said = run("restore", str(file))
    assert (code, time.monotonic() - start < 60) == (0, True)
    assert [path for path in folder.iterdir() if path.name != FILE and path.is_file() and path.read_bytes() == damaged]
    assert "1.0.0" in said
    code, said = run("audit", "verify")
    assert (code, "whole" in said) == (0, True)
    after, versions = answers(folder)
    assert after == before
    assert {item["version"] for item in versions} >= {"1.0.0", *known}
    assert [item["version"] for item in versions if item["active"]] == ["1.0.0"]


def test_h14_the_command_refuses_what_would_lose_something(folder, run, tmp_path):
    file = tmp_path / "one.sqlite3"
    assert run("backup", str(file))[0] == 0
    code, said = run("backup", str(file))
    assert (code, "never written over" in said, len(said.splitlines())) == (78, True, 1)
    content = bytearray(file.read_bytes())
    (tmp_path / "half").write_bytes(content[: len(content) // 2])
    own = (folder / FILE).read_bytes()
    code, said = run("restore", str(tmp_path / "half"))
    assert (code, len(said.splitlines())) == (78, 1)
    assert (folder / FILE).read_bytes() == own


def test_h14_a_backup_that_was_altered_is_not_restored(folder, run, tmp_path):
    """It opens as a database, and holds another rule set than was published."""
    file = tmp_path / "one.sqlite3"
    assert run("backup", str(file))[0] == 0
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER rule_set_version_is_final_update")
        connection.execute("UPDATE rule_set_version SET document = replace(document, 'IVIG', 'IViG')")
    connection.close()
    code, said = run("restore", str(file))
    assert (code, "digest" in said) == (78, True)
    database = Database(f"sqlite:///{folder / FILE}")
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM rule_set_version")).scalar_one() == 1
    database.close()


def test_every_command_of_the_page_exists():
    named = re.findall(r"`(?:ivig-cds )([a-z]+(?: [a-z]+)?)", PAGE.read_text(encoding="utf-8"))
    root = get_command(cli)
    missing = []
    for words in named:
        group, _, name = words.partition(" ")
        found = root.commands.get(group)
        inner = getattr(found, "commands", None)
        if found is None or (inner is not None and name not in inner):
            missing.append(words)
    assert len(named) > 10
    assert missing == []
    assert isinstance(cli, typer.Typer)
