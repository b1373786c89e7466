"""Drafts by a language model, off without a key; every sentence is checked against the article that it quotes."""

from faq_engine.drafts.editing import Assistant
from faq_engine.drafts.endpoint import Endpoint
from faq_engine.drafts.writer import Draft, Drafter, Ending, Sentence

__all__ = ["Assistant", "Draft", "Drafter", "Ending", "Endpoint", "Sentence"]
