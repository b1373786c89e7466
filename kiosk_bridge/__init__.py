"""The kiosk bridge: what runs on the kiosk PC, without a database. Its own issue builds it."""
