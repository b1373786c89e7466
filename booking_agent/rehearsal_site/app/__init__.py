"""The face `/app`: one page with JSON behind it."""

from booking_agent.rehearsal_site.app import api
from booking_agent.rehearsal_site.app.shell import blueprint

__all__ = ["api", "blueprint"]
