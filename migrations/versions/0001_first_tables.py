"""first tables

A migration never changes a published row, and the previous version of the code must still run after it.
"""

from alembic import op
import sqlalchemy as sa

IMMUTABLE = ("rule_set_version", "rule", "evidence_source", "evidence_statement", "activation", "assessment_record")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment_record",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_set_version", sa.String(length=40), nullable=False),
        sa.Column("rule_set_digest", sa.String(length=64), nullable=False),
        sa.Column("engine_version", sa.String(length=40), nullable=False),
        sa.Column("jurisdiction", sa.String(length=8), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer_hash", sa.String(length=64), nullable=False),
        sa.Column("finding_ids", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_assessment_record")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_assessment_record_decision_id")),
    )
    op.create_table(
        "rule_set_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_rule_set_version_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_rule_set_version_digest")),
        sa.UniqueConstraint("version", name=op.f("uq_rule_set_version_version")),
    )
    op.create_table(
        "activation",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set_version.id"], name=op.f("fk_activation_rule_set_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_activation")),
    )
    with op.batch_alter_table("activation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activation_rule_set_id"), ["rule_set_id"], unique=False)

    op.create_table(
        "evidence_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set_version.id"], name=op.f("fk_evidence_source_rule_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_source")),
        sa.UniqueConstraint("rule_set_id", "source_id", name=op.f("uq_evidence_source_rule_set_id_source_id")),
    )
    with op.batch_alter_table("evidence_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_source_rule_set_id"), ["rule_set_id"], unique=False)

    op.create_table(
        "evidence_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set_version.id"], name=op.f("fk_evidence_statement_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_statement")),
        sa.UniqueConstraint("rule_set_id", "statement_id", name=op.f("uq_evidence_statement_rule_set_id_statement_id")),
    )
    with op.batch_alter_table("evidence_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_statement_rule_set_id"), ["rule_set_id"], unique=False)

    op.create_table(
        "rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set_version.id"], name=op.f("fk_rule_rule_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("rule_set_id", "rule_id", name=op.f("uq_rule_rule_set_id_rule_id")),
    )
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_rule_set_id"), ["rule_set_id"], unique=False)

    _protect()


def downgrade() -> None:
    _unprotect()
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_rule_set_id"))

    op.drop_table("rule")
    with op.batch_alter_table("evidence_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_statement_rule_set_id"))

    op.drop_table("evidence_statement")
    with op.batch_alter_table("evidence_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_source_rule_set_id"))

    op.drop_table("evidence_source")
    with op.batch_alter_table("activation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activation_rule_set_id"))

    op.drop_table("activation")
    op.drop_table("rule_set_version")
    op.drop_table("assessment_record")


def _protect() -> None:
    """Refuse UPDATE and DELETE on everything that is published or recorded."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'published rows are immutable'; END $$"
        )
    for table in IMMUTABLE:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_trigger(table, verb))


def _trigger(table: str, verb: str) -> str:
    head = f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
    if op.get_bind().dialect.name == "postgresql":
        return f"{head} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'published rows are immutable'); END"


def _unprotect() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in IMMUTABLE:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if on_postgresql else ""))
    if on_postgresql:
        op.execute("DROP FUNCTION refuse_change()")
