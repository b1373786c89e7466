"""The kernel's alembic revisions."""
