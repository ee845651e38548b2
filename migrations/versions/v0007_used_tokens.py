"""Tokens already used, for all processes of a site; and feedback may be forgotten after a while, though never changed."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "used_token",
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "name", name="pk_used_token"),
        sa.CheckConstraint("length(name) = 32", name=op.f("ck_used_token_name_length")),
    )
    op.create_index("ix_used_token_ends", "used_token", ["ends"])
    for statement in _guards("UPDATE", "TRUNCATE"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("used_token")
    for statement in _guards("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(statement)


def _guards(*events: str) -> Iterator[str]:
    """Triggers that refuse these changes of feedback, in the place of those there are. SQLite knows no TRUNCATE."""
    if op.get_bind().dialect.name == "postgresql":
        yield "DROP TRIGGER card_feedback_is_final ON card_feedback"
        yield (
            f"CREATE TRIGGER card_feedback_is_final BEFORE {' OR '.join(events)} ON card_feedback "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        yield f"DROP TRIGGER IF EXISTS card_feedback_is_final_{event.lower()}"
        if event in events:
            yield (
                f"CREATE TRIGGER card_feedback_is_final_{event.lower()} BEFORE {event} ON card_feedback "
                "BEGIN SELECT RAISE(ABORT, 'rows of card_feedback are never changed'); END"
            )
