"""Second factors, past passwords, and sessions that have a rank."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "past_passwords",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("password", sa.String(300), nullable=False),
    )
    op.create_index("ix_past_passwords_person_id", "past_passwords", ["person_id"])
    op.create_table(
        "factors",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("handle", sa.String(1400), nullable=False),
        sa.Column("key_id", sa.String(80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("removed_at", Moment(), nullable=True),
    )
    op.create_index("ix_factors_person_id", "factors", ["person_id"])
    op.create_index("ix_factors_handle", "factors", ["handle"])
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("half", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("confirmed_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("challenge", sa.String(120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("address", sa.String(45), nullable=False, server_default=""))
    op.execute("UPDATE sessions SET confirmed_at = began_at")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("confirmed_at", existing_type=Moment(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_column("address")
        batch_op.drop_column("challenge")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("half")
    op.drop_table("factors")
    op.drop_table("past_passwords")
