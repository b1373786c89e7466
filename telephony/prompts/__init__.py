"""Japanese announcements: texts, spoken by Open JTalk at set-up, replaceable by recordings."""

from telephony.prompts.make import NAMES, make_line, make_music
from telephony.prompts.waiting import MOST_PLACES, make_notices, make_places, notice_name

__all__ = ["MOST_PLACES", "NAMES", "make_line", "make_music", "make_notices", "make_places", "notice_name"]
