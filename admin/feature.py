"""What the office adds to the house: people and rights, devices, the record of acts, backups, reports."""

from __future__ import annotations

from admin.settings import OFFICE_SETTINGS
from contact_center.features import Door, Feature, HealthCheck, Task

feature = Feature(
    name="admin",
    title="管理",
    blueprint="admin.views:blueprint",
    settings=OFFICE_SETTINGS,
    tasks=(
        Task("office.back_up", "admin.restore", "admin.chores:back_up", every=300.0),
        Task("office.destroy_keys", "admin.erase", "admin.chores:destroy_keys", every=300.0),
        Task("office.mirror_keys", "admin.restore", "admin.chores:mirror_keys", every=300.0),
    ),
    health=(HealthCheck("backups", "admin.backup.health:check"),),
    migrations="admin.migrations",
    doors=(
        Door("人と権限", "/office/people", "admin.people", 80, begins=False),
        Door("機器", "/office/devices", "admin.people", 81, begins=False),
        Door("報告書", "/office/reports", "city.view", 70, begins=False),
        Door("個人情報の台帳", "/office/register", "admin.erase", 82, begins=False),
        Door("消去", "/office/erasures", "admin.erase", 83, begins=False),
        Door("バックアップ", "/office/backups", "admin.restore", 84, begins=False),
        Door("操作の記録", "/office/audit", "audit.read", 85, begins=False),
    ),
)
