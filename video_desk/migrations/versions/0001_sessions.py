"""Sessions at kiosks, and what residents have declared there."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "desk_0001"
down_revision = None
branch_labels = ("video_desk",)
depends_on = "0007"


def upgrade() -> None:
    op.create_table(
        "desk_sessions",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("counter", sa.String(40), sa.ForeignKey("lines.id"), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("contact_id", BigId, nullable=True, index=True),
        sa.Column("began_at", Moment(), nullable=False, index=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("control", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(8), nullable=True, unique=True),
        sa.Column("code_until", Moment(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("wiped", sa.JSON(none_as_null=True), nullable=True),
    )
    op.create_table(
        "desk_declarations",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("counter", sa.String(40), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
    )

    op.create_table(
        "desk_kiosks",
        sa.Column("counter", sa.String(40), sa.ForeignKey("lines.id"), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
    )
    op.create_table(
        "desk_checks",
        sa.Column("counter", sa.String(40), sa.ForeignKey("lines.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("desk_checks")
    op.drop_table("desk_kiosks")
    op.drop_table("desk_declarations")
    op.drop_table("desk_sessions")
