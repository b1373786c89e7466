"""The panel in the agents' console, and what its script asks for."""

from booking_agent.web.panel import blueprint

__all__ = ["blueprint"]
