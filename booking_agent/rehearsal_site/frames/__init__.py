"""The face `/frames`: an old system of frames, nested tables and pictures, behind a log-in."""

from booking_agent.rehearsal_site.frames import book, manage
from booking_agent.rehearsal_site.frames.flow import blueprint

__all__ = ["blueprint", "book", "manage"]
