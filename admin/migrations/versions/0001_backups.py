"""Backups that were made, drilled and erased."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "admin_0001"
down_revision = None
branch_labels = ("admin",)
depends_on = "0008"


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("made_at", Moment(), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(80), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.Column("drilled_at", Moment(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("all", sa.Boolean(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("backups")
