"""Alembic migrations, found as a package so that an installed service can run them."""
