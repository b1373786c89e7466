"""The settings of the remote counter."""

from __future__ import annotations

from contact_center.settings import Setting

PROCEDURES = Setting(
    "desk.procedures", "", "A file with further or other procedures (TOML), absolute or relative to the settings file; empty: none."
)
APPLICATION_START = Setting(
    "desk.application_start", "", "First page of the card application site; empty: the practice site, where one runs."
)
APPLICATION_HOSTS = Setting(
    "desk.application_hosts",
    "",
    "Hosts to which the application site's pages may go, separated by commas; empty: that of its first page.",
)
PORTAL_START = Setting("desk.portal_start", "", "First page of Mynaportal; empty: the practice site, where one runs.")
PORTAL_HOSTS = Setting(
    "desk.portal_hosts", "", "Hosts to which Mynaportal's pages may go, separated by commas; empty: that of its first page."
)
SECRET_FIELDS = Setting("desk.secret_fields", "", "CSS selector of further fields that only residents may see and fill in.")
EMPLOYER = Setting(
    "desk.employer", "", "What residents are told for whom the operator works; empty: 委託事業者の職員, in their language."
)
ABSENT_AFTER = Setting(
    "desk.absent_after", 180, "Seconds without a touch, while no operator is there, after which a kiosk asks whether anybody is.",
    least=20, most=3600,
)  # fmt: skip
ABSENT_WITHIN = Setting(
    "desk.absent_within", 30, "Seconds in which somebody must then touch it, or the session ends.", least=5, most=300
)
KEEP_DAYS = Setting("desk.keep_days", 400, "Days for which sessions without any person's data are kept.", least=31, most=4000)
REHEARSAL_PORT = Setting(
    "desk.rehearsal_port", 0, "Port of the practice application site and Mynaportal; 0: they do not run.", least=0, most=65535
)
REHEARSAL_SECOND_PORT = Setting(
    "desk.rehearsal_second_port", 0, "Port of the practice card software, which is another origin.", least=0, most=65535
)
REHEARSAL_TOKEN = Setting("desk.rehearsal_token", "", "Opens the back door of the practice sites to the trainer.", secret=True)

DESK_SETTINGS = (
    PROCEDURES, APPLICATION_START, APPLICATION_HOSTS, PORTAL_START, PORTAL_HOSTS, SECRET_FIELDS, EMPLOYER, ABSENT_AFTER,
    ABSENT_WITHIN, KEEP_DAYS, REHEARSAL_PORT, REHEARSAL_SECOND_PORT, REHEARSAL_TOKEN,
)  # fmt: skip
