"""Bringing the schema to head with alembic. The kernel's revisions are one branch, each feature's a branch of its own."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from contact_center.database.engine import Database

KERNEL = "contact_center.database.migrations"


def _config(database: Database, packages: Iterable[str]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(KERNEL)))
    places = [str(files(package).joinpath("versions")) for package in (KERNEL, *packages)]
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(places))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, packages: Iterable[str] = ()) -> None:
    """Bring the database to head.

    :param packages: packages of the features' revisions, each with a `versions` folder.
    """
    command.upgrade(_config(database, packages), "heads")


def missing_revisions(database: Database, packages: Iterable[str] = ()) -> set[str]:
    """The head revisions this database does not stand at; empty when it is at head."""
    script = ScriptDirectory.from_config(_config(database, packages))
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    # A feature's revision that rests on the kernel's stands for it in the table of alembic.
    return set(script.get_heads()) - {one.revision for one in script.get_all_current(current)}


def new_revision(database: Database, sentence: str) -> None:
    """Write a revision from what the tables lack; for developers (`madoguchi db revision`)."""
    command.revision(_config(database, ()), message=sentence, autogenerate=True)
