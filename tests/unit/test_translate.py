"""Asterisk's two ways of telling a story end in the same observations."""

import pytest

from telephony.pbx.ami import Event
from telephony.pbx.translate import (
    Answered,
    Arrived,
    Gone,
    NotAnswered,
    Offered,
    PhoneState,
    Queued,
    SeatLeft,
    from_ami,
    from_queue_log,
)

KEY = "madoguchi-1795240000.7"


def message(headers: dict[str, str]) -> Event:
    """An AMI message with these headers."""
    made = Event()
    for name, value in headers.items():
        made.put(name, value)
    return made


def plain(seen: object) -> tuple[object, ...]:
    """An observation without its time, which only the queue log tells."""
    values = {k: v for k, v in seen.__dict__.items() if k != "at"}
    return (type(seen), *values.values())


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            {"Event": "UserEvent", "UserEvent": "Contact", "Uniqueid": KEY, "Stage": "arrived", "Line": "line1",
             "CallerIDNum": "0312345678"},
            f"1795240000|{KEY}|line1|NONE|M-ARRIVED|0312345678",
        ),
        (
            {"Event": "UserEvent", "UserEvent": "Contact", "Uniqueid": KEY, "Stage": "queued", "Pool": "main"},
            f"1795240000|{KEY}|main|NONE|M-QUEUED|main",
        ),
        (
            {"Event": "UserEvent", "UserEvent": "Contact", "Uniqueid": KEY, "Stage": "gone", "How": "abandoned"},
            f"1795240000|{KEY}|line1|NONE|M-GONE|abandoned",
        ),
        (
            {"Event": "AgentConnect", "Uniqueid": KEY, "Interface": "PJSIP/seat-12"},
            f"1795240000|{KEY}|main|seat-12|CONNECT|7|x|2",
        ),
        (
            {"Event": "AgentRingNoAnswer", "Uniqueid": KEY, "Interface": "PJSIP/seat-1-native", "RingTime": "20000"},
            f"1795240000|{KEY}|main|seat-1|RINGNOANSWER|20000",
        ),
        (
            {"Event": "Hangup", "Channel": "PJSIP/seat-1-native-0000000a", "Linkedid": KEY, "Cause": "16",
             "ChannelStateDesc": "Up"},
            f"1795240000|{KEY}|line1|seat-1|M-SEAT-LEFT|16",
        ),
    ],
)  # fmt: skip
def test_the_live_link_and_the_record_tell_the_same(event: dict[str, str], line: str) -> None:
    live, written = from_ami(message(event)), from_queue_log(line)
    assert live is not None
    assert written is not None
    assert plain(live) == plain(written)
    assert {type(live)} <= {Arrived, Queued, Gone, Answered, NotAnswered, SeatLeft}


def test_a_ringing_seat_is_offered_the_contact() -> None:
    seen = from_ami(message({"Event": "AgentCalled", "Uniqueid": KEY, "Interface": "PJSIP/seat-3"}))
    assert seen == Offered(KEY, None, "seat-3")


def test_a_leg_that_only_rang_says_nothing() -> None:
    rang = {"Event": "Hangup", "Channel": "PJSIP/seat-1-01", "Linkedid": KEY, "Cause": "0", "ChannelStateDesc": "Ringing"}
    assert from_ami(message(rang)) is None


@pytest.mark.parametrize(
    ("state", "registered"), [("UNAVAILABLE", False), ("INVALID", False), ("NOT_INUSE", True), ("INUSE", True)]
)
def test_a_phone_is_registered_or_not(state: str, registered: bool) -> None:
    seen = from_ami(message({"Event": "DeviceStateChange", "Device": "PJSIP/seat-2-native", "State": state}))
    assert seen == PhoneState("seat-2", "native", registered)


@pytest.mark.parametrize("line", ["", "garbage", "1|2|3", "x|y|z|a|M-GONE|b", f"1795240000|{KEY}|main|NONE|ENTERQUEUE||x"])
def test_other_lines_of_the_record_say_nothing(line: str) -> None:
    assert from_queue_log(line) is None
