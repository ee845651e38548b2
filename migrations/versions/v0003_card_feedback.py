"""Cards that were handed out, the rules behind them, and what became of them."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_cards()
    _create_feedback()
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    for table in ("card_feedback", "issued_card_rule", "issued_card"):
        op.drop_table(table)


def _create_cards() -> None:
    op.create_table(
        "issued_card",
        sa.Column("card_uuid", sa.String(36), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("tenant", sa.String(80), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("indicator", sa.String(10), nullable=False),
        sa.Column("rule_set_version", sa.String(40), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("card_uuid", name="pk_issued_card"),
        sa.CheckConstraint("length(card_uuid) = 36", name=op.f("ck_issued_card_uuid_length")),
        sa.CheckConstraint("indicator IN ('info', 'warning', 'critical')", name=op.f("ck_issued_card_indicator_known")),
    )
    op.create_index("ix_issued_card_issued_at", "issued_card", ["issued_at"])
    op.create_table(
        "issued_card_rule",
        sa.Column("card_uuid", sa.String(36), nullable=False),
        sa.Column("rule_id", sa.String(160), nullable=False),
        sa.PrimaryKeyConstraint("card_uuid", "rule_id", name="pk_issued_card_rule"),
        sa.ForeignKeyConstraint(["card_uuid"], ["issued_card.card_uuid"], name="fk_issued_card_rule_card_uuid"),
    )
    op.create_index("ix_issued_card_rule_rule_id", "issued_card_rule", ["rule_id"])


def _create_feedback() -> None:
    op.create_table(
        "card_feedback",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("card_uuid", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("outcome_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("override_code", sa.String(80), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_card_feedback"),
        sa.UniqueConstraint("card_uuid", "outcome", "outcome_at", name="uq_card_feedback_once"),
        sa.ForeignKeyConstraint(["card_uuid"], ["issued_card.card_uuid"], name="fk_card_feedback_card_uuid"),
        sa.CheckConstraint("outcome IN ('accepted', 'overridden')", name=op.f("ck_card_feedback_outcome_known")),
        sqlite_autoincrement=True,
    )


def _guards() -> Iterator[str]:
    """Triggers that refuse every change of feedback; cards without feedback may be forgotten after a while."""
    if op.get_bind().dialect.name == "postgresql":
        yield (
            "CREATE TRIGGER card_feedback_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON card_feedback "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER card_feedback_is_final_{event.lower()} BEFORE {event} ON card_feedback "
            "BEGIN SELECT RAISE(ABORT, 'rows of card_feedback are never changed'); END"
        )
