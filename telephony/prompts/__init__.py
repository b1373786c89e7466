"""Japanese announcements: texts, spoken by Open JTalk at set-up, replaceable by recordings."""

from telephony.prompts.make import NAMES, make_line, make_music

__all__ = ["NAMES", "make_line", "make_music"]
