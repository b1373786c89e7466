"""One-shot questions and actions of the command line, through the asterisk-ami package. The live link is `ami.py`.

asterisk-ami checks no values, so they are checked here before it sees them.
"""

from __future__ import annotations

import threading
from typing import Any

from asterisk.ami import AMIClient, SimpleAction

from contact_center.errors import BadInput, Unavailable
from contact_center.house import House
from telephony.settings import AMI_PORT

PATIENCE = 5.0


def ask(house: House, action: str, complete: str, **values: str) -> list[dict[str, Any]]:
    """Ask once and collect the events until the one that ends the list.

    :param complete: name of the event that ends the list.
    :raises Unavailable: where Asterisk does not answer in time.
    """
    if any("\r" in value or "\n" in value for value in values.values()):
        raise BadInput("改行を含む値はAsteriskに送れません。")
    client = AMIClient(address="127.0.0.1", port=house.settings[AMI_PORT], timeout=PATIENCE)
    found: list[dict[str, Any]] = []
    over = threading.Event()

    def heard(event: Any, **_: Any) -> None:
        if event.name == complete:
            over.set()
        else:
            found.append({"Event": event.name, **event.keys})

    try:
        client.add_event_listener(on_event=heard)
        signed_in = client.login(username="switchboard", secret=house.keyring.secret("ami"))
        if signed_in.response is None or signed_in.response.is_error():
            raise Unavailable("Asteriskが接続を断りました。madoguchi doctor で確かめてください。")
        client.send_action(SimpleAction(action, **values))
        if not over.wait(PATIENCE):
            raise Unavailable("Asteriskが時間内に答えません。")
        # Without a word of farewell the package waits for Asterisk until its patience ends.
        client.logoff()
    except OSError as error:
        raise Unavailable("Asteriskが動いていません。madoguchi doctor で確かめてください。") from error
    finally:
        client.disconnect()
    return found


def queue_members(house: House) -> list[dict[str, Any]]:
    """Queue, seat and pause of every member."""
    return [
        {"queue": event["Queue"], "seat": event["Name"], "paused": event["Paused"] == "1", "status": event["Status"]}
        for event in ask(house, "QueueStatus", "QueueStatusComplete")
        if event["Event"] == "QueueMember"
    ]
