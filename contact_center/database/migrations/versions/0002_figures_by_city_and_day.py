"""Figures are found by city and day: by city alone, a day would read its whole year."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("report_hours", "report_subjects")


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_city", table)
        op.create_index(f"ix_{table}_city_day", table, ["city", "day"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_city_day", table)
        op.create_index(f"ix_{table}_city", table, ["city"])
