"""The face `/pages`: one page after the other, in the manner of the commonest product."""

from booking_agent.rehearsal_site.pages import book, choose, manage
from booking_agent.rehearsal_site.pages.flow import blueprint

__all__ = ["blueprint", "book", "choose", "manage"]
