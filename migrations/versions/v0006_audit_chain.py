"""The audit trail becomes a chain, each record holding the digest of the one before, and activations carry a seal.

Records and activations of before keep the new columns empty.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COLUMNS = (("assessment_record", "chain_previous"), ("assessment_record", "chain_digest"), ("activation", "seal"))


def upgrade() -> None:
    # No batch mode: it would copy the table and lose the triggers that guard it.
    for table, name in COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR(64) "
            f"CONSTRAINT ck_{table}_{name}_length CHECK (length({name}) = 64)"
        )


def downgrade() -> None:
    for table, name in COLUMNS:
        op.drop_column(table, name)
