"""Temporary announcements; why a number is withheld."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.String(40), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("in_force_at", Moment(), nullable=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_notices_line_id_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.add_column("contacts", sa.Column("why", sa.String(12), nullable=False, server_default=""))
    op.execute("UPDATE contacts SET why = 'anonymous' WHERE withheld")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("withheld")
        batch_op.alter_column("why", new_column_name="withheld", server_default=None)


def downgrade() -> None:
    op.add_column("contacts", sa.Column("had_none", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE contacts SET had_none = (withheld <> '')")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("withheld")
        batch_op.alter_column("had_none", new_column_name="withheld", server_default=None)
    op.drop_table("notices")
