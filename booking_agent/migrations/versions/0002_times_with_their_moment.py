"""Times of a day are kept with the moment in which they were seen; what sites showed before is looked at anew."""

from __future__ import annotations

from alembic import op

revision = "booking_0002"
down_revision = "booking_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget what sites showed: it is seconds old at most where it is of any use."""
    op.execute("DELETE FROM booking_calendars")


def downgrade() -> None:
    """The same in the other direction."""
    op.execute("DELETE FROM booking_calendars")
