"""Published rule sets with their rules and evidence, activations, and the audit trail; rows that are only ever added."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# A migration repeats what it means: it must still do the same when the models have moved on.
TABLES = ("rule_set_version", "rule", "evidence_source", "evidence_statement", "activation", "assessment_record")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_rule_sets()
    _create_evidence()
    _create_audit()
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _create_rule_sets() -> None:
    op.create_table(
        "rule_set_version",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.String(120), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rule_set_version"),
        sa.UniqueConstraint("version", name="uq_rule_set_version_version"),
        sa.UniqueConstraint("digest", name="uq_rule_set_version_digest"),
        sa.CheckConstraint("length(version) BETWEEN 5 AND 40", name=op.f("ck_rule_set_version_version_length")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rule_set_version_digest_length")),
        sa.CheckConstraint("format >= 1", name=op.f("ck_rule_set_version_format_positive")),
        sa.CheckConstraint("length(document) >= 2", name=op.f("ck_rule_set_version_document_not_empty")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule",
        _version_column(),
        sa.Column("rule_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rule_set_version_id", "rule_id", name="pk_rule"),
        _version_key("rule"),
    )
    op.create_table(
        "activation",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        _version_column(),
        sa.Column("activated_at", MOMENT, nullable=False),
        sa.Column("activated_by", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_activation"),
        _version_key("activation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activation_rule_set_version_id", "activation", ["rule_set_version_id"])


def _create_evidence() -> None:
    op.create_table(
        "evidence_source",
        _version_column(),
        sa.Column("source_id", sa.String(80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rule_set_version_id", "source_id", name="pk_evidence_source"),
        _version_key("evidence_source"),
    )
    op.create_table(
        "evidence_statement",
        _version_column(),
        sa.Column("statement_id", sa.String(80), nullable=False),
        sa.Column("source_id", sa.String(80), nullable=False),
        sa.Column("confidence", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rule_set_version_id", "statement_id", name="pk_evidence_statement"),
        _version_key("evidence_statement"),
        sa.ForeignKeyConstraint(
            ["rule_set_version_id", "source_id"],
            ["evidence_source.rule_set_version_id", "evidence_source.source_id"],
            name="fk_evidence_statement_source",
        ),
        sa.CheckConstraint("confidence IN ('verified', 'likely')", name=op.f("ck_evidence_statement_confidence_known")),
    )


def _create_audit() -> None:
    op.create_table(
        "assessment_record",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("rule_set_version", sa.String(40), nullable=False),
        sa.Column("rule_set_digest", sa.String(64), nullable=False),
        sa.Column("engine_version", sa.String(40), nullable=False),
        sa.Column("jurisdiction", sa.String(8), nullable=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("answer_hash", sa.String(64), nullable=False),
        sa.Column("finding_ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_assessment_record"),
        sa.UniqueConstraint("id", name="uq_assessment_record_id"),
        sa.CheckConstraint("length(rule_set_digest) = 64", name=op.f("ck_assessment_record_digest_length")),
        sa.CheckConstraint("length(request_hash) = 64", name=op.f("ck_assessment_record_request_hash_length")),
        sa.CheckConstraint("length(answer_hash) = 64", name=op.f("ck_assessment_record_answer_hash_length")),
        sqlite_autoincrement=True,
    )


def _version_column() -> sa.Column[int]:
    return sa.Column("rule_set_version_id", NUMBER, nullable=False)


def _version_key(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_rule_set_version_id"
    return sa.ForeignKeyConstraint(["rule_set_version_id"], ["rule_set_version.id"], name=name)


def _guards() -> Iterator[str]:
    """Triggers that refuse every change of a row once it is written."""
    if op.get_bind().dialect.name == "postgresql":
        yield (
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
        )
        for table in TABLES:
            yield (
                f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_is_final_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )
