"""The products of each published version; rows that are only ever added."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXCIPIENTS = ("maltose", "corn_maltose", "sucrose", "glucose", "sorbitol", "proline", "glycine")


def upgrade() -> None:
    op.create_table(
        "product",
        sa.Column("rule_set_version_id", NUMBER, nullable=False),
        sa.Column("product_id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("manufacturer", sa.String(300), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("concentration_percent", sa.JSON(), nullable=False),
        *(sa.Column(f"contains_{name}", sa.Boolean(), nullable=True) for name in EXCIPIENTS),
        sa.Column("iga_max_ug_per_ml", sa.Numeric(10, 3), nullable=True),
        sa.Column("rate_plan_possible", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rule_set_version_id", "product_id", name="pk_product"),
        sa.ForeignKeyConstraint(
            ["rule_set_version_id"], ["rule_set_version.id"], name="fk_product_rule_set_version_id"
        ),
        sa.CheckConstraint("confidence IN ('verified', 'likely')", name=op.f("ck_product_confidence_known")),
        sa.CheckConstraint("iga_max_ug_per_ml > 0", name=op.f("ck_product_iga_max_positive")),
    )
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("product")


def _guards() -> Iterator[str]:
    """Triggers that refuse every change of a row once it is written."""
    if op.get_bind().dialect.name == "postgresql":
        yield (
            "CREATE TRIGGER product_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON product "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER product_is_final_{event.lower()} BEFORE {event} ON product "
            "BEGIN SELECT RAISE(ABORT, 'rows of product are never changed'); END"
        )
