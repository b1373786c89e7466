"""`python -m telephony.softphone`: a phone that obeys JSON lines on standard input and tells JSON lines on standard output.

A command is {"do": WORD, …} with one of the words open, dial, answer, hang_up, hold, resume, mute, unmute, keys, play, record,
stop_recording, quit.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from telephony.softphone.phone import Phone, Sip


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to bind to.")
@click.option("--port", default=0, help="SIP port; 0: any.")
@click.option("--tls", is_flag=True, help="SIP over TLS and SRTP only.")
@click.option("--sound", is_flag=True, help="Use microphone and loudspeaker, where there are any.")
def main(host: str, port: int, tls: bool, sound: bool) -> None:
    """Run one phone until standard input ends."""
    phone = Phone(Sip(host, port, "tls" if tls else "udp", secure=tls), _tell, sound)
    os.set_blocking(sys.stdin.fileno(), False)
    pending = b""
    _tell({"state": "ready"})
    while True:
        phone.step()
        try:
            read = os.read(sys.stdin.fileno(), 65536)
            if not read:
                break
            pending += read
        except BlockingIOError:
            continue
        *lines, pending = pending.split(b"\n")
        for line in lines:
            command = json.loads(line)
            if command["do"] == "quit":
                phone.close()
                return
            try:
                _obey(phone, command)
            except Exception as error:  # pjsua2 raises its own class for every refusal
                _tell({"state": "refused", "do": command["do"], "why": type(error).__name__})
    phone.close()


def _obey(phone: Phone, command: dict[str, Any]) -> None:
    do = command.pop("do")
    if do == "open":
        phone.open(**command)
    elif do == "dial":
        phone.dial(command["uri"])
    elif do in ("hold", "resume"):
        phone.hold(do == "hold")
    elif do in ("mute", "unmute"):
        phone.mute(do == "mute")
    elif do == "keys":
        phone.keys(command["digits"])
    elif do == "play":
        phone.play(command["path"], command.get("loop", False))
    elif do == "record":
        phone.record(command["path"])
    elif do == "stop_recording":
        _tell({"state": "recorded", "written": phone.finish_recording(Path(command["path"]))})
    elif do == "answer":
        phone.answer()
    elif do == "hang_up":
        phone.hang_up()


def _tell(happening: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(happening) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
