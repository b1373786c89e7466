"""The server's own timer ends a wrap-up that is complete, and leaves one that is not."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet import defer
from twisted.internet.task import Clock

from contact_center.clock import FakeClock
from contact_center.house import House
from contact_center.seats import Presence
from contact_center.settings import WRAP_UP
from telephony.switchboard.timers import WrapUpTimers
from tests.conftest import person
from tests.database.play import Play


class Turn(Clock):
    """Twisted's clock, with a thread that is this one."""

    def callFromThread(self, function: Any, *arguments: Any) -> None:  # noqa: N802
        function(*arguments)


@pytest.mark.parametrize(("classified", "presence"), [(True, Presence.AVAILABLE), (False, Presence.WRAPPING)])
def test_the_wrap_up_ends_on_time_only_with_an_outcome(
    house: House, clock: FakeClock, classified: bool, presence: Presence
) -> None:
    hanako, play, turn = person(house), Play(house, clock), Turn()
    timers = WrapUpTimers(house, turn, lambda function, *arguments: defer.execute(function, *arguments))
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    if classified:
        with house.database.session_scope() as session:
            house.notes.classify(session, hanako, id, "pin", [], "faq")
    # As after a restart of the switchboard: the deadline lies in the database.
    timers.load_in_thread()
    turn.advance(house.settings[WRAP_UP] - 1)
    assert play.presence() == Presence.WRAPPING
    turn.advance(2)
    assert play.presence() == presence
