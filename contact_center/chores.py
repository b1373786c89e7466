"""The kernel's own regular work, run by the worker."""

from __future__ import annotations

from contact_center.features import Task
from contact_center.house import House

KERNEL_TASKS = (
    Task("personal.erase_due", "admin.erase", "contact_center.chores:erase_due", every=3600.0),
    Task("identity.end_old", "admin.people", "contact_center.chores:end_old_sessions", every=60.0),
    Task("audit.checkpoint", "audit.read", "contact_center.chores:checkpoint", every=60.0),
    Task("reports.catch_up", "contact.read", "contact_center.chores:catch_up", every=60.0),
)


def erase_due(house: House, _id: int | None) -> None:
    """Erase personal values that have outlived their purpose."""
    while True:
        with house.database.session_scope() as session:
            erased = house.vault.erase_due(session)
            house.callbacks.forget_erased(session)
        if not erased:
            return


def end_old_sessions(house: House, _id: int | None) -> None:
    """End sessions past their limits; their seats are left by the switchboard."""
    house.sessions.end_old()


def checkpoint(house: House, _id: int | None) -> None:
    """Sign where the audit trail stands."""
    house.audit.checkpoint()


def catch_up(house: House, _id: int | None) -> None:
    """Fold new events into the figures, also when nobody looks at them."""
    house.fold.catch_up()
