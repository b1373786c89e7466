"""A counter is a line without a number: its residents stand in the same queues, with the same hours and closings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTERS = """
    INSERT INTO lines (id, kind, city_id, name, number, calendar_id, pool_id, menu, channels, capacity, waiting_places, fallback,
        announcements, position)
    SELECT id, 'counter', city_id, name, NULL, calendar_id, pool_id, '', 0, 1, 0, '', '{}', 1000 FROM counters
    WHERE id NOT IN (SELECT id FROM lines)
"""


def upgrade() -> None:
    with op.batch_alter_table("lines") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(8), nullable=False, server_default="phone"))
        batch_op.alter_column("number", existing_type=sa.String(20), nullable=True)
    op.execute(COUNTERS)
    op.drop_table("counters")


def downgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("city_id", sa.String(40), sa.ForeignKey("cities.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("calendar_id", sa.String(40), sa.ForeignKey("calendars.id"), nullable=False),
        sa.Column("pool_id", sa.String(40), sa.ForeignKey("pools.id"), nullable=False),
    )
    op.execute(
        "INSERT INTO counters (id, city_id, name, calendar_id, pool_id) SELECT id, city_id, name, calendar_id, pool_id FROM lines"
        " WHERE kind = 'counter'"
    )
    op.execute("DELETE FROM lines WHERE kind = 'counter'")
    with op.batch_alter_table("lines") as batch_op:
        batch_op.alter_column("number", existing_type=sa.String(20), nullable=False)
        batch_op.drop_column("kind")
