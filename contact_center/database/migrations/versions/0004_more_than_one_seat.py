"""Conversations with more than one seat: third parties, hands raised, supervision."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("third", sa.String(60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("third_state", sa.String(10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("passed_to", sa.String(60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("nuisance", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("seats") as batch_op:
        batch_op.add_column(sa.Column("hand", sa.String(10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hand_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("supervises", sa.String(40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("supervision", sa.String(10), nullable=False, server_default=""))
    op.add_column("departments", sa.Column("reading", sa.String(60), nullable=False, server_default=""))
    op.create_table(
        "neighbours",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("reading", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_neighbours")),
    )


def downgrade() -> None:
    op.drop_table("neighbours")
    with op.batch_alter_table("departments") as batch_op:
        batch_op.drop_column("reading")
    with op.batch_alter_table("seats") as batch_op:
        for column in ("supervision", "supervises", "hand_at", "hand"):
            batch_op.drop_column(column)
    with op.batch_alter_table("contacts") as batch_op:
        for column in ("nuisance", "passed_to", "third_state", "third"):
            batch_op.drop_column(column)
