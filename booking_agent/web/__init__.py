"""The panel in the agents' console, the supervisor's page, and what their scripts ask for."""

from booking_agent.web import cases
from booking_agent.web.panel import blueprint

__all__ = ["blueprint", "cases"]
