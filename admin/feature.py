"""What the office adds to the house: people and rights, devices, the record of acts."""

from __future__ import annotations

from contact_center.features import Door, Feature

feature = Feature(
    name="admin",
    title="管理",
    blueprint="admin.views:blueprint",
    doors=(
        Door("人と権限", "/office/people", "admin.people", 80, begins=False),
        Door("機器", "/office/devices", "admin.people", 81, begins=False),
        Door("操作の記録", "/office/audit", "audit.read", 85, begins=False),
    ),
)
