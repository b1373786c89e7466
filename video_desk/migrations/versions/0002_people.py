"""What the city is asked, applications that are followed, persons helped."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "desk_0002"
down_revision = "desk_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk_sessions") as table:
        table.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("interpreter", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "desk_asks",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("session_id", BigId, nullable=False, index=True),
        sa.Column("city", sa.String(40), nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
    )
    op.create_table(
        "desk_follow_ups",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("session_id", BigId, nullable=False, index=True),
        sa.Column("city", sa.String(40), nullable=False, index=True),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("defect_on", sa.Date(), nullable=True),
        sa.Column("explained_on", sa.Date(), nullable=True),
        sa.Column("reapplied_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
    )
    op.create_table(
        "desk_helped",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("counter", sa.String(40), nullable=False),
        sa.Column("city", sa.String(40), nullable=False, index=True),
        sa.Column("procedure", sa.String(40), nullable=False),
    )


def downgrade() -> None:
    for name in ("desk_helped", "desk_follow_ups", "desk_asks"):
        op.drop_table(name)
    with op.batch_alter_table("desk_sessions") as table:
        for column in ("listed", "interpreter", "facts"):
            table.drop_column(column)
