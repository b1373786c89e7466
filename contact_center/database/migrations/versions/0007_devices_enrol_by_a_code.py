"""Devices enrol by a code that is good once; a kiosk stands at a counter as a phone belongs to a seat."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE devices SET seat = name WHERE seat IS NULL")
    with op.batch_alter_table("devices") as batch_op:
        batch_op.alter_column("seat", new_column_name="place", existing_type=sa.String(40), nullable=False)
        batch_op.alter_column("token", existing_type=sa.String(64), nullable=True)
        batch_op.add_column(sa.Column("code", sa.String(64), nullable=True))
        batch_op.create_unique_constraint("uq_devices_code", ["code"])
        batch_op.add_column(sa.Column("invited_at", Moment(), nullable=True))
    op.execute("UPDATE devices SET invited_at = enrolled_at")
    with op.batch_alter_table("devices") as batch_op:
        batch_op.alter_column("invited_at", existing_type=Moment(), nullable=False)
        batch_op.alter_column("enrolled_at", existing_type=Moment(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM devices WHERE token IS NULL")
    with op.batch_alter_table("devices") as batch_op:
        batch_op.alter_column("enrolled_at", existing_type=Moment(), nullable=False)
        batch_op.drop_column("invited_at")
        batch_op.drop_constraint("uq_devices_code", type_="unique")
        batch_op.drop_column("code")
        batch_op.alter_column("token", existing_type=sa.String(64), nullable=False)
        batch_op.alter_column("place", new_column_name="seat", existing_type=sa.String(40), nullable=True)
