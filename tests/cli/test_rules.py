"""The commands about rule sets and the database, in this process."""

import pytest
from typer.testing import CliRunner

from app import cli as module
from app.cli import cli

NOTES = "rules/rpl/notes.yaml"


@pytest.fixture
def run(monkeypatch, url):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)

    def invoke(*words: str):
        return CliRunner().invoke(cli, [*words])

    return invoke


def test_check_prints_one_fault_a_line_with_its_place(run, knowledge):
    found = run("rules", "check", "--knowledge", str(knowledge(NOTES, "losses.count_all", "losses.count_al")))
    assert found.exit_code == 1
    lines = found.stdout.splitlines()
    assert lines[0].startswith(f"{NOTES}:12:10: L001: two-losses: there is no fact `losses.count_al`")
    assert "errors, 0 warnings" in found.stderr


def test_check_is_silent_and_zero_without_faults(run, knowledge):
    found = run("rules", "check", "--knowledge", str(knowledge()))
    assert (found.exit_code, found.stdout) == (0, "")


def test_covered_prints_a_table_and_writes_it_into_a_page(run, knowledge, tmp_path):
    folder = str(knowledge())
    printed = run("rules", "covered", "--knowledge", folder)
    assert printed.exit_code == 0
    assert "| recurrent pregnancy loss | 0 | 0 | 0 | 0 | 0 | one for all places | 1 |" in printed.stdout.splitlines()
    page = tmp_path / "page.md"
    page.write_text("# Page\n<!-- covered:begin -->\nold\n<!-- covered:end -->\n", encoding="utf-8")
    assert run("rules", "covered", "--knowledge", folder, "--into", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8") == f"# Page\n<!-- covered:begin -->\n{printed.stdout}<!-- covered:end -->\n"


def test_covered_refuses_a_page_without_markers(run, knowledge, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    found = run("rules", "covered", "--knowledge", str(knowledge()), "--into", str(page))
    assert found.exit_code == 2
    assert page.read_text(encoding="utf-8") == "nothing"


def test_publish_list_and_activate(run, knowledge):
    first = run("rules", "publish", "--knowledge", str(knowledge()), "--by", "ada", "--note", "first")
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("1.0.0 ")
    changed = str(knowledge(NOTES, "gt: 40.50", "gt: 40.75"))
    assert run("rules", "publish", "--knowledge", changed, "--version", "1.1.0").stdout.startswith("1.1.0 ")
    assert run("rules", "activate", "1.0.0").stdout == first.stdout
    listed = run("rules", "list").stdout.splitlines()
    assert [line[:7] for line in listed] == ["  1.1.0", "* 1.0.0"]
    assert listed[1].endswith(" ada")


def test_publish_refuses_faulty_knowledge_with_every_fault(run, knowledge):
    found = run("rules", "publish", "--knowledge", str(knowledge(NOTES, "Two losses are known.", "It is proven.")))
    assert found.exit_code == 1
    assert "banned-phrase" in found.stdout
    assert run("rules", "list").stdout == ""


def test_upgrade_makes_the_tables(run):
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rules", "activate", "9.9.9"), "version 9.9.9 is not published"),
        (("rules", "publish", "--version", "one"), "`one` is not a version"),
    ],
)
def test_a_fault_ends_with_one_line_and_its_code(monkeypatch, url, capfd, knowledge, words, said):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)
    folder = ("--knowledge", str(knowledge())) if "publish" in words else ()
    monkeypatch.setattr("sys.argv", ["ivig-cds", *words, *folder])
    with pytest.raises(SystemExit) as caught:
        module.main()
    assert caught.value.code == 78
    assert capfd.readouterr().err.splitlines() == [
        f"ivig-cds: {said}" if "publish" not in words else f"ivig-cds: {said} such as 1.2.3"
    ]
