"""What the sample adds: a page, a panel, a hub message, an event, a reaction, a task, a command, a setting, a permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from contact_center.events import Event
from contact_center.features import Command, Feature, HubHandler, Panel, Permission, Reaction, Task
from contact_center.messages import Message
from contact_center.settings import Setting

GREETING = Setting("sample.greeting", "こんにちは", "What the sample says.")


@dataclass(frozen=True, kw_only=True)
class SampleAsked(Event):
    """Somebody has asked the sample."""

    question: str


@dataclass(frozen=True, kw_only=True)
class Ask(Message):
    """A question to the sample."""

    TYPE: ClassVar[str] = "sample.ask"
    question: str


feature = Feature(
    name="sample",
    title="見本",
    settings=(GREETING,),
    permissions=(Permission("sample.ask", "Ask the sample", ("agent",)),),
    events=(SampleAsked,),
    blueprint="sample.web:blueprint",
    panels=(Panel("sample", "見本", "/sample/panel", "/static/sample/panel.js", "main", "s", "sample.ask"),),
    hub_handlers=(HubHandler(Ask, "sample.ask", "sample.work:ask"),),
    reactions=(Reaction(SampleAsked, "sample.work:react"),),
    tasks=(Task("sample.tick", "sample.ask", "sample.work:tick", every=1.0),),
    commands=(Command("sample", "operator", "sample.work:command"),),
)
