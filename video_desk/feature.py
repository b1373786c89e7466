"""The remote counter, as the house sees it."""

from __future__ import annotations

from contact_center.events.catalogue import (
    ContactAnswered,
    ContactArrived,
    ContactClosed,
    ContactMoved,
    ContactOffered,
    ContactQueued,
    ContactUnserved,
    ContactWrapping,
    HoursChanged,
)
from contact_center.features import DemoScene, Door, Feature, HealthCheck, HubHandler, Panel, Reaction, Task
from video_desk import messages as m
from video_desk.events import DESK_EVENTS, DeskMoved
from video_desk.settings import DESK_SETTINGS

_HUB = "video_desk.handlers:"

feature = Feature(
    name="video_desk",
    title="窓口",
    settings=DESK_SETTINGS,
    events=DESK_EVENTS,
    blueprint="video_desk.web:blueprint",
    panels=(Panel("desk", "窓口", "/desk/panel", "/static/bundle/desk.js", "main", "z", "desk.control", position=30),),
    hub_handlers=(
        HubHandler(m.AskCounter, "device", _HUB + "counter"),
        HubHandler(m.BeginSession, "device", _HUB + "begin"),
        HubHandler(m.AskSession, "device", _HUB + "ask_session"),
        HubHandler(m.AskCode, "device", _HUB + "ask_code"),
        HubHandler(m.TellControl, "device", _HUB + "control"),
        HubHandler(m.EndSession, "device", _HUB + "end"),
        HubHandler(m.TellWiped, "device", _HUB + "wiped"),
        HubHandler(m.ReportKiosk, "device", _HUB + "report"),
        HubHandler(m.OpenDesk, "desk.control", _HUB + "open_desk"),
        HubHandler(m.TakeCode, "desk.control", _HUB + "take_code"),
        HubHandler(m.DoneStep, "desk.control", _HUB + "step"),
        HubHandler(m.SayOutcome, "desk.control", _HUB + "outcome"),
    ),
    reactions=(Reaction(ContactArrived, "video_desk.reactions:contact_arrived"),),
    hub_reactions=(
        *(
            Reaction(event, _HUB + "contact_changed")
            for event in (
                ContactArrived, ContactQueued, ContactOffered, ContactAnswered, ContactMoved, ContactWrapping, ContactClosed,
                ContactUnserved, DeskMoved,
            )
        ),
        Reaction(HoursChanged, _HUB + "hours_changed"),
    ),
    doors=(Door("窓口の端末", "/desk/counters", "contact.correct", 67, begins=False),),
    health=(HealthCheck("counters", "video_desk.health:check"),),
    tasks=(Task("desk.tidy", "desk.control", "video_desk.tasks:tidy", every=3600.0),),
    demo_scenes=(DemoScene("counter", "窓口の端末でカードを申し込む", 40, "admin.demo.kiosk:play"),),
    processes="video_desk.rehearsal:processes",
    demo_settings="video_desk.rehearsal:demo_settings",
    service="video_desk.service:VideoDesk",
    board="video_desk.service:board",
    migrations="video_desk.migrations",
)  # fmt: skip
