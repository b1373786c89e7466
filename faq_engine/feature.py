"""The FAQ engine, as the house sees it."""

from __future__ import annotations

from contact_center.features import Command, DemoScene, Door, Feature, HealthCheck, HubHandler, Panel, Permission, ReportSection
from faq_engine import messages as m
from faq_engine.events import FaqAnnounced, FaqPublished, FaqUnanswered, FaqUsed, FaqWithdrawn
from faq_engine.settings import FAQ_SETTINGS

feature = Feature(
    name="faq_engine",
    title="FAQ",
    settings=FAQ_SETTINGS,
    permissions=(Permission("faq.review", "Review articles before the city confirms them", ("supervisor",)),),
    events=(FaqPublished, FaqWithdrawn, FaqAnnounced, FaqUsed, FaqUnanswered),
    blueprint="faq_engine.web:blueprint",
    doors=(
        Door("FAQの編集", "/faq/", "faq.edit", 80),
        Door("FAQの確認（市）", "/faq/city", "faq.confirm", 90),
        Door("資料", "/faq/documents", "contact.read", 100, begins=False),
    ),
    panels=(Panel("faq", "FAQ", "/faq/panel", "/static/bundle/faq.js", "main", "f", "seat.use", position=10),),
    hub_handlers=(
        HubHandler(m.OpenedArticle, "seat.use", "faq_engine.handlers:opened"),
        HubHandler(m.UsedArticle, "contact.personal", "faq_engine.handlers:used"),
        HubHandler(m.RemarkArticle, "seat.use", "faq_engine.handlers:remark"),
        HubHandler(m.AskDraft, "seat.use", "faq_engine.handlers:draft", slow=True),
    ),
    commands=(Command("faq", "operator", "admin.cli.faq:faq"),),
    health=(HealthCheck("faq", "faq_engine.health:check"),),
    demo_scenes=(DemoScene("faq-answer", "聞かれたことに、FAQから答える", 20, "faq_engine.demo:answer"),),
    demo_settings="faq_engine.demo:settings",
    processes="faq_engine.drafts.fake:processes",
    service="faq_engine.service:Faq",
    warm_up="faq_engine.service:warm_up",
    board="faq_engine.service:board",
    migrations="faq_engine.migrations",
    report_sections=(ReportSection("faq", "⑧ FAQ", "faq_engine.reports:section"),),
)
