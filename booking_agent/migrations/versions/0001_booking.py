"""Intents with their commands and leases, calendars as they were seen, requests made, checks of sites."""

import sqlalchemy as sa
from alembic import op

from contact_center.database.types import BigId, Moment

revision = "booking_0001"
down_revision = None
branch_labels = ("booking_agent",)
depends_on = "0005"

TABLES = ("booking_checks", "booking_traffic", "booking_calendars", "booking_leases", "booking_commands", "booking_intents")


def upgrade() -> None:
    op.create_table(
        "booking_intents",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("contact_id", BigId, nullable=True, index=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False, index=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("waits", sa.String(8), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counter", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("start", sa.Time(), nullable=True),
        sa.Column("end", sa.Time(), nullable=True),
        sa.Column("hold_until", Moment(), nullable=True),
        sa.Column("committed_at", Moment(), nullable=True),
        sa.Column("booked", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("trouble", sa.JSON(), nullable=False),
        sa.Column("proof", sa.String(12), nullable=False),
        sa.Column("conductor", sa.String(60), nullable=False),
        sa.Column("alive_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("handed_at", Moment(), nullable=True),
        sa.Column("means_erased", sa.Boolean(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Index("ix_booking_intents_state_alive", "state", "alive_at"),
    )
    op.create_table(
        "booking_commands",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("intent_id", BigId, nullable=False, index=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
    )
    op.create_table(
        "booking_leases",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("intent_id", BigId, nullable=False, index=True),
    )
    op.create_table(
        "booking_calendars",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("counter", sa.String(80), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("intent_id", BigId, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("asked_day", sa.String(10), nullable=False),
        sa.Column("looking_since", Moment(), nullable=True),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.UniqueConstraint("site", "counter", "people", "intent_id"),
    )
    op.create_table(
        "booking_traffic",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("at", Moment(), primary_key=True),
        sa.Column("requests", sa.Integer(), nullable=False),
    )
    op.create_table(
        "booking_checks",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("finding", sa.String(400), nullable=False),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
