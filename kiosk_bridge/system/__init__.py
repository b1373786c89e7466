"""What differs between Linux and Windows, one file each."""

import sys

if sys.platform == "win32":
    from kiosk_bridge.system.windows import (
        chromium,
        end_group,
        groups_gone,
        is_alive,
        memory,
        on_end,
        power_off,
        silence_shortcuts,
        start_with_pipes,
        write_no_dumps,
    )  # fmt: skip
else:
    from kiosk_bridge.system.linux import (
        chromium,
        end_group,
        groups_gone,
        is_alive,
        memory,
        on_end,
        power_off,
        silence_shortcuts,
        start_with_pipes,
        write_no_dumps,
    )  # fmt: skip

__all__ = [
    "chromium", "end_group", "groups_gone", "is_alive", "memory", "on_end", "power_off", "silence_shortcuts", "start_with_pipes",
    "write_no_dumps",
]  # fmt: skip
