"""The settings of the FAQ."""

from __future__ import annotations

from contact_center.settings import Setting
from faq_engine.search import ENGINES

ENGINE = Setting("faq.engine", ENGINES[0], "Which engine ranks the articles.", choices=ENGINES)
EXPIRY_NOTICE = Setting(
    "faq.expiry_notice", 30, "So many days before an article's time is over its owner is asked (days).", least=1, most=365
)

DRAFT_URL = Setting(
    "faq.draft_url", "", "Base URL of an OpenAI-compatible endpoint that writes drafts; empty: no drafts.", pattern=r"|https?://\S+"
)
DRAFT_KEY = Setting("faq.draft_key", "", "Key of that endpoint.", secret=True)
DRAFT_MODEL = Setting("faq.draft_model", "", "Name of its model.")
DRAFT_COUNTRY = Setting(
    "faq.draft_country", "", "Country in which it computes, in two letters (ISO 3166-1), as its provider declares."
)
DRAFT_RETENTION = Setting("faq.draft_retention", "", "How long its provider keeps what it is sent, in the provider's words.")
DRAFT_TIMEOUT = Setting("faq.draft_timeout", 15, "A draft that takes longer is given up (seconds).", least=1, most=120)
DRAFT_ABROAD = Setting(
    "faq.draft_abroad", "", "Cities (ids, separated by commas) that allow an endpoint outside Japan; every other refuses it."
)
FAKE_MODEL_PORT = Setting(
    "faq.fake_model_port", 0, "Port of the quoting model for demo and training on this machine; 0: none.", least=0, most=65535
)

FAQ_SETTINGS = (
    ENGINE, EXPIRY_NOTICE, DRAFT_URL, DRAFT_KEY, DRAFT_MODEL, DRAFT_COUNTRY, DRAFT_RETENTION, DRAFT_TIMEOUT, DRAFT_ABROAD,
    FAKE_MODEL_PORT,
)  # fmt: skip
