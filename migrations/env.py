"""Runs migrations on the connection that ``app.store.schema`` hands over, inside that connection's transaction.

No alembic.ini is needed. An empty revision is written by
``python -c "from alembic import command; from app.store.schema import config; command.revision(config(), 'what it does')"``.
"""

from alembic import context

from app.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    # SQLite cannot alter most of a table in place.
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
