"""API keys: hashed, scoped, expiring, revocable once and for good."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
# All but revoked_at: a key that was issued is never turned into another, and a revoked one never comes back.
FIXED = ("id", "name", "secret_hash", "scopes", "created_at", "created_by", "expires_at")


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.CheckConstraint("length(id) = 12", name=op.f("ck_api_key_id_length")),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_api_key_hash_length")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_api_key_expires_later")),
    )
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("api_key")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_key_change()")


def _guards() -> Iterator[str]:
    """Triggers: a key is issued, and revoked once; nothing else ever happens to it."""
    if op.get_bind().dialect.name == "postgresql":
        yield (
            "CREATE FUNCTION refuse_key_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'an api_key is only ever revoked' USING ERRCODE = 'restrict_violation'; END $$"
        )
        changed = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in FIXED)
        yield (
            "CREATE TRIGGER api_key_is_final_update BEFORE UPDATE ON api_key FOR EACH ROW "
            f"WHEN (OLD.revoked_at IS NOT NULL OR {changed}) EXECUTE FUNCTION refuse_key_change()"
        )
        yield (
            "CREATE TRIGGER api_key_is_final_delete BEFORE DELETE OR TRUNCATE ON api_key "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_key_change()"
        )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'an api_key is only ever revoked'); END"
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)
    yield (
        "CREATE TRIGGER api_key_is_final_update BEFORE UPDATE ON api_key "
        f"WHEN OLD.revoked_at IS NOT NULL OR {changed} {refuse}"
    )
    yield f"CREATE TRIGGER api_key_is_final_delete BEFORE DELETE ON api_key {refuse}"
