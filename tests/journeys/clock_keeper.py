"""The keeper of a centre whose clock can be set: libfaketime stands between every process and the time of day, never between
them and the machine's own clock. `<home>/clock` holds the step, such as `+300`.
"""

from __future__ import annotations

from pathlib import Path

from admin.processes import keeper, layout

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
plain = layout.environment


def environment(settings_path: Path | None) -> dict[str, str]:
    """What the processes are told, and who tells them the time."""
    assert settings_path is not None
    return plain(settings_path) | {
        "LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(settings_path.parent / "clock"), "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONPATH": str(Path(__file__).parent / "clock_site"),
    }  # fmt: skip


if __name__ == "__main__":
    keeper.environment = environment  # type: ignore[attr-defined]
    keeper.main()
