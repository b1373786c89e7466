"""A team's whole day: conversations with more than one seat, supervision, questions handed on, corrections, training."""

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
        batch_op.add_column(sa.Column("escalation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sources", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("seats") as batch_op:
        batch_op.add_column(sa.Column("hand", sa.String(10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("hand_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("supervises", sa.String(40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("supervision", sa.String(10), nullable=False, server_default=""))
    op.add_column("callbacks", sa.Column("escalation_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(10), nullable=False, server_default="question"))
        batch_op.add_column(sa.Column("office", sa.String(40), nullable=False, server_default=""))
        for moment, who in (("received_at", "received_by"), ("told_at", None), ("closed_at", "closed_by")):
            batch_op.add_column(sa.Column(moment, Moment(), nullable=True))
            if who:
                batch_op.add_column(sa.Column(who, sa.String(80), nullable=True))
    op.create_table(
        "frozen_months",
        sa.Column("city_id", sa.String(40), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=False),
        sa.Column("frozen_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_frozen_months_city_id_cities")),
        sa.PrimaryKeyConstraint("city_id", "month", name=op.f("pk_frozen_months")),
    )
    op.add_column("people", sa.Column("menus", sa.JSON(), nullable=True))
    for figure in ("entered", "excluded"):
        op.add_column("report_hours", sa.Column(figure, sa.Integer(), nullable=False, server_default="0"))
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
    with op.batch_alter_table("report_hours") as batch_op:
        batch_op.drop_column("excluded")
        batch_op.drop_column("entered")
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("menus")
    op.drop_table("frozen_months")
    with op.batch_alter_table("escalations") as batch_op:
        for column in ("closed_by", "closed_at", "told_at", "received_by", "received_at", "office", "kind"):
            batch_op.drop_column(column)
    with op.batch_alter_table("callbacks") as batch_op:
        batch_op.drop_column("escalation_id")
    with op.batch_alter_table("seats") as batch_op:
        for column in ("supervision", "supervises", "hand_at", "hand"):
            batch_op.drop_column(column)
    with op.batch_alter_table("contacts") as batch_op:
        for column in ("counted", "sources", "escalation_id", "nuisance", "passed_to", "third_state", "third"):
            batch_op.drop_column(column)
