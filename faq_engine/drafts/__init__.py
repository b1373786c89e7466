"""Drafts by a language model, off without a key; every sentence is checked against the article that it quotes."""

from faq_engine.drafts.writer import Draft, Drafter, Ending, Sentence

__all__ = ["Draft", "Drafter", "Ending", "Sentence"]
