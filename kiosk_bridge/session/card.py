"""The card in the reader, as the console and the face are told of it. Nothing that names the resident is read."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from contact_center.errors import Unavailable
from kiosk_bridge.card import advice
from kiosk_bridge.card.read import Kind
from kiosk_bridge.card.reader import reader

FAULT = {"kind": "fault"}
"""What the console is told where there is no reader that works."""


async def look(name: str, today: date) -> tuple[dict[str, Any], list[str]]:
    """Look at the card once.

    :param name: the reader, as the kiosk's file names it.
    :returns: what the console is told, and the words that the face shows.
    """
    try:
        found = reader(name)
        if found is None:
            return FAULT, []
        state = await asyncio.to_thread(found.look)
    except Unavailable:
        return FAULT, []
    said = [str(one) for one in advice(state, today)]
    told = {"kind": str(state.kind), "left": state.left, "expires": str(state.expires or ""), "advice": said}
    return told, said or (["put"] if state.kind == Kind.NONE else ["keep"])
