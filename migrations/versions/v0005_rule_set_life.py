"""Drafts of rule sets and their steps, what a version was made from, and replies kept for requests that come twice."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("rule_set_draft", "rule_set_step", "rule_set_origin", "kept_reply")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_drafts()
    _create_origins()
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_drafts() -> None:
    op.create_table(
        "rule_set_draft",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_id", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(40), nullable=True),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_rule_set_draft"),
        sa.UniqueConstraint("draft_id", "revision", name="uq_rule_set_draft_revision"),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_rule_set_draft_revision_positive")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rule_set_draft_digest_length")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_set_step",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_seq", NUMBER, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("taken_by", sa.String(120), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_rule_set_step"),
        sa.ForeignKeyConstraint(["draft_seq"], ["rule_set_draft.seq"], name="fk_rule_set_step_draft_seq"),
        sa.UniqueConstraint("draft_seq", "step", name="uq_rule_set_step_once"),
        sa.CheckConstraint("step IN ('validated', 'approved', 'published')", name=op.f("ck_rule_set_step_step_known")),
        sqlite_autoincrement=True,
    )


def _create_origins() -> None:
    op.create_table(
        "rule_set_origin",
        sa.Column("rule_set_version_id", NUMBER, nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rule_set_version_id", name="pk_rule_set_origin"),
        sa.ForeignKeyConstraint(
            ["rule_set_version_id"], ["rule_set_version.id"], name="fk_rule_set_origin_rule_set_version_id"
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rule_set_origin_digest_length")),
    )
    op.create_table(
        "kept_reply",
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_kept_reply"),
        sa.CheckConstraint("length(request_hash) = 64", name=op.f("ck_kept_reply_request_hash_length")),
    )


def _guards() -> Iterator[str]:
    """Triggers that refuse every change of a row once it is written."""
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            yield (
                f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_is_final_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )
