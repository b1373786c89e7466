"""Figures are found by city and day: by city alone, a day would read its whole year. A contact knows since when it rings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("report_hours", "report_subjects")


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_city", table)
        op.create_index(f"ix_{table}_city_day", table, ["city", "day"])
    op.add_column("contacts", sa.Column("offered_at", Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("offered_at")
    for table in TABLES:
        op.drop_index(f"ix_{table}_city_day", table)
        op.create_index(f"ix_{table}_city", table, ["city"])
