"""Files beside the database that cannot be read or written: one StorageError, nothing half done, nothing left behind."""

from datetime import UTC, datetime

import pytest

from app.authoring.signing import Signer, public_pem
from app.errors import AppError, StorageError
from app.store.anchor import Anchor, Head
from app.store.bundle_keys import TRUSTED, BundleKeys
from app.store.database import Database
from app.store.folder import KEY_BYTES, audit_key, existing_key
from app.store.schema import check_owner, upgrade
from app.store.spool import LARGEST, Spool

FIRST, SECOND = Head(1, "a" * 64), Head(2, "b" * 64)
ROW = {"id": "1", "created_at": datetime(2026, 11, 25, tzinfo=UTC)}


@pytest.fixture
def no_folder(tmp_path):
    """A path below something that is no folder."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "name"


@pytest.mark.parametrize("act", [Anchor.advance, Anchor.replace])
def test_an_anchor_without_a_folder_is_an_error(no_folder, act):
    with pytest.raises(StorageError, match="cannot be written"):
        act(Anchor(no_folder), FIRST)


def test_an_anchor_that_cannot_be_replaced_leaves_no_draft(tmp_path):
    path = tmp_path / "audit.head"
    path.mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        Anchor(path).replace(FIRST)
    assert [item.name for item in tmp_path.iterdir()] == ["audit.head"]


def test_an_anchor_moves_forward_only_unless_an_operator_says_so(tmp_path):
    anchor = Anchor(tmp_path / "audit.head")
    assert anchor.read() is None
    anchor.advance(SECOND)
    anchor.advance(FIRST)
    assert anchor.read() == SECOND
    anchor.advance(Head(2, "c" * 64))  # another record of the same number is no step forward
    assert anchor.read() == SECOND
    anchor.replace(FIRST)
    assert anchor.read() == FIRST


@pytest.mark.parametrize("text", ["", "1", f"1 {'a' * 63}\n", f"1 {'g' * 64}\n", f"-1 {'a' * 64}\n", f"1 {'a' * 64}"])
def test_an_anchor_that_holds_no_head_is_an_error(tmp_path, text):
    (tmp_path / "audit.head").write_text(text)
    with pytest.raises(StorageError, match="no head"):
        Anchor(tmp_path / "audit.head").read()


def test_an_anchor_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "audit.head").write_bytes(b"\xff")
    for path in (tmp_path / "audit.head", tmp_path):
        with pytest.raises(StorageError, match="cannot be read"):
            Anchor(path).read()


def test_a_withdrawn_key_is_trusted_no_more(tmp_path):
    keys, one, two = BundleKeys(tmp_path), Signer.new(), Signer.new()
    keys.trust(public_pem(one.public))
    keys.trust(public_pem(two.public))
    keys.withdraw(one.id)
    assert set(keys.trusted().keys) == {two.id}
    with pytest.raises(AppError, match="no trusted key"):
        keys.withdraw(one.id)


def test_a_key_that_cannot_be_kept_is_an_error(tmp_path):
    (tmp_path / TRUSTED).write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        BundleKeys(tmp_path).trust(public_pem(Signer.new().public))


def test_a_chain_is_checked_with_its_own_key_or_not_at_all(tmp_path):
    path = tmp_path / "audit.key"
    with pytest.raises(StorageError, match="not there"):
        existing_key(path)
    assert not path.exists()
    assert audit_key(path) == existing_key(path)


def test_a_short_audit_key_is_none(tmp_path):
    path = tmp_path / "audit.key"
    path.write_bytes(b"k" * (KEY_BYTES - 1))
    with pytest.raises(StorageError, match="no audit key"):
        audit_key(path)
    path.write_bytes(b"k" * KEY_BYTES)
    assert audit_key(path) == b"k" * KEY_BYTES


def test_a_spool_forgets_what_was_taken_and_only_then(tmp_path):
    spool = Spool(tmp_path / "spool")
    assert not spool.holds
    with spool.taking() as rows:
        assert rows == []
    assert spool.keep([ROW])
    assert spool.keep([{**ROW, "id": "2"}])
    assert spool.holds
    with pytest.raises(ZeroDivisionError), spool.taking() as rows:
        raise ZeroDivisionError
    with spool.taking() as rows:
        assert rows == [ROW, {**ROW, "id": "2"}]
    assert not spool.holds


def test_a_line_that_was_cut_short_is_no_record(tmp_path):
    spool = Spool(tmp_path / "spool")
    spool.keep([ROW])
    with spool.path.open("ab") as file:
        file.write(b'{"id": "2", "created_at": "2026-1\n{"id": "3"}\n[1]\n')
    spool.keep([{**ROW, "id": "4"}])
    with spool.taking() as rows:
        assert [row["id"] for row in rows] == ["1", "4"]


def test_a_full_spool_keeps_no_more(tmp_path):
    spool = Spool(tmp_path / "spool")
    spool.keep([ROW])
    size = spool.path.stat().st_size
    with spool.path.open("ab") as file:
        file.truncate(LARGEST - size)
    assert spool.keep([ROW])
    assert not spool.keep([ROW])
    assert spool.path.stat().st_size == LARGEST


def test_a_spool_without_a_folder_keeps_nothing(no_folder, tmp_path):
    spool = Spool(no_folder)
    assert not spool.keep([ROW])
    assert not spool.holds
    with pytest.raises(StorageError, match="cannot be used"), Spool(tmp_path).taking():
        pass


def test_a_file_of_another_program_is_left_alone(tmp_path):
    other = Database(f"sqlite:///{tmp_path}/other.db")
    with other.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(StorageError, match="another program"):
        upgrade(other)
    with pytest.raises(StorageError, match="no database of ivig-cds"):
        check_owner(other)
    with other.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
    assert names == ["theirs"]
    other.close()


def test_tables_of_a_newer_version_are_left_alone(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/ivig.db")
    upgrade(database)
    check_owner(database)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ffff'")
    for act in (upgrade, check_owner):
        with pytest.raises(StorageError, match="revision ffff"):
            act(database)
    database.close()


def test_a_revision_that_is_not_known_is_an_error(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/ivig.db")
    with pytest.raises(StorageError, match="cannot be brought up to date"):
        upgrade(database, "ffff")
    database.close()


def test_the_log_has_a_size_where_there_is_one(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/ivig.db")
    assert database.log_bytes == 0
    upgrade(database)
    assert database.log_bytes > 0
    database.close()


def test_a_file_that_was_replaced_is_not_written_to(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/ivig.db")
    upgrade(database)
    (tmp_path / "ivig.db").rename(tmp_path / "away.db")
    for opened in (database.reading, database.writing):
        with pytest.raises(StorageError, match="replaced or removed"), opened():
            pass
    database.close()
