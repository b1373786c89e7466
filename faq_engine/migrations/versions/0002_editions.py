"""Editions with their files; documents and who has received them."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import Moment

revision = "faq_0002"
down_revision = "faq_0001"
branch_labels = None
depends_on = None

FIXED = ("faq_files", "faq_editions", "faq_receipts")


def upgrade() -> None:
    op.create_table(
        "faq_files",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media", sa.String(100), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "faq_editions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("revisions", sa.JSON(), nullable=False),
        sa.Column("xlsx", sa.String(64), sa.ForeignKey("faq_files.sha256"), nullable=False),
        sa.Column("pdf", sa.String(64), sa.ForeignKey("faq_files.sha256"), nullable=False),
        sa.UniqueConstraint("city", "number"),
    )
    op.create_table(
        "faq_receipts",
        sa.Column("revision_id", sa.Integer(), sa.ForeignKey("faq_revisions.id"), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
    )
    for table in FIXED:
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        else:
            op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} EXECUTE FUNCTION faq_refuse()")


def downgrade() -> None:
    for table in reversed(FIXED):
        op.drop_table(table)
