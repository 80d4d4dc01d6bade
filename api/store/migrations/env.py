"""Alembic's entry: runs on the connection that `Store` hands over, inside its transaction."""

from alembic import context

from api.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the transaction is `Store`'s, and so is its end
)
context.run_migrations()
