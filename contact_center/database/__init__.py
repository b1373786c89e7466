"""The main database: engine, sessions, column types, migrations. SQLite (WAL) on one machine, PostgreSQL across several."""

from contact_center.database.engine import Database
from contact_center.database.types import Base, Moment

__all__ = ["Base", "Database", "Moment"]
