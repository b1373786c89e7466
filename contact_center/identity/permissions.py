"""The names of rights and which roles hold them. What is not opened here is closed."""

from __future__ import annotations

from collections.abc import Iterable

from contact_center.errors import SettingsError
from contact_center.features import Permission

AGENT, SUPERVISOR, FAQ_EDITOR, CITY_STAFF, ADMINISTRATOR, AUDITOR = ROLES = (
    "agent", "supervisor", "faq_editor", "city_staff", "administrator", "auditor",
)  # fmt: skip

_DESK = (AGENT, SUPERVISOR)

KERNEL_PERMISSIONS: tuple[Permission, ...] = (
    Permission("contact.read", "See contacts without personal data", (*_DESK, CITY_STAFF, AUDITOR)),
    Permission("contact.personal", "See and write numbers and notes of contacts", _DESK),
    Permission("contact.correct", "Correct category and outcome afterwards", (SUPERVISOR,)),
    Permission("seat.use", "Sign in at a seat and take calls", _DESK),
    Permission("supervise.listen", "Listen to a seat", (SUPERVISOR,)),
    Permission("supervise.join", "Speak in a seat's call", (SUPERVISOR,)),
    Permission("supervise.close", "Close a line at once", (SUPERVISOR, ADMINISTRATOR)),
    Permission("faq.edit", "Edit FAQ articles", (SUPERVISOR, FAQ_EDITOR)),
    Permission("faq.confirm", "Confirm FAQ articles for the city", (CITY_STAFF,)),
    Permission("faq.withdraw", "Withdraw an article at once", (SUPERVISOR,)),
    Permission("booking.run", "Book on the city's site", _DESK),
    Permission("desk.control", "Work a kiosk's browser", _DESK),
    Permission("city.view", "See what concerns one's own city", (CITY_STAFF, SUPERVISOR, AUDITOR)),
    Permission("city.agree", "Agree to changes for the city", (CITY_STAFF,)),
    Permission("report.sign", "Sign reports off", (SUPERVISOR,)),
    Permission("audit.read", "Read the audit trail", (AUDITOR,)),
    Permission("admin.people", "Manage people and devices", (ADMINISTRATOR,)),
    Permission("admin.lines", "Manage lines, counters and calendars", (ADMINISTRATOR,)),
    Permission("admin.erase", "Erase personal data", (ADMINISTRATOR,)),
    Permission("admin.restore", "Restore from a backup", (ADMINISTRATOR,)),
)


class Rights:
    """The table of rights of this house: the kernel's and every feature's.

    :raises SettingsError: where a name is declared twice or names an unknown role.
    """

    def __init__(self, declared: Iterable[Permission]) -> None:
        self.permissions: dict[str, Permission] = {}
        for permission in declared:
            if permission.name in self.permissions or not set(permission.roles) <= set(ROLES):
                raise SettingsError("権限「%(name)s」が二重か、知らない役割を名指しています。", name=permission.name)
            self.permissions[permission.name] = permission

    def of(self, roles: Iterable[str]) -> frozenset[str]:
        """The names of all rights that these roles hold."""
        held = set(roles)
        return frozenset(p.name for p in self.permissions.values() if held & set(p.roles))
