"""The pages of the FAQ: the agents' panel, the editors' pages, the city's."""

from faq_engine.web import city, editor, files, lists  # noqa: F401  # they add their views to the blueprint
from faq_engine.web.panel import blueprint

__all__ = ["blueprint"]
