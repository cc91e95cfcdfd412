"""Runs a migration on the connection it is handed (see ``migrations.upgrade``)."""

from alembic import context

from domain.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
