"""docs/authoring.md, walked literally in a scratch folder: its edits are made, and its commands are run in order."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.services.publish import BUNDLED

PAGE = Path(__file__).parents[2] / "docs" / "authoring.md"
STEP = re.compile(r"```sh\n(.*?)```|^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", re.DOTALL | re.MULTILINE)


@pytest.mark.prove
def test_an_author_can_follow_the_page(tmp_path, monkeypatch):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "knowledge").symlink_to(BUNDLED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path / "data"))
    said: dict[str, list[str]] = {}
    for step in STEP.finditer(PAGE.read_text(encoding="utf-8")):
        commands, *edit = step.groups()
        if commands is None:
            change(tmp_path / "my-knowledge", *edit)
            continue
        for line in commands.splitlines():
            words = shlex.split(line)
            said.setdefault(" ".join(words[:3]), []).append(run(words))
    first, second, last = said["ivig-cds rules list"]
    assert first.startswith("* 1.0.0 ")
    assert [line[:7] for line in second.splitlines()] == ["* 1.1.0", "  1.0.0"]
    assert [line[:7] for line in last.splitlines()] == ["  1.1.0", "* 1.0.0"]
    (diff,) = said["ivig-cds rules diff"]
    assert "next version: 1.1.0" in diff
    assert "ge 25 -> 24.9" in diff
    assert re.search(r"gained +renal-failure-risk/overweight: false -> true", diff)


def run(words: list[str]) -> str:
    if words[0] == "cp":
        assert words[1] == "-r"
        shutil.copytree(words[2], words[3])
        return ""
    assert words[0] == "ivig-cds"
    done = CliRunner().invoke(cli, words[1:])
    assert done.exit_code == 0, f"{words}: {done.output} {done.exception}"
    return done.stdout


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_page_has_commands_and_edits():
    found = [step.group(2) is None for step in STEP.finditer(PAGE.read_text(encoding="utf-8"))]
    assert found.count(True) == 6
    assert found.count(False) == 4


def test_an_edit_that_no_longer_fits_is_noticed(tmp_path):
    (tmp_path / "a.yaml").write_text("one")
    with pytest.raises(AssertionError):
        change(tmp_path, "a.yaml", "two", "three")
