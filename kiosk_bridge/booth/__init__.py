"""The booth: one fresh browser for each resident, worked by them and, where they allow it, by the operator (IZ-07)."""
