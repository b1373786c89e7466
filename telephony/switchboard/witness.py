"""Asterisk's own record of calls, read as a second witness: after an outage, and all the time to count drift.

The file lies on space that was reserved for it, so that a full disk cannot silence it. It holds callers' numbers, so it is
deleted 24 hours after it was read to its end, after seven days at the latest.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from contact_center.clock import Clock
from telephony.pbx.translate import Observation, from_queue_log

RESERVED = "8M"
KEEP = timedelta(hours=24)
LONGEST = timedelta(days=7)
STEP = 400


class Witness:
    """Reads `queue_log` from where it was read last.

    :param folder: Asterisk's log folder.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._log = folder / "queue_log"
        self._mark = folder / "queue_log.read"
        self._clock = clock

    def reserve(self) -> None:
        """Set disk space aside beyond the end of the file, without changing its length."""
        self._log.touch(mode=0o600)
        subprocess.run(["fallocate", "--keep-size", "--length", RESERVED, str(self._log)], check=False, capture_output=True)

    def unread(self, older_than: float = 0.0) -> Iterator[tuple[list[Observation], int]]:
        """Steps of what was not read yet, each with the mark to set once it is in the database.

        :param older_than: leave out the last so many seconds, which the live link may still be bringing.
        """
        if not self._log.exists():
            return
        limit = self._clock.now() - timedelta(seconds=older_than)
        start = self._start()
        with self._log.open("rb") as file:
            file.seek(start)
            step: list[Observation] = []
            position = start
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                line = raw.decode("utf-8", "replace")
                stamp = re.match(r"\d{9,11}\|", line)
                if stamp and older_than and int(stamp.group()[:-1]) > limit.timestamp():
                    break
                position += len(raw)
                seen = from_queue_log(line)
                if seen is not None:
                    step.append(seen)
                if len(step) >= STEP:
                    yield step, position
                    step = []
            if step or position > start:
                yield step, position

    def read_to(self, position: int) -> None:
        """Remember that everything before this position is in the database."""
        fresh = self._mark.with_suffix(".new")
        fresh.write_text(json.dumps({"inode": self._log.stat().st_ino, "position": position}))
        fresh.replace(self._mark)

    def _start(self) -> int:
        try:
            mark = json.loads(self._mark.read_text())
            status = self._log.stat()
            if mark["inode"] == status.st_ino and mark["position"] <= status.st_size:
                return int(mark["position"])
        except (OSError, ValueError, KeyError):
            pass
        return 0

    def is_due_for_rotation(self) -> bool:
        """Whether the file was read to its end and its first line is older than a day."""
        try:
            with self._log.open("rb") as file:
                first = re.match(rb"(\d{9,11})\|", file.readline())
        except OSError:
            return False
        if first is None:
            return False
        age = self._clock.now().timestamp() - int(first.group(1))
        read = self._start() >= self._log.stat().st_size
        return (read and age > KEEP.total_seconds()) or age > LONGEST.total_seconds()

    def delete_old(self) -> None:
        """Delete rotated files that have been kept long enough."""
        # Asterisk's messages are rotated together with its record, and may name a caller as well.
        for path in [*self._log.parent.glob("queue_log.*"), *self._log.parent.glob("messages.log.*")]:
            if path == self._mark or path.suffix == ".new":
                continue
            if self._clock.now().timestamp() - path.stat().st_mtime > KEEP.total_seconds():
                path.unlink()
