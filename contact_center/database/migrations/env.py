"""How alembic reaches the database: the `Database` that `schema.py` hands over, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

import contact_center.tables  # noqa: F401
from contact_center.database.engine import Database
from contact_center.database.types import Base

database: Database = context.config.attributes["database"]


@contextmanager
def _writing() -> Iterator[Connection]:
    """A transaction that is whole or has not been.

    SQLite changes a table by making it anew: while the old one is gone, those that point at it point nowhere. So they are looked at
    once it is done, not at each step; a database whose rows point nowhere then stays as it was.
    """
    with database.engine.connect().execution_options(begin="IMMEDIATE") as connection:
        driver = connection.connection.driver_connection
        if database.is_sqlite and driver is not None:
            # This word counts only before a transaction begins.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("rows point at others that are not there; nothing was changed")
        finally:
            if database.is_sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


with _writing() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=database.is_sqlite)
    with context.begin_transaction():
        context.run_migrations()
