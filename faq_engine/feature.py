"""The FAQ engine, as the house sees it."""

from __future__ import annotations

from contact_center.features import Command, Feature

feature = Feature(
    name="faq_engine",
    title="FAQ",
    commands=(Command("faq", "operator", "admin.cli.faq:faq"),),
)
