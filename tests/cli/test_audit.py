"""`ivig-cds audit`: the trail as an auditor meets it."""

import pytest
from sqlalchemy import text

from app.cli import main
from app.services.recorder import chain_of
from app.store.anchor import Head
from app.store.folder import audit_key
from tests.store.test_chain import LENGTH, refill, rows_of, unguard, write


@pytest.fixture
def trail(database, url, tmp_path, monkeypatch):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path))
    chain = chain_of(tmp_path, audit_key(tmp_path / "audit.key"))
    write(database, chain, *range(LENGTH))
    unguard(database)
    return chain


def run(monkeypatch, capsys, *words: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["ivig-cds", "audit", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out + err


def test_a_whole_trail(trail, monkeypatch, capsys):
    head = trail.anchor.read()
    assert run(monkeypatch, capsys, "verify") == (0, f"{LENGTH} chained records, whole; head {LENGTH} {head.digest}\n")
    assert run(monkeypatch, capsys, "head") == (0, f"{LENGTH} {head.digest}\n")


def test_the_first_bad_record_is_named(database, trail, monkeypatch, capsys):
    with database.writing() as connection:
        connection.execute(text("UPDATE assessment_record SET jurisdiction = 'US' WHERE seq IN (7, 9)"))
    assert run(monkeypatch, capsys, "verify") == (1, "record 7: it is not what was written\n")
    code, said = run(monkeypatch, capsys, "anchor", "--accept")
    assert (code, "no whole chain to anchor" in said) == (78, True)


def test_a_cut_tail_is_named_and_accepted_only_in_so_many_words(database, trail, monkeypatch, capsys):
    refill(database, rows_of(database)[:-5])
    code, said = run(monkeypatch, capsys, "verify")
    assert (code, said) == (1, f"record {LENGTH - 4}: it is missing: the trail was cut after it had {LENGTH} records\n")
    code, said = run(monkeypatch, capsys, "anchor")
    assert (code, "nothing was changed" in said) == (1, True)
    assert run(monkeypatch, capsys, "verify")[0] == 1
    assert run(monkeypatch, capsys, "anchor", "--accept")[0] == 0
    assert run(monkeypatch, capsys, "verify")[0] == 0


def test_what_is_missing_is_said(trail, monkeypatch, capsys, tmp_path):
    trail.anchor.path.unlink()
    assert run(monkeypatch, capsys, "head")[0] == 78
    assert "no head is anchored" in run(monkeypatch, capsys, "verify")[1]
    (tmp_path / "audit.key").unlink()
    code, said = run(monkeypatch, capsys, "verify")
    assert (code, "without its key" in said) == (78, True)
    assert not (tmp_path / "audit.key").exists()


def test_tables_of_another_version_are_not_touched(empty, url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IVIG_DATABASE_URL", url)
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path))
    assert run(monkeypatch, capsys, "verify") == (
        78,
        "ivig-cds: the tables are not those of this version: ivig-cds db upgrade\n",
    )


def test_records_of_before_are_counted(database, trail, monkeypatch, capsys):
    rows = [{**row, "chain_previous": None, "chain_digest": None} for row in rows_of(database)]
    refill(database, rows)
    trail.anchor.path.unlink()
    write(database, trail, "first")
    code, said = run(monkeypatch, capsys, "verify")
    assert (code, said.splitlines()[0]) == (
        0,
        f"{LENGTH} records are older than the chain; its opening seals them as they were then",
    )
    assert trail.anchor.read() != Head(LENGTH, rows[-1]["answer_hash"])
