"""Calendars: opening hours, Japanese holidays, closures, and what a holiday means to each (IZ-03, KQ-01, TO-01)."""

from contact_center.hours.rule import CalendarRule, Interval, intervals, is_open_at, working_hours_after

__all__ = ["CalendarRule", "Interval", "intervals", "is_open_at", "working_hours_after"]
