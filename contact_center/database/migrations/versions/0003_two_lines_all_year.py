"""Temporary announcements; why a number is withheld; calls that we make; a wrap-up that was given more time."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIGURES = ("dialled", "reached", "not_reached")


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
    op.add_column("seats", sa.Column("extended", sa.Boolean(), nullable=False, server_default=sa.false()))
    for figure in FIGURES:
        op.add_column("report_hours", sa.Column(figure, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("contacts", sa.Column("why", sa.String(12), nullable=False, server_default=""))
    op.execute("UPDATE contacts SET why = 'anonymous' WHERE withheld")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("withheld")
        batch_op.alter_column("why", new_column_name="withheld", server_default=None)
        batch_op.add_column(sa.Column("outgoing", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("first_id", BigId, nullable=True))
        batch_op.add_column(sa.Column("callback_id", BigId, nullable=True))
        batch_op.create_foreign_key("fk_contacts_first_id_contacts", "contacts", ["first_id"], ["id"])


def downgrade() -> None:
    op.add_column("contacts", sa.Column("had_none", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE contacts SET had_none = (withheld <> '')")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_constraint("fk_contacts_first_id_contacts", type_="foreignkey")
        for column in ("callback_id", "first_id", "outgoing", "withheld"):
            batch_op.drop_column(column)
        batch_op.alter_column("had_none", new_column_name="withheld", server_default=None)
    with op.batch_alter_table("seats") as batch_op:
        batch_op.drop_column("extended")
    with op.batch_alter_table("report_hours") as batch_op:
        for figure in FIGURES:
            batch_op.drop_column(figure)
    op.drop_table("notices")
