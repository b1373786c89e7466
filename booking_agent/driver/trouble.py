"""What can go wrong on a site, as an operator can say it aloud. Each says whether anything was booked."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a booking did not come about. `Trouble.said()` has the sentence of each."""

    TAKEN = "taken"
    OUTSIDE = "outside"
    ALREADY = "already"
    MISMATCH = "mismatch"
    REFUSED = "refused"
    BUSY = "busy"
    STOPPED = "stopped"
    ENDED = "ended"
    CHANGED = "changed"
    DIFFERENT = "different"
    CAPTCHA = "captcha"
    MAIL = "mail"
    GIVEN_UP = "given_up"
    OURS = "ours"
    BROWSER = "browser"
    IN_DOUBT = "in_doubt"


class Trouble(Exception):
    """The site cannot be worked further.

    Nothing in it is a person's: `expected` and `seen` hold words of the profile and names of buttons and labels, never values.

    :param step: what was being done, in the profile's words, such as `book.fill 3: click 次へ進む`.
    :param expected: what the profile expects there.
    :param seen: what the page had instead.
    """

    def __init__(self, reason: Reason, step: str = "", expected: str = "", seen: str = "") -> None:
        super().__init__(f"{reason.value} at {step}: expected {expected}; seen {seen}")
        self.reason, self.step, self.expected, self.seen = reason, step, expected, seen
