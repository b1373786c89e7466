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
    DeviceChanged,
    HoursChanged,
)
from contact_center.features import (
    Awaiting,
    DemoScene,
    Door,
    Feature,
    HealthCheck,
    HubHandler,
    Panel,
    Permission,
    PersonalData,
    Reaction,
    ReportSection,
    Task,
)
from video_desk import messages as m
from video_desk.events import DESK_EVENTS, CityAnswered, DeskMoved
from video_desk.model import ASK, FIELDS, FOLLOW_UP, HELPED, ID, KEPT
from video_desk.settings import ASK_DAYS, DESK_SETTINGS, FOLLOW_DAYS, HELPED_DAYS

_HUB = "video_desk.handlers:"

feature = Feature(
    name="video_desk",
    title="窓口",
    settings=DESK_SETTINGS,
    events=DESK_EVENTS,
    permissions=(
        Permission(
            "desk.follow", "See and follow what waits of the counters: asked ids, applications whose outcome comes later",
            ("agent", "supervisor", "city_staff", "auditor"),
        ),
    ),
    blueprint="video_desk.web:blueprint",
    panels=(Panel("desk", "窓口", "/desk/panel", "/static/bundle/desk.js", "main", "z", "desk.control", position=30),),
    hub_handlers=(
        HubHandler(m.AskCounter, "device", _HUB + "counter"),
        HubHandler(m.BeginSession, "device", _HUB + "begin"),
        HubHandler(m.AskSession, "device", _HUB + "ask_session"),
        HubHandler(m.AskCode, "device", _HUB + "ask_code"),
        HubHandler(m.TellControl, "device", _HUB + "control"),
        HubHandler(m.TellMet, "device", _HUB + "met"),
        HubHandler(m.TellInterpreter, "device", _HUB + "interpreter"),
        HubHandler(m.EndSession, "device", _HUB + "end"),
        HubHandler(m.TellWiped, "device", _HUB + "wiped"),
        HubHandler(m.ReportKiosk, "device", _HUB + "report"),
        HubHandler(m.OpenDesk, "desk.control", _HUB + "open_desk"),
        HubHandler(m.Diagnose, "contact.correct", _HUB + "diagnose", anywhere=True),
        HubHandler(m.SetPower, "contact.correct", _HUB + "power", anywhere=True),
        HubHandler(m.TakeCode, "desk.control", _HUB + "take_code"),
        HubHandler(m.DoneStep, "desk.control", _HUB + "step"),
        HubHandler(m.SayFact, "desk.control", _HUB + "fact"),
        HubHandler(m.AskCity, "desk.control", _HUB + "ask_city"),
        HubHandler(m.TakeDigits, "desk.control", _HUB + "digits"),
        HubHandler(m.Follow, "desk.control", _HUB + "follow"),
        HubHandler(m.LookForMail, "desk.control", _HUB + "mail", slow=True),
        HubHandler(m.ListHelped, "desk.control", _HUB + "list_helped"),
        HubHandler(m.SayOutcome, "desk.control", _HUB + "outcome"),
    ),
    reactions=(
        Reaction(ContactArrived, "video_desk.reactions:contact_arrived"),
        Reaction(DeviceChanged, "video_desk.reactions:device_changed"),
    ),
    hub_reactions=(
        *(
            Reaction(event, _HUB + "contact_changed")
            for event in (
                ContactArrived, ContactQueued, ContactOffered, ContactAnswered, ContactMoved, ContactWrapping, ContactClosed,
                ContactUnserved, DeskMoved, CityAnswered,
            )
        ),
        Reaction(HoursChanged, _HUB + "hours_changed"),
    ),
    doors=(
        Door("窓口の照会と名簿", "/desk/city", "desk.follow", 66, begins=False),
        Door("窓口の端末", "/desk/counters", "contact.correct", 67, begins=False),
    ),
    personal_data=(
        *(PersonalData(ASK, one, "申請書IDの市への照会", ASK_DAYS, "責任者") for one in (*FIELDS, ID)),
        *(PersonalData(FOLLOW_UP, one, "不備があった申請の連絡（本人の同意）", FOLLOW_DAYS, "責任者") for one in KEPT),
        PersonalData(HELPED, "name", "支援した方の市への報告", HELPED_DAYS, "責任者"),
    ),
    awaiting=(Awaiting("asks", "申請書IDの照会", "video_desk.asks:waiting"),),
    health=(HealthCheck("counters", "video_desk.health:check"),),
    tasks=(
        Task("desk.tidy", "desk.control", "video_desk.tasks:tidy", every=3600.0),
        Task("desk.mails", "desk.control", "video_desk.tasks:mails", every=120.0),
    ),
    demo_scenes=(DemoScene("counter", "窓口の端末でカードを申し込み、口座を登録する", 40, "admin.demo.counter:play"),),
    processes="video_desk.rehearsal:processes",
    demo_settings="video_desk.rehearsal:demo_settings",
    service="video_desk.service:VideoDesk",
    board="video_desk.service:board",
    migrations="video_desk.migrations",
    report_sections=(ReportSection("counters", "⑦ 窓口の支援", "video_desk.reports:section"),),
    owners="video_desk.persons:owners",
)  # fmt: skip
