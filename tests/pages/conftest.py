"""The pages rung uses the running centre of the asterisk rung."""

from tests.asterisk.conftest import browser, desk, resident

__all__ = ["browser", "desk", "resident"]
