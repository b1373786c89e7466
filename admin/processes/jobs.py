"""How a process tells the workers of rows that wait. Celery is loaded when there is something to tell: no start waits for it."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any

from contact_center.house import House


def connect(house: House) -> None:
    """Let this process tell the workers; where the broker is away, the sweepers find what was not told."""
    made: list[Any] = []
    lock = Lock()

    def send(task: str, id: int) -> None:
        try:
            with lock:
                if not made:
                    from admin.processes.worker import make

                    made.append(make(house))
            made[0].send_task(task, args=(id,), retry=False)
        except Exception as error:  # the broker's client raises whatever its transport does
            print(f"{task} {id} was not told to the workers: {type(error).__name__}", file=sys.stderr)

    house.jobs.connect(send)
