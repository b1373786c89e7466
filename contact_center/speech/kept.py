"""What was spoken once is kept in the machine's cache: the same sentence is never made twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path


def cache() -> Path:
    """The folder for what was downloaded or is dear to make."""
    return Path(os.environ.get("MADOGUCHI_CACHE") or Path.home() / ".cache" / "madoguchi")


def kept(name: str, suffix: str, make: Callable[[], bytes]) -> bytes:
    """A sound file, made where it is not there yet. No person's data may be in it: nobody ever erases it.

    :param name: tells it from every other; all on which it depends.
    """
    path = cache() / "spoken" / f"{hashlib.sha256(name.encode()).hexdigest()}.{suffix}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, make())
    return path.read_bytes()


def put(target: Path, content: bytes) -> bool:
    """Put a file in its place as a whole; False where it stands there already."""
    if target.exists() and target.read_bytes() == content:
        return False
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)
    return True
