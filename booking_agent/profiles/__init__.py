"""A city's reservation site as data."""

from booking_agent.profiles.load import Profiles, line_of, read
from booking_agent.profiles.schema import FACTS, Flow, Locator, Profile, Question, Step, View
from booking_agent.profiles.values import FIELDS, Field, Template, wanted_fields

__all__ = [
    "FACTS", "FIELDS", "Field", "Flow", "Locator", "Profile", "Profiles", "Question", "Step", "Template", "View", "line_of", "read",
    "wanted_fields",
]  # fmt: skip
