"""The migrations make what the models say, can be taken back, and protect what was published."""

from datetime import UTC, datetime
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from alembic import command
from sqlalchemy import CheckConstraint, inspect, text

from app.errors import StorageError
from app.models import FORGETTABLE, PERSONAL, PUBLISHED, REVOCABLE, SUMS, Base, RuleSetVersion
from app.store.database import Database
from app.store.schema import config, differences, downgrade, head, is_current, upgrade

ROWS = {
    "rule_set_version": "id, version, digest, format, document, published_at, published_by) VALUES "
    "(1, '1.0.0', '{h}', 1, '{{}}', '2026-11-25', 'x')",
    "rule": "rule_set_version_id, rule_id, kind, subject, content) VALUES (1, 'r', 'note', 'all', '{{}}')",
    "evidence_source": "rule_set_version_id, source_id, content) VALUES (1, 's', '{{}}')",
    "evidence_statement": "rule_set_version_id, statement_id, source_id, confidence, content) VALUES "
    "(1, 'e', 's', 'likely', '{{}}')",
    "activation": "rule_set_version_id, activated_at, activated_by) VALUES (1, '2026-11-25', 'x')",
    "assessment_record": "id, created_at, rule_set_version, rule_set_digest, engine_version, request_hash, answer_hash, "
    "finding_ids) VALUES ('a', '2026-11-25', '1.0.0', '{h}', '1', '{h}', '{h}', '[]')",
    "api_key": "id, name, secret_hash, scopes, created_at, created_by, expires_at) VALUES "
    "('abcdefghijk2', 'n', '{h}', '[]', '2026-11-25', 'x', '2027-11-25')",
    "issued_card": "card_uuid, issued_at, tenant, service, topic, indicator, rule_set_version, shown) VALUES "
    "('00000000-0000-4000-8000-000000000001', '2026-11-25', 't', 's', 'ivigdose', 'info', '1.0.0', {no})",
    "issued_card_rule": "card_uuid, rule_id) VALUES ('00000000-0000-4000-8000-000000000001', 'r')",
    "card_feedback": "card_uuid, outcome, outcome_at, received_at, suggestions) VALUES "
    "('00000000-0000-4000-8000-000000000001', 'accepted', '2026-11-25', '2026-11-25', '[]')",
    "used_token": "issuer, name, ends) VALUES ('i', '" + "0" * 32 + "', '2026-11-25')",
    "product": "rule_set_version_id, product_id, name, manufacturer, regions, concentration_percent, "
    "rate_plan_possible, confidence, content) VALUES (1, 'p', 'P', 'M', '[]', '[]', {no}, 'likely', '{{}}')",
    "rule_set_draft": "seq, draft_id, revision, files, digest, created_at, created_by) VALUES "
    "(1, 'd', 1, '{{}}', '{h}', '2026-11-25', 'x')",
    "rule_set_step": "draft_seq, step, taken_at, taken_by, report) VALUES (1, 'validated', '2026-11-25', 'x', '{{}}')",
    "rule_set_origin": "rule_set_version_id, files, digest, report) VALUES (1, '{{}}', '{h}', '{{}}')",
    "rule_count": "day, rule_set_version, kind, name, count) VALUES ('2026-11-25', '1.0.0', 'fired', 'r', 1)",
    "case_record": "id, kept_at, door, rule_set_version, request, answer) VALUES "
    "('00000000-0000-4000-8000-000000000001', '2026-11-25', 'native', '1.0.0', '{{}}', '{{}}')",
    "kept_reply": "owner, key, request_hash, reply, kept_at) VALUES ('x', 'k', '{h}', '{{}}', '2026-11-25')",
}
SINCE_0001 = ("rule_set_version", "rule", "evidence_source", "evidence_statement", "activation", "assessment_record")


def fill(database: Database, rows: dict[str, str] = ROWS) -> None:
    no = "0" if database.is_sqlite else "false"
    with database.writing() as connection:
        for table, row in rows.items():
            filled = row.replace("{h}", "0" * 64).replace("{{}}", "{}").replace("{no}", no)
            connection.execute(text(f"INSERT INTO {table} ({filled}"))


def tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_models_and_migrations_agree(database):
    with database.reading() as connection:
        assert differences(connection) == []
    assert (
        set(Base.metadata.tables)
        == {*PUBLISHED, *REVOCABLE, *FORGETTABLE, *PERSONAL, *SUMS}
        == tables(database) - {"alembic_version"}
    )


def test_a_difference_would_be_seen(database):
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE rule_set_version ADD COLUMN extra INTEGER"))
    with database.reading() as connection:
        assert [item[0] for item in differences(connection)] == ["remove_column"]


def test_checks_of_the_models_are_those_of_the_database(database):
    """Autogenerate does not compare CHECKs; so their names are compared here."""
    with database.reading() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            made = {item["name"] for item in inspector.get_check_constraints(table.name)}
            meant = {str(item.name) for item in table.constraints if isinstance(item, CheckConstraint)}
            assert {name.removeprefix(f"ck_{table.name}_") for name in made} == {
                name.removeprefix(f"ck_{table.name}_") for name in meant
            }


def test_up_again_changes_nothing_and_down_leaves_nothing(database):
    upgrade(database)
    assert is_current(database)
    fill(database)
    downgrade(database)
    assert tables(database) <= {"alembic_version"}
    assert not is_current(database)
    upgrade(database)
    fill(database)


@pytest.mark.parametrize("table", PUBLISHED)
def test_rows_are_never_changed(database, table):
    fill(database)
    first = ROWS[table].partition(",")[0]
    for statement in (f"UPDATE {table} SET {first} = {first}", f"DELETE FROM {table}"):
        with pytest.raises(StorageError, match=f"rows of {table} are never changed"), database.writing() as connection:
            connection.execute(text(statement))
    with database.reading() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1


def test_feedback_is_never_changed_and_may_be_forgotten(database):
    fill(database)
    with pytest.raises(StorageError, match="never changed"), database.writing() as connection:
        connection.execute(text("UPDATE card_feedback SET outcome = 'overridden'"))
    with database.writing() as connection:
        assert connection.execute(text("DELETE FROM card_feedback")).rowcount == 1


def test_a_case_is_never_changed_and_may_be_forgotten(database):
    fill(database)
    with pytest.raises(StorageError, match="never changed"), database.writing() as connection:
        connection.execute(text("UPDATE case_record SET request = ''"))
    with database.writing() as connection:
        assert connection.execute(text("DELETE FROM case_record")).rowcount == 1


def test_before_that_revision_feedback_was_kept_for_ever(empty):
    upgrade(empty, "0006")
    fill(empty, {table: ROWS[table] for table in ("issued_card", "card_feedback")})
    upgrade(empty)
    downgrade(empty, "0006")
    with pytest.raises(StorageError, match="never changed"), empty.writing() as connection:
        connection.execute(text("DELETE FROM card_feedback"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM api_key",
        "UPDATE api_key SET secret_hash = '" + "1" * 64 + "'",
        "UPDATE api_key SET scopes = '[\"ops\"]'",
        "UPDATE api_key SET expires_at = '2099-11-25'",
        "UPDATE api_key SET revoked_at = NULL",
    ],
)
def test_a_key_is_only_ever_revoked(database, statement):
    fill(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE api_key SET revoked_at = '2026-11-26'"))
    with pytest.raises(StorageError, match="only ever revoked"), database.writing() as connection:
        connection.execute(text(statement))


@pytest.mark.postgres
@pytest.mark.parametrize("table", PUBLISHED)
def test_tables_are_never_emptied(postgres_url, table):
    database = Database(postgres_url)
    upgrade(database)
    with pytest.raises(StorageError, match="never changed"), database.writing() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
    database.close()


def test_sqlite_does_not_replace_behind_the_triggers(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    upgrade(database)
    fill(database)
    with pytest.raises(StorageError, match="never changed"), database.writing() as connection:
        connection.execute(
            text("INSERT OR REPLACE INTO rule_set_version (" + ROWS["rule_set_version"].format(h="1" * 64))
        )
    database.close()


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("rule_set_version", "'{h}'", "'short'"),
        ("rule_set_version", "'1.0.0'", "'1'"),
        ("rule_set_version", ", 1, '{{}}'", ", 0, '{{}}'"),
        ("evidence_statement", "likely", "uncertain"),
        ("product", "likely", "uncertain"),
        ("api_key", "'{h}'", "'short'"),
        ("api_key", "k2'", "'"),
        ("api_key", "2027", "2025"),
        ("issued_card", "'info'", "'urgent'"),
        ("issued_card", "0001'", "'"),
        ("card_feedback", "accepted", "ignored"),
        ("used_token", "00'", "0'"),
        ("case_record", "'native'", "'back'"),
        ("case_record", "0001'", "'"),
        ("rule_set_step", "validated", "waved through"),
        ("rule_set_draft", "'d', 1", "'d', 0"),
        ("assessment_record", "'1', '{h}'", "'1', 'patient'"),
    ],
)
def test_checks_refuse_what_cannot_be(database, table, old, new):
    assert old in ROWS[table]
    with pytest.raises(StorageError, match=r"(?i)check"):
        fill(database, {**ROWS, table: ROWS[table].replace(old, new)})


def test_a_migration_that_fails_leaves_nothing_behind(empty, monkeypatch):
    def fail(*_: object) -> None:
        raise StorageError("the lights went out")

    monkeypatch.setattr("app.store.schema.command.upgrade", lambda *words: (original(*words), fail()))
    with pytest.raises(StorageError, match="lights"):
        upgrade(empty)
    assert tables(empty) == set()
    monkeypatch.undo()
    upgrade(empty)
    assert is_current(empty)


original = command.upgrade


def test_what_was_published_before_the_products_is_kept(empty):
    upgrade(empty, "0001")
    fill(empty, {table: ROWS[table] for table in SINCE_0001})
    upgrade(empty)
    with empty.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM rule")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM product")).scalar() == 0


def test_a_newer_database_is_refused(database):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    with pytest.raises(StorageError, match="future"):
        upgrade(database)


def test_another_programs_file_is_refused(tmp_path):
    path = tmp_path / "other.sqlite3"
    other = Database(f"sqlite:///{path}")
    with other.writing() as connection:
        connection.execute(text("CREATE TABLE theirs (a INTEGER)"))
    with pytest.raises(StorageError, match="another program"):
        upgrade(other)
    other.close()


def test_moments_come_back_in_utc(database):
    fill(database)
    with database.reading() as connection:
        row = connection.execute(RuleSetVersion.__table__.select()).one()
    assert row.published_at == datetime(2026, 11, 25, tzinfo=UTC)
    assert row.published_at.utcoffset() is not None


def test_there_is_one_head_and_no_ini_is_needed(tmp_path):
    assert head() == "0010"
    script = "from app.store.schema import config, head; assert head() == '0010'"
    root = Path(__file__).parents[2]
    assert run([executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(root)}, check=False).returncode == 0
    assert config().config_file_name is None
