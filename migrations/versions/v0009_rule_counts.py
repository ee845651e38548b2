"""How often each rule fired, by day and version."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rule_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_set_version", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "rule_set_version", "kind", "name", name="pk_rule_count"),
        sa.CheckConstraint("kind IN ('assessed', 'fired', 'unread')", name=op.f("ck_rule_count_kind_known")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_rule_count_count_not_negative")),
    )


def downgrade() -> None:
    op.drop_table("rule_count")
