"""Settings of the office."""

from __future__ import annotations

from contact_center.settings import Setting

BACKUPS_FOLDER = Setting(
    "backups.folder", "", "Folder for the daily backups, on another disk or machine; empty: in the home folder."
)
BACKUPS_KEYS = Setting(
    "backups.keys", "", "Folder on a third place for copies of the keys, apart from the backups; empty: no copy is kept."
)
BACKUPS_AT = Setting(
    "backups.at", "03:00", "When the daily backup is made (HH:MM, Japanese time).", pattern=r"([01]\d|2[0-3]):[0-5]\d"
)
BACKUPS_DAYS = Setting(
    "backups.days", 14, "Days after which a backup is erased: its key destroyed, its file deleted.", least=1, most=3650
)
REPORTS_FORMS = Setting(
    "reports.forms",
    "",
    "Folder with cities' own forms for the monthly report, <city>.xlsx, filled by named cells; empty: none.",
)

OFFICE_SETTINGS = (BACKUPS_FOLDER, BACKUPS_KEYS, BACKUPS_AT, BACKUPS_DAYS, REPORTS_FORMS)
