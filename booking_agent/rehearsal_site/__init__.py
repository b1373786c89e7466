"""The rehearsal site: a practice city whose residents book the pickup of their My Number Card. See README.md."""
