"""What a caller would hear at a moment: the same decision as the dialplan's, told with its reason."""

from __future__ import annotations

from datetime import datetime

from contact_center.clock import TOKYO, day_of
from contact_center.hours import is_open_at
from contact_center.hours.rule import day_rule
from contact_center.house import House
from telephony.prompts.make import TEXTS

OPEN, OUT_OF_HOURS, CLOSED_BY_HAND = "open", "out_of_hours", "closed_by_hand"
_WORDS = {
    OPEN: ("受付時間内です", "greeting"),
    OUT_OF_HOURS: ("受付時間外です", "closed"),
    CLOSED_BY_HAND: ("臨時に休止しています", "emergency"),
}


def what_a_caller_hears(house: House, line: str, at: datetime) -> dict[str, str]:
    """Decision, reason and announcement for a line at a moment.

    :raises NotFound: for a line that is not in the directory.
    """
    with house.database.reading() as session:
        view = house.directory.line(session, line)
        closing = house.directory.closing(session, line, at)
    if closing is not None:
        decision, why = CLOSED_BY_HAND, closing.reason or "臨時休止"
    else:
        decision = OPEN if is_open_at(view.rule, at) else OUT_OF_HOURS
        day = day_rule(view.rule, day_of(at))
        spans = "・".join(f"{_clock(p.start)}-{_clock(p.end)}" for p in day.periods) or "終日休み"
        why = f"{at.astimezone(TOKYO):%Y-%m-%d}（{'月火水木金土日'[day.day.weekday()]}）{day.reason or ''} 受付 {spans}"
    words, announcement = _WORDS[decision]
    text = view.line.announcements.get(announcement, TEXTS[announcement])
    return {
        "line": line, "at": at.isoformat(), "decision": decision, "decision_ja": words, "why": why,
        "announcement": text.format(city=view.city.name, greeting=view.city.greeting),
    }  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
