"""The booking agent, as the house sees it."""

from __future__ import annotations

from booking_agent.events import BOOKING_EVENTS
from booking_agent.model import OWNER
from booking_agent.profiles import FIELDS
from booking_agent.settings import AT_ONCE, BOOKING_SETTINGS, KEEP_DAYS, LOOKS, MEANS_DAYS
from contact_center.features import (
    Command,
    DemoScene,
    Door,
    Feature,
    HealthCheck,
    Panel,
    PersonalData,
    Queue,
    ReportSection,
    Task,
)

_PURPOSE = "予約サイトでの予約・変更・取消の代行"

feature = Feature(
    name="booking_agent",
    title="予約",
    settings=BOOKING_SETTINGS,
    events=BOOKING_EVENTS,
    blueprint="booking_agent.web:blueprint",
    doors=(Door("予約の手続き", "/booking/cases", "supervise.join", 65, begins=False),),
    panels=(Panel("booking", "予約", "/booking/panel", "/static/bundle/booking.js", "main", "y", "booking.run", position=20),),
    tasks=(
        Task("booking.conduct", "booking.run", "booking_agent.tasks:conduct", queue="bookings"),
        Task("booking.look", "booking.run", "booking_agent.tasks:look", queue="looks"),
        Task("booking.check", "booking.run", "booking_agent.tasks:check", every=1800.0, queue="bookings"),
        Task("booking.sweep", "booking.run", "booking_agent.tasks:sweep", every=5.0),
        Task("booking.tidy", "booking.run", "booking_agent.tasks:tidy", every=60.0, queue="bookings"),
    ),
    queues=(
        Queue("bookings", AT_ONCE, 50, "booking_agent.tasks:warm_up", "booking_agent.service:has_sites"),
        Queue("looks", LOOKS, 200, "booking_agent.tasks:warm_up", "booking_agent.service:has_sites"),
    ),
    commands=(Command("booking", "operator", "admin.cli.booking:booking"),),
    health=(HealthCheck("booking", "booking_agent.health:check"),),
    personal_data=(
        *(PersonalData(OWNER, field.name, _PURPOSE, MEANS_DAYS, "責任者") for field in FIELDS.values() if field.name != "number"),
        PersonalData(OWNER, "picture", "予約サイトで進めなくなった原因の確認（値は塗りつぶし）", MEANS_DAYS, "責任者"),
        PersonalData(OWNER, "visit", "予約サイトで確保した枠の引き継ぎ", MEANS_DAYS, "責任者"),
        PersonalData(OWNER, "number", "予約番号の案内と、変更・取消", KEEP_DAYS, "責任者"),
        PersonalData(OWNER, "shown", "予約サイトに出た内容の読み上げと証明", KEEP_DAYS, "責任者"),
    ),
    demo_scenes=(DemoScene("booking", "市の予約サイトで受け取りを予約する", 30, "booking_agent.demo:play"),),
    demo_settings="booking_agent.demo:settings",
    processes="booking_agent.rehearsal:processes",
    service="booking_agent.service:Bookings",
    board="booking_agent.service:board",
    migrations="booking_agent.migrations",
    report_sections=(ReportSection("bookings", "⑥ 予約", "booking_agent.reports:section"),),
    owners="booking_agent.persons:owners",
)
