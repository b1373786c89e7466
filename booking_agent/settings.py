"""The settings of the booking agent."""

from __future__ import annotations

from contact_center.settings import Setting

SITES = Setting(
    "booking.sites", "sites", "Folder with a profile for each reservation site, absolute or relative to the settings file."
)
CONTACT = Setting(
    "booking.contact", "", "How the owner of a site reaches us; it stands in our browser's user agent (a mail address or page)."
)
AT_ONCE = Setting(
    "booking.at_once", 7, "Bookings that run at once on this machine; 0: none, another machine runs them.", least=0, most=64
)
LOOKS = Setting(
    "booking.looks", 1, "Whether this machine looks at the calendars of sites; 0: another machine does.", least=0, most=1
)
KEEP_DAYS = Setting(
    "booking.keep_days",
    40,
    "Days after which what a booking still keeps of a person is erased, number included.",
    least=1,
    most=400,
)
MEANS_DAYS = Setting(
    "booking.means_days",
    3,
    "Days after which what was needed for a booking only is erased, if it was not before.",
    least=1,
    most=30,
)
STAFF = Setting(
    "booking.staff",
    "",
    "File (TOML) with the cities' staff sign-ins for sites with `mailbox: staff`: user and password under the site's id; only the "
    "centre's user may read it.",
)
REHEARSAL_PORT = Setting(
    "booking.rehearsal_port",
    0,
    "Port of the practice city's sites on this machine, for demo and training; 0: none.",
    least=0,
    most=65535,
)
REHEARSAL_IMAP = Setting(
    "booking.rehearsal_imap_port", 0, "Port of its post office for reading (IMAP); 0: any.", least=0, most=65535
)
REHEARSAL_TOKEN = Setting("booking.rehearsal_token", "", "Opens its ledger and its switches.", secret=True)

BOOKING_SETTINGS = (
    SITES, CONTACT, AT_ONCE, LOOKS, KEEP_DAYS, MEANS_DAYS, STAFF, REHEARSAL_PORT, REHEARSAL_IMAP, REHEARSAL_TOKEN,
)  # fmt: skip
