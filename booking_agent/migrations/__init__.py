"""The revisions of the booking agent's tables."""
