"""The revisions of the office's tables."""
