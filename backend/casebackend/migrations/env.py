"""Runs migrations on the connection that `Database.migrate` hands in."""

from alembic import context

from casebackend.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
