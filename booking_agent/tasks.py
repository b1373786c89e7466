"""The tasks of the workers. Each is given the id of a row; the row says what is to be done, and whether it still is."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import or_, select

from booking_agent import service
from booking_agent.checking import check_site
from booking_agent.conduct import conduct as conduct_intent
from booking_agent.driver.mailbox import desk_mailbox
from booking_agent.driver.trouble import Trouble
from booking_agent.looks import look as look_at
from booking_agent.model import DONE, OPEN, OWNER, Intent, SiteCheck, State
from booking_agent.profiles import FIELDS
from booking_agent.record import LOST_AFTER
from contact_center.clock import day_of
from contact_center.house import House
from contact_center.personal import Owner

CHECK_HOUR = 6
TIDY_AT_ONCE = 50
MEANS_MINUTES = 20
"""So long what was given for a booking that did not come about stays, so that another slot can be tried at once."""


def warm_up(house: House) -> None:
    """Start the browser of this process, so that nobody's first booking waits for it."""
    with suppress(Trouble):
        service.of(house).chromium.warm()


def conduct(house: House, id: int | None) -> None:
    """Conduct an intent."""
    if id is not None:
        bookings = service.of(house)
        conduct_intent(house, bookings, id, f"{socket.gethostname()}:{os.getpid()}:{house.clock.monotonic():.3f}")


def look(house: House, id: int | None) -> None:
    """Look at a site's calendar for all who ask."""
    if id is not None:
        look_at(house, service.of(house), id)


def check(house: House, _id: int | None) -> None:
    """Once a morning: does each site still look as its profile says? No person's data is used, and nothing is booked."""
    now, bookings = house.clock.now(), service.of(house)
    if now.hour < CHECK_HOUR:
        return
    for profile in bookings.profiles.all():
        with house.database.reading() as session:
            row = session.get(SiteCheck, profile.site)
            if profile.by != "web" or (row is not None and day_of(row.at) == day_of(now)):
                continue
        report = check_site(bookings.chromium, profile, house.clock, {})
        with house.database.session_scope() as session:
            row = session.get(SiteCheck, profile.site)
            changed = row is not None and row.fingerprint != report.fingerprint
            row = row or SiteCheck(site=profile.site)
            row.at, row.good, row.fingerprint = now, report.good, report.fingerprint
            row.finding = " ".join(report.lines)[:400] if not report.good else "画面の言葉が前回と変わりました。" if changed else ""
            session.add(row)


def sweep(house: House, _id: int | None) -> None:
    """Send again what was lost."""
    now = house.clock.now()
    lost = now - timedelta(seconds=LOST_AFTER)
    with house.database.session_scope() as session:
        open_ = select(Intent).where(Intent.state.in_(OPEN), Intent.handed_at.is_(None))
        wanted = open_.where(
            or_(Intent.alive_at < lost, Intent.alive_at.is_(None) & (Intent.created_at < now - timedelta(seconds=3)))
        )
        for row in session.scalars(wanted):
            house.jobs.send(session, service.CONDUCT, row.id)


def tidy(house: House, _id: int | None) -> None:
    """Erase what is not needed any more of what was given for a booking, its mails in the desk's mailbox included."""
    bookings, since = service.of(house), house.clock.now() - timedelta(minutes=MEANS_MINUTES)
    over = select(Intent.id).where(Intent.state.in_(DONE), Intent.means_erased.is_(False), Intent.ended_at < since)
    with house.database.reading() as session:
        ids = list(session.scalars(over.order_by(Intent.id).limit(TIDY_AT_ONCE)))
    for id in ids:
        box = desk_mailbox(house.settings, bookings.mail_address(id), house.clock)
        if box is not None and not box.clear():
            continue
        with house.database.session_scope() as session:
            row = session.get_one(Intent, id)
            if row.state != State.PROVED:
                house.vault.erase(session, Owner(OWNER, str(id)), tuple(FIELDS))
            row.means_erased = True
