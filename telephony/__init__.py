"""The telephone channel: Asterisk, the switchboard that observes and commands it, the seat's phone, the agent console."""
