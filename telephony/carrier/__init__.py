"""A carrier of our own for demo, training and tests: another Asterisk, at another address, that knows nothing of the centre."""

from telephony.carrier.carrier import Carrier, telephone

__all__ = ["Carrier", "telephone"]
