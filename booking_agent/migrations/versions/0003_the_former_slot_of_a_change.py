"""What is to be changed is kept as the site shows it before: whether a change was not done is known by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "booking_0003"
down_revision = "booking_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Day and time, which are nobody's personal data."""
    op.add_column("booking_intents", sa.Column("former_day", sa.Date(), nullable=True))
    op.add_column("booking_intents", sa.Column("former_start", sa.Time(), nullable=True))


def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table("booking_intents") as table:
        table.drop_column("former_start")
        table.drop_column("former_day")
