"""`python -m kiosk_bridge.session`: one session. It obeys JSON lines on standard input and tells JSON lines on standard output; the
first line names the kiosk's file and its token, so that no command line holds a secret.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from contact_center.clock import SystemClock
from contact_center.errors import MadoguchiError
from kiosk_bridge import system
from kiosk_bridge.config import read_config
from kiosk_bridge.session.desk import Desk

LONGEST_LINE = 4 << 20
"""Bytes: a picture drawn by finger is one line."""


def _tell(word: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"word": word, **values}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _run() -> None:
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    def over() -> None:
        lines.put_nowait(None)

    async def read() -> None:
        try:
            while line := await reader.readline():
                lines.put_nowait(json.loads(line))
        finally:
            # Whoever began us is gone, or cannot be understood any more: nothing of the resident stays here.
            over()

    reading = asyncio.ensure_future(read())
    first = await lines.get()
    if first is None:
        return
    config = read_config(Path(first["config"]))
    desk = Desk(config, first["token"], SystemClock(), _tell, over)
    try:
        await desk.warm()
        while (said := await lines.get()) is not None:
            word = said.pop("word")
            if word == "end":
                break
            if word == "begin":
                desk.begin(said["place"])
            elif word == "join":
                desk.join(said["ticket"])
            elif word == "answer":
                desk.answered(said["which"], said["yes"])
            elif word == "take":
                desk.take_back()
            elif word == "news":
                desk.news(said["about"], said["values"])
            elif word == "resident" and config.rehearsal:
                await desk.plays(said["does"], said)
    except MadoguchiError as error:
        _tell("failed", why=error.sentence())
    finally:
        reading.cancel()
        await desk.end()


def main() -> None:
    """Run one session until it is ended, or whoever began it is gone."""
    system.write_no_dumps()
    asyncio.run(_run())


if __name__ == "__main__":
    main()
