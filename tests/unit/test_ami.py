"""The AMI link against everything a peer can do: silence, garbage, half messages, refusals, lists."""

from typing import Any

import pytest
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from zope.interface import implementer

from contact_center.errors import BadInput
from telephony.pbx.ami import DEADLINE, PING_EVERY, AmiError, AmiProtocol, Event, action_bytes


@implementer(ITCPTransport)
class Wire(StringTransport):
    """A transport that remembers being dropped."""

    aborted = False

    def abortConnection(self) -> None:  # noqa: N802
        self.aborted = True


class Peer:
    """A protocol on a wire, signed in."""

    def __init__(self, sign_in: bool = True) -> None:
        self.clock = Clock()
        self.events: list[Event] = []
        self.ready: list[AmiProtocol] = []
        self.protocol = AmiProtocol(self.clock, "secret", self.events.append, self.ready.append)  # type: ignore[arg-type]
        self.wire = Wire()
        self.protocol.makeConnection(self.wire)
        if sign_in:
            self.say("Asterisk Call Manager/11.0.0")
            self.answer({"Response": "Success", "Challenge": "1234"})
            self.answer({"Response": "Success"})
            assert self.ready

    def say(self, *lines: str) -> None:
        self.protocol.dataReceived("".join(line + "\r\n" for line in lines).encode())

    def last_id(self) -> str:
        return self.wire.value().decode().rsplit("ActionID: ", 1)[1].split("\r\n")[0]

    def answer(self, headers: dict[str, str]) -> None:
        self.say(*(f"{k}: {v}" for k, v in {**headers, "ActionID": self.last_id()}.items()), "")


def outcome(deferred: Any) -> Any:
    found: list[Any] = []
    deferred.addBoth(found.append)
    return found


def test_the_password_never_crosses_the_wire() -> None:
    peer = Peer()
    assert b"secret" not in peer.wire.value()


def test_a_value_with_a_line_break_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(BadInput):
        action_bytes("QueuePause", {"Reason": "lunch\r\n\r\nAction: Originate"}, "1")
    peer = Peer()
    before = peer.wire.value()
    with pytest.raises(BadInput):
        peer.protocol.send("QueuePause", Reason="x\nAction: Originate")
    assert peer.wire.value() == before


def test_an_answer_finds_its_question_and_a_refusal_is_an_error() -> None:
    peer = Peer()
    good = outcome(peer.protocol.send("Ping"))
    peer.answer({"Response": "Success", "Ping": "Pong"})
    bad = outcome(peer.protocol.send("QueueAdd"))
    peer.answer({"Response": "Error", "Message": "Unable to add"})
    assert good[0]["Ping"] == "Pong"
    assert bad[0].check(AmiError)


def test_a_list_is_collected_to_its_end_while_other_events_pass_by() -> None:
    peer = Peer()
    listed = outcome(peer.protocol.collect("CoreShowChannels"))
    peer.answer({"Response": "Success", "EventList": "start"})
    id = peer.last_id()
    peer.say("Event: CoreShowChannel", f"ActionID: {id}", "Channel: PJSIP/seat-1-01", "")
    peer.say("Event: Hangup", "Channel: PJSIP/trunk-02", "")
    peer.say("Event: CoreShowChannelsComplete", f"ActionID: {id}", "EventList: Complete", "")
    assert [event["Channel"] for event in listed[0]] == ["PJSIP/seat-1-01"]
    assert [event["Event"] for event in peer.events] == ["Hangup"]


def test_every_action_has_a_deadline() -> None:
    peer = Peer()
    late = outcome(peer.protocol.send("QueueStatus"))
    peer.clock.advance(DEADLINE + 0.1)
    assert late[0].check(AmiError)


def test_a_half_open_link_is_found_by_its_silence_and_dropped() -> None:
    peer = Peer()
    peer.clock.advance(PING_EVERY + 0.1)
    assert not peer.wire.aborted
    peer.clock.advance(DEADLINE + 0.1)
    assert peer.wire.aborted


def test_whoever_waits_is_told_when_the_link_is_lost() -> None:
    from twisted.internet.error import ConnectionLost
    from twisted.python.failure import Failure

    peer = Peer()
    waiting = outcome(peer.protocol.send("QueueStatus"))
    peer.protocol.connectionLost(Failure(ConnectionLost()))
    assert waiting[0].check(AmiError)
    after = outcome(peer.protocol.send("QueueStatus"))
    assert after[0].check(AmiError)


@pytest.mark.parametrize(
    "garbage",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x01\x02\r\n", b"x" * 70000],
    ids=["http", "tls", "endless"],
)
def test_a_peer_that_is_no_asterisk_is_dropped(garbage: bytes) -> None:
    peer = Peer(sign_in=False)
    peer.protocol.dataReceived(garbage)
    assert peer.wire.aborted


def test_a_line_that_is_no_header_costs_nothing_but_a_message_without_end_the_link() -> None:
    peer = Peer()
    peer.say("Event: Hangup", "the rest of a caller's number", "Cause: 16", "")
    assert not peer.wire.aborted
    assert [dict(event) for event in peer.events] == [{"Event": "Hangup", "Cause": "16"}]
    endless = Peer()
    endless.say(*(f"Header{n}: x" for n in range(500)))
    assert endless.wire.aborted


def test_nobody_who_does_not_sign_in_in_time_is_kept() -> None:
    peer = Peer(sign_in=False)
    peer.clock.advance(DEADLINE + 0.1)
    assert peer.wire.aborted
