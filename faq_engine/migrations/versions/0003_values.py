"""What the cities fill into the texts is kept from when to when, so that what was said on a day can be told."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "faq_0003"
down_revision = "faq_0002"
branch_labels = None
depends_on = None

_TEXTS = sa.table("faq_values", sa.column("city"), sa.column("name"), sa.column("text"))
_KEPT = sa.table(
    "faq_values", sa.column("city"), sa.column("name"), sa.column("text"), sa.column("since", sa.BigInteger()), sa.column("until")
)


def upgrade() -> None:
    rows = op.get_bind().execute(sa.select(_TEXTS)).all()
    op.drop_table("faq_values")
    op.create_table(
        "faq_values",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
    )
    op.create_index("ix_faq_values_city_name", "faq_values", ["city", "name"])
    if rows:
        op.bulk_insert(_KEPT, [{"city": row.city, "name": row.name, "text": row.text, "since": 0, "until": None} for row in rows])


def downgrade() -> None:
    rows = op.get_bind().execute(sa.select(_TEXTS).where(_KEPT.c.until.is_(None))).all()
    op.drop_table("faq_values")
    op.create_table(
        "faq_values",
        sa.Column("city", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.String(300), nullable=False),
    )
    if rows:
        op.bulk_insert(_TEXTS, [{"city": row.city, "name": row.name, "text": row.text} for row in rows])
