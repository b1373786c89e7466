"""How alembic reaches the database: the `Database` that `schema.py` hands over, in one transaction."""

from alembic import context

import contact_center.tables  # noqa: F401
from contact_center.database.engine import Database
from contact_center.database.types import Base

database: Database = context.config.attributes["database"]
with database.session_scope() as session:
    context.configure(connection=session.connection(), target_metadata=Base.metadata, render_as_batch=database.is_sqlite)
    with context.begin_transaction():
        context.run_migrations()
