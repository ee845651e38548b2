"""Cases, where a site keeps them. Rows may be forgotten, and are never changed before."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "case_record",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door", sa.String(10), nullable=False),
        sa.Column("rule_set_version", sa.String(40), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_record"),
        sa.CheckConstraint("length(id) = 36", name=op.f("ck_case_record_id_length")),
        sa.CheckConstraint("door IN ('native', 'hooks', 'fhir')", name=op.f("ck_case_record_door_known")),
    )
    op.create_index("ix_case_record_kept_at", "case_record", ["kept_at"])
    for statement in _guard():
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("case_record")


def _guard() -> Iterator[str]:
    """A trigger that refuses to change a case; deleting is allowed."""
    if op.get_bind().dialect.name == "postgresql":
        yield (
            "CREATE TRIGGER case_record_is_final BEFORE UPDATE ON case_record "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    yield (
        "CREATE TRIGGER case_record_is_final_update BEFORE UPDATE ON case_record "
        "BEGIN SELECT RAISE(ABORT, 'rows of case_record are never changed'); END"
    )
