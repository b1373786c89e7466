"""A fake Asterisk that has only a manager interface, in a process of its own: it answers what a switchboard asks, and storms.

It listens on the port it is given. A line `<events a second> <seconds>` on standard input begins a storm to everybody who is
signed in; when it is over, a line of JSON on standard output says when each contact's events were due.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator

TICK = 0.01
CONTACT_EVERY = 100
"""One event in so many is about a contact: an arrival and a departure in turn."""

STAY = 100
"""A contact leaves when so many more have arrived."""

CHANNEL = """Privilege: call,all\r
SystemName: madoguchi\r
Channel: PJSIP/trunk-{n:08x}\r
ChannelState: 6\r
ChannelStateDesc: Up\r
CallerIDNum: 09012345678\r
CallerIDName: <unknown>\r
ConnectedLineNum: <unknown>\r
ConnectedLineName: <unknown>\r
Language: en\r
AccountCode: \r
Context: line-line1\r
Exten: open\r
Priority: 3\r
Uniqueid: {key}\r
Linkedid: {key}\r
ChanVariable: CONTACT={key}\r
ChanVariable: LINE=line1\r
"""
"""The headers that Asterisk 22 sends with every event of a channel."""

NEWEXTEN = "Event: Newexten\r\n" + CHANNEL + "Extension: open\r\nApplication: Playback\r\nAppData: greeting\r\n\r\n"
VARSET = "Event: VarSet\r\n" + CHANNEL + "Variable: PLAYBACKSTATUS\r\nValue: SUCCESS\r\n\r\n"
DEVICE = "Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: PJSIP/trunk\r\nState: INUSE\r\n\r\n"
HANGUP = "Event: Hangup\r\n" + CHANNEL + "Cause: 16\r\nCause-txt: Normal Clearing\r\n\r\n"
OTHERS = (NEWEXTEN, VARSET, NEWEXTEN, VARSET, NEWEXTEN, DEVICE, NEWEXTEN, VARSET, NEWEXTEN, HANGUP)
ARRIVED = "Event: UserEvent\r\n" + CHANNEL + "UserEvent: Contact\r\nStage: arrived\r\nLine: line1\r\n\r\n"
GONE = "Event: UserEvent\r\n" + CHANNEL + "UserEvent: Contact\r\nStage: gone\r\nHow: abandoned\r\n\r\n"

LISTS = {
    "CoreShowChannels": "CoreShowChannelsComplete", "QueueStatus": "QueueStatusComplete",
    "DeviceStateList": "DeviceStateListComplete",
}  # fmt: skip


class FakeAsterisk:
    """The manager interface."""

    def __init__(self) -> None:
        self._signed_in: set[asyncio.StreamWriter] = set()
        self._alive: dict[str, int] = {}
        self._contacts: dict[str, dict[str, float]] = {}
        self._sign_ins = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves."""
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                message = (await reader.readuntil(b"\r\n\r\n")).decode()
                self._answer(writer, dict(line.split(": ", 1) for line in message.splitlines() if ": " in line))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._signed_in.discard(writer)
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, asked: dict[str, str]) -> None:
        action, id = asked["Action"], asked.get("ActionID", "")
        more = {"Challenge": "Challenge: 4711\r\n", "Ping": "Ping: Pong\r\n"}.get(action, "")
        if action in LISTS:
            more = "EventList: start\r\n"
        writer.write(f"Response: Success\r\nActionID: {id}\r\n{more}\r\n".encode())
        if action == "CoreShowChannels":
            for key, n in self._alive.items():
                writer.write(f"Event: CoreShowChannel\r\nActionID: {id}\r\n{CHANNEL.format(n=n, key=key)}\r\n".encode())
        if action in LISTS:
            writer.write(f"Event: {LISTS[action]}\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n".encode())
        if action == "Login":
            self._sign_ins += 1
            self._signed_in.add(writer)

    async def storm(self, rate: int, seconds: float) -> dict[str, object]:
        """Send that many events a second to everybody; when each contact's events were due, and the longest wait.

        Whoever reads too slowly holds the storm up: what is late is then sent as fast as it is taken.
        """
        self._contacts, self._sign_ins = {}, 0
        events = self._events(f"storm-{time.time():.0f}", round(rate * seconds))
        began, longest, sent = time.time(), 0.0, 0
        for tick in range(round(seconds / TICK)):
            due = began + tick * TICK
            await asyncio.sleep(max(0.0, due - time.time()))
            block = [next(events) for _ in range(round(rate * TICK))]
            given = time.time()
            for key, stage, _ in block:
                if stage:
                    self._contacts.setdefault(key, {})[stage] = due
            data = "".join(text for _, _, text in block).encode()
            for writer in list(self._signed_in):
                writer.write(data)
                await writer.drain()
            sent += len(block)
            longest = max(longest, time.time() - given)
        return {
            "events": sent, "seconds": time.time() - began, "longest_wait": longest, "more_sign_ins": self._sign_ins,
            "contacts": self._contacts,
        }  # fmt: skip

    def _events(self, name: str, count: int) -> Iterator[tuple[str, str, str]]:
        """Key, stage and text of each event; stage is empty where it is about no contact."""
        others = [text.format(n=1, key="madoguchi-1.1") for text in OTHERS]
        for place in range(count):
            n, role = divmod(place // CONTACT_EVERY, 2)
            if place % CONTACT_EVERY:
                yield "", "", others[place % len(others)]
            elif role == 0:
                self._alive[f"{name}.{n}"] = n
                yield f"{name}.{n}", "arrived", ARRIVED.format(n=n, key=f"{name}.{n}")
            elif n >= STAY:
                key = f"{name}.{n - STAY}"
                del self._alive[key]
                yield key, "gone", GONE.format(n=n - STAY, key=key)
            else:
                yield "", "", others[0]


async def main(port: int) -> None:
    """Listen, and storm when told to."""
    fake = FakeAsterisk()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", port)
    print("listening", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        rate, seconds = line.split()
        print(json.dumps(await fake.storm(int(rate), float(seconds))), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
