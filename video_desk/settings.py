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
ASK_DAYS = Setting(
    "desk.ask_days",
    7,
    "Days after which what the city was asked about a resident is erased, if it was not before.",
    least=1,
    most=30,
)
FOLLOW_DAYS = Setting(
    "desk.follow_days", 90, "Days for which name and telephone number are kept, with consent, until an application is accepted.",
    least=1, most=400,
)  # fmt: skip
HELPED_DAYS = Setting("desk.helped_days", 60, "Days for which the city's list of persons helped is kept.", least=1, most=800)
SPEECH_URL = Setting(
    "desk.speech_url", "", "Base URL of an OpenAI-compatible endpoint that writes down what is said; empty: no captions.",
    pattern=r"|https?://\S+",
)  # fmt: skip
SPEECH_KEY = Setting("desk.speech_key", "", "Key of that endpoint.", secret=True)
SPEECH_MODEL = Setting("desk.speech_model", "", "Name of its model.")
SPEECH_COUNTRY = Setting("desk.speech_country", "", "Country in which it computes (ISO 3166-1), as declared.")
SPEECH_RETENTION = Setting("desk.speech_retention", "", "How long its provider keeps what it is sent, in words for residents.")
TRANSLATION_URL = Setting(
    "desk.translation_url", "", "Base URL of an OpenAI-compatible endpoint that translates; empty: no captions.",
    pattern=r"|https?://\S+",
)  # fmt: skip
TRANSLATION_KEY = Setting("desk.translation_key", "", "Key of that endpoint.", secret=True)
TRANSLATION_MODEL = Setting("desk.translation_model", "", "Name of its model.")
TRANSLATION_COUNTRY = Setting("desk.translation_country", "", "Country in which it computes (ISO 3166-1), as declared.")
TRANSLATION_RETENTION = Setting(
    "desk.translation_retention", "", "How long its provider keeps what it is sent, in words for residents."
)
INTERPRETER_ABROAD = Setting(
    "desk.interpreter_abroad", "", "Cities (ids, separated by commas) that allow endpoints outside Japan; every other refuses them."
)
FAKE_INTERPRETER_PORT = Setting(
    "desk.fake_interpreter_port", 0, "Port of the practice interpreter for demo and training on this machine; 0: none.",
    least=0, most=65535,
)  # fmt: skip
GLOSSARY = Setting(
    "desk.glossary",
    "",
    "A file with the city's own terms for captions (TOML), absolute or relative to the settings file; empty: none.",
)
SIGNED_IN = Setting(
    "desk.signed_in", "form[action*=logout], a[href*=logout], [data-signed-in]",
    "CSS selector of what stands on Mynaportal's pages as long as somebody is signed in.",
)  # fmt: skip
REHEARSAL_PORT = Setting(
    "desk.rehearsal_port", 0, "Port of the practice application site and Mynaportal; 0: they do not run.", least=0, most=65535
)
REHEARSAL_SECOND_PORT = Setting(
    "desk.rehearsal_second_port", 0, "Port of the practice card software, which is another origin.", least=0, most=65535
)
REHEARSAL_TOKEN = Setting("desk.rehearsal_token", "", "Opens the back door of the practice sites to the trainer.", secret=True)

DESK_SETTINGS = (
    PROCEDURES, APPLICATION_START, APPLICATION_HOSTS, PORTAL_START, PORTAL_HOSTS, SECRET_FIELDS, EMPLOYER, ABSENT_AFTER,
    ABSENT_WITHIN, KEEP_DAYS, ASK_DAYS, FOLLOW_DAYS, HELPED_DAYS, SIGNED_IN, GLOSSARY, SPEECH_URL, SPEECH_KEY, SPEECH_MODEL,
    SPEECH_COUNTRY, SPEECH_RETENTION, TRANSLATION_URL, TRANSLATION_KEY, TRANSLATION_MODEL, TRANSLATION_COUNTRY,
    TRANSLATION_RETENTION, INTERPRETER_ABROAD, FAKE_INTERPRETER_PORT, REHEARSAL_PORT, REHEARSAL_SECOND_PORT, REHEARSAL_TOKEN,
)  # fmt: skip
