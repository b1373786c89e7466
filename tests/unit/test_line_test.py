"""What the line test says of a call that was not answered, or in which nothing was heard."""

from __future__ import annotations

import numpy as np
import pytest

from contact_center.house import House
from contact_center.speech.hearing import RATE
from telephony import line_test
from telephony.line_test import Promise
from telephony.pbx.trunk import NOT_NEEDED, REGISTERED, TrunkState
from telephony.probe import Call
from telephony.settings import RTP_FIRST, RTP_LAST


@pytest.mark.parametrize(
    ("reachable", "registration", "cause", "code", "hint"),
    [
        (False, NOT_NEEDED, 404, "carrier_away", "trunk.host"),
        (False, "Unregistered", 404, "carrier_away", "trunk.host"),
        (True, "Rejected", 403, "not_registered", "Rejected"),
        (True, REGISTERED, 0, "not_delivered", "着信先"),
        (True, NOT_NEEDED, 480, "not_delivered", "着信先"),
        (True, NOT_NEEDED, 486, "refused", "チャネル"),
        (True, NOT_NEEDED, 403, "refused", "SIP 403"),
    ],
)
def test_why_nobody_answered_is_told_with_what_to_do(
    house: House, monkeypatch: pytest.MonkeyPatch, reachable: bool, registration: str, cause: int, code: str, hint: str
) -> None:
    monkeypatch.setattr(line_test, "trunk_state", lambda _house: TrunkState(reachable, registration))
    fault = line_test._not_answered(house, Call(None, cause, np.zeros(0)))
    assert fault.code == code
    assert hint in fault.sentence()
    assert fault.exit_code == 1


def test_a_line_that_answers_and_says_nothing_points_to_the_way_of_the_sound(house: House) -> None:
    with house.database.reading() as session:
        view = house.directory.line(session, "line1")
    fault = line_test._misheard(house, view, Promise(("closed",), ()), np.zeros(RATE * 5))
    assert fault.code == "silent"
    assert f"UDP {house.settings[RTP_FIRST]}～{house.settings[RTP_LAST]}" in fault.sentence()
