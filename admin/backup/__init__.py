"""Daily copies of a centre, sealed with a key of their own; restoring them, and rehearsing that."""
