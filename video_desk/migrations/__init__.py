"""The revisions of the remote counter's tables."""
