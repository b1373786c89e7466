"""The revisions of the FAQ's tables."""
