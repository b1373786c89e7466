"""The office's regular work."""

from __future__ import annotations

from admin.backup.backups import Backups
from admin.erasure.service import Erasures
from contact_center.house import House


def back_up(house: House, _id: int | None) -> None:
    """Make today's backup once its time has come, and erase those that are past their days."""
    backups = Backups(house)
    if backups.due():
        backups.make("worker")
    backups.erase_old()


def destroy_keys(house: House, _id: int | None) -> None:
    """Destroy yesterday's keys of what was erased yesterday."""
    Erasures(house).destroy_keys()


def mirror_keys(house: House, _id: int | None) -> None:
    """Let the keys' second place follow: what was erased here is erased there within minutes."""
    Backups(house).mirror_keys()
