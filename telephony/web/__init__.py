"""The pages of the telephone channel: the agents' console, the supervisor's pages, the wallboard."""

from telephony.web import record, supervisor  # noqa: F401  # they add their views to the blueprint
from telephony.web.console import blueprint

__all__ = ["blueprint"]
