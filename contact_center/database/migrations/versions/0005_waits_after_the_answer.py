"""What somebody waits after their seat has vanished is no talk time."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("alone_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("alone", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("alone")
        batch_op.drop_column("alone_since")
