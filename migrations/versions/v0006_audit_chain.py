"""The audit trail becomes a chain: each record holds the digest of the one before. Records of before keep both columns empty."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COLUMNS = ("chain_previous", "chain_digest")


def upgrade() -> None:
    # No batch mode: it would copy the table and lose the triggers that guard it.
    for name in COLUMNS:
        op.execute(
            f"ALTER TABLE assessment_record ADD COLUMN {name} VARCHAR(64) "
            f"CONSTRAINT ck_assessment_record_{name}_length CHECK (length({name}) = 64)"
        )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("assessment_record", name)
