"""Erasures that were ordered."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "admin_0003"
down_revision = "admin_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", Moment(), nullable=False, index=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("witness", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("contact", BigId, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("erasures")
