"""What differs between Linux and Windows, one file each."""

import sys

if sys.platform == "win32":
    from kiosk_bridge.system.windows import chromium, is_alive, memory, power_off, start_with_pipes
else:
    from kiosk_bridge.system.linux import chromium, is_alive, memory, power_off, start_with_pipes

__all__ = ["chromium", "is_alive", "memory", "power_off", "start_with_pipes"]
