"""Alembic's environment for the ledger; run through ``python -m actions.migrate``."""

from __future__ import annotations

from alembic import context

from actions.adapters.ledger import connect, metadata

with connect(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
