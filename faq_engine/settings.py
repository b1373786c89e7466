"""The settings of the FAQ."""

from __future__ import annotations

from contact_center.settings import Setting
from faq_engine.search import ENGINES

ENGINE = Setting("faq.engine", ENGINES[0], "Which engine ranks the articles.", choices=ENGINES)
EXPIRY_NOTICE = Setting(
    "faq.expiry_notice", 30, "So many days before an article's time is over its owner is asked (days).", least=1, most=365
)

FAQ_SETTINGS = (ENGINE, EXPIRY_NOTICE)
