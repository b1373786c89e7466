"""Articles with their revisions and steps, what is in force for each city, notices, remarks."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "faq_0001"
down_revision = None
branch_labels = ("faq_engine",)
depends_on = "0005"

FIXED = ("faq_revisions", "faq_steps")
"""Tables whose rows are never changed."""

PLACES = ("faq_uses", "faq_remarks", "faq_values", "faq_notices", "faq_changes", "faq_publications", "faq_awaiting")


def upgrade() -> None:
    op.create_table(
        "faq_articles",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("owner", sa.Integer(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.UniqueConstraint("code", "city"),
    )
    op.create_table(
        "faq_revisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("article_id", sa.Integer(), sa.ForeignKey("faq_articles.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True, index=True),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_table(
        "faq_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("revision_id", sa.Integer(), sa.ForeignKey("faq_revisions.id"), nullable=False, index=True),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
    )
    op.create_table(
        "faq_awaiting",
        sa.Column("revision_id", sa.Integer(), sa.ForeignKey("faq_revisions.id"), primary_key=True),
        sa.Column("city", sa.String(40), primary_key=True),
        sa.Column("since", Moment(), nullable=False),
    )
    op.create_table(
        "faq_publications",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("revision_id", sa.Integer(), sa.ForeignKey("faq_revisions.id"), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
    )
    op.create_index("ix_faq_publications_city_until", "faq_publications", ["city", "until"])
    op.create_table(
        "faq_changes",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("publication_id", sa.Integer(), sa.ForeignKey("faq_publications.id"), nullable=True),
    )
    op.create_table(
        "faq_notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("actor", sa.String(80), nullable=False),
    )
    op.create_table(
        "faq_values",
        sa.Column("city", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.String(300), nullable=False),
    )
    op.create_table(
        "faq_remarks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("asked", sa.String(300), nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(80), nullable=True),
    )
    op.create_table(
        "faq_uses",
        sa.Column("city", sa.String(40), primary_key=True),
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in FIXED:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION faq_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the history of the FAQ is append-only'; END $$"
    )
    for table in FIXED:
        op.execute(
            f"CREATE TRIGGER {table}_only_append BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION faq_refuse()"
        )


def downgrade() -> None:
    for table in (*PLACES, "faq_steps", "faq_revisions", "faq_articles"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION faq_refuse()")
