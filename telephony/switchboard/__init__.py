"""The switchboard: observes Asterisk and commands it. It carries no sound and no SIP; calls go on without it."""
