"""What seats ask of the booking agent: sites and questions, slots, an intent and what is said to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from booking_agent.driver.chromium import Chromium
from booking_agent.events import BookingAsked, BookingMoved, BookingProved, BookingRefused
from booking_agent.japanese import birthday, read_date
from booking_agent.model import OPEN, OWNER, CalendarRow, Command, Intent, Lease, State, Traffic, Waits, What
from booking_agent.profiles import FIELDS, Profile, Profiles, wanted_fields
from booking_agent.record import NUMBER, PICTURE, SHOWN, end, keep_on_contact
from booking_agent.settings import CONTACT, REHEARSAL_PORT, SITES
from booking_agent.shape import shaped
from booking_agent.staff import check_means
from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.contacts import Contact
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.mailbox import address_of
from contact_center.personal import Owner, Personal
from contact_center.settings import Settings

FRESH = 15.0
"""Seconds for which what was seen of a calendar is good enough for the next who asks."""

TIMES_GOOD = timedelta(seconds=60)
"""For so long the times of a day are shown, while the next look is under way."""

CONDUCT, LOOK = "booking.conduct", "booking.look"
KINDS = ("day", "choose", "yes", "no", "code", "stop")


class Bookings:
    """The booking agent of one process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._clock = house.clock
        self.profiles = Profiles(folder(house.settings))
        self.chromium = Chromium(house.settings[CONTACT])

    # -- sites and questions ------------------------------------------------------------------------------------------

    def sites(self, city: str) -> list[Profile]:
        """The reservation sites of a city."""
        return self.profiles.of_city(city)

    def fields(self, profile: Profile, what: str, flags: set[str]) -> list[str]:
        """What is to be asked of the person, in the order of asking."""
        return [field.name for field in wanted_fields(profile, what, flags)]

    # -- slots --------------------------------------------------------------------------------------------------------

    def slots(self, session: Session, site: str, counter: str, people: int, day: date | None = None) -> CalendarRow:
        """What is known of a site's free slots; where that is old, or nothing of a day yet, the look-lane is sent.

        :param day: of which the times are wanted.
        """
        profile = self.profiles.get(site)
        row = self._calendar(session, profile, counter, people)
        now = self._clock.now()
        old = row.seen_at is None or (now - row.seen_at).total_seconds() > FRESH
        missing = day is not None and str(day) not in row.times(now - timedelta(seconds=FRESH))
        asked = (
            row.asked_at is not None and (now - row.asked_at).total_seconds() < FRESH and (not missing or row.asked_day == str(day))
        )
        if profile.look and (old or missing) and not asked:
            row.asked_at, row.asked_day = now, str(day) if day else ""
            session.flush()
            self._house.jobs.send(session, LOOK, row.id)
        return row

    def _calendar(self, session: Session, profile: Profile, counter: str, people: int) -> CalendarRow:
        counter = counter or (profile.counters[0] if profile.counters else "")
        if profile.counters and counter not in profile.counters:
            raise BadInput("その窓口はこのサイトにありません。")
        if not 1 <= people <= profile.most:
            raise BadInput("一度に予約できる人数は%(most)s人までです。", most=profile.most)
        wanted = select(CalendarRow).where(CalendarRow.site == profile.site, CalendarRow.counter == counter)
        row = session.scalar(wanted.where(CalendarRow.people == people, CalendarRow.intent_id == 0))
        if row is None:
            row = CalendarRow(
                site=profile.site, counter=counter, people=people, days=[], seen_times={}, asked_day="", reason="", intent_id=0
            )
            session.add(row)
        return row

    def taken_by_us(self, session: Session, site: str) -> set[str]:
        """The slots of a site on which another of our seats works just now."""
        return set(session.scalars(select(Lease.key).where(Lease.site == site, Lease.kind == "slot")))

    def may_look(self, session: Session, profile: Profile, share: float = 1.0) -> bool:
        """Whether the budget of requests that the site's owner allows us has room.

        :param share: the part of it up to which looking is allowed: bookings go first.
        """
        since = self._clock.now() - timedelta(seconds=profile.budget.seconds)
        made = session.scalar(select(func.sum(Traffic.requests)).where(Traffic.site == profile.site, Traffic.at >= since)) or 0
        return made < profile.budget.requests * share

    # -- intents ------------------------------------------------------------------------------------------------------

    def plan(
        self, session: Session, actor: Actor, *, site: str, what: str, contact: int | None, flags: list[str], bring: list[str],
        people: int, counter: str, values: Mapping[str, str], day: str = "", start: str = "", end: str = "",
    ) -> Intent:  # fmt: skip
        """Write down what is wanted; a conductor takes it up at once.

        :raises BadInput: naming what is missing or cannot be right; nothing was written.
        """
        profile = self.profiles.get(site)
        actor.require("booking.run", profile.city)
        if profile.by != "web" or what not in dict(profile.flows()):
            raise BadInput("このサイトではその手続きができません。%(instead)s", instead=profile.instead)
        check_means(self._house.settings, profile)
        self._check_contact(session, actor, contact)
        self._calendar_check(profile, counter, people)
        known = set(flags) | ({"many"} if people > 1 else set())
        given = self._given(profile, what, known, values)
        now = self._clock.now()
        row = Intent(
            contact_id=contact, city=profile.city, site=site, what=What(what), person_id=actor.person, state=State.PLANNED, step="",
            waits=Waits.NOTHING, created_at=now, changed_at=now, flags=sorted(known), bring=bring, people=people, counter=counter,
            booked="no", reason="", trouble={}, proof="", conductor="", tries=0, means_erased=False,
        )  # fmt: skip
        if day and start:
            row.day, row.start, row.end = (
                date.fromisoformat(day),
                time.fromisoformat(start),
                time.fromisoformat(end) if end else None,
            )
            self._check_window(profile, row.day)
        session.add(row)
        session.flush()
        self._house.audit.record(Act(actor.word, "booking.personal.enter", f"booking:{row.id}", {}))
        for name, text in given.items():
            self._house.vault.put(session, Owner(OWNER, str(row.id)), name, Personal(text))
        self._tell(session, BookingAsked(city=row.city, contact=contact, actor=actor.word, intent=row.id, site=site, what=what))
        self._house.jobs.send(session, CONDUCT, row.id)
        return row

    def _check_contact(self, session: Session, actor: Actor, contact: int | None) -> None:
        if contact is not None:
            row = session.get(Contact, contact)
            if row is None or not actor.serves(row.city_id):
                raise NotFound("その応対は見つかりません。")

    def _calendar_check(self, profile: Profile, counter: str, people: int) -> None:
        if profile.counters and counter not in profile.counters:
            raise BadInput("窓口を選んでください。")
        if not 1 <= people <= profile.most:
            raise BadInput("一度に予約できる人数は%(most)s人までです。", most=profile.most)

    def _check_window(self, profile: Profile, day: date) -> None:
        today = day_of(self._clock.now())
        ahead = (day - today).days
        if not profile.window.first <= ahead <= profile.window.last:
            raise BadInput(
                "その日はまだ予約できないか、もう予約できません（%(first)s日後から%(last)s日後まで）。",
                first=profile.window.first, last=profile.window.last,
            )  # fmt: skip

    def _given(self, profile: Profile, what: str, flags: set[str], values: Mapping[str, str]) -> dict[str, str]:
        given = {}
        for name in self.fields(profile, what, flags):
            given[name] = shaped(name, values.get(name, ""), day_of(self._clock.now()))
        return given

    def again(self, session: Session, actor: Actor, id: int, day: str = "", start: str = "", end: str = "") -> Intent:
        """Begin once more with what was given, for another slot: where the first was taken, or the site was away."""
        row = self._of(session, actor, id)
        if row.state not in (State.REFUSED, State.FAILED):
            raise Conflict("この手続きはまだ終わっていません。")
        values = self._values(session, row)
        if not values:
            raise Conflict("入力した内容はもう消去されています。もう一度入力してください。")
        return self.plan(
            session, actor, site=row.site, what=row.what, contact=row.contact_id, flags=[f for f in row.flags if f != "many"],
            bring=row.bring, people=row.people, counter=row.counter, values=values, day=day, start=start, end=end,
        )  # fmt: skip

    def _values(self, session: Session, row: Intent) -> dict[str, str]:
        found = {name: self._house.vault.get(session, Owner(OWNER, str(row.id)), name) for name in FIELDS}
        return {name: value.reveal() for name, value in found.items() if value is not None}

    def say(self, session: Session, actor: Actor, id: int, kind: str, data: Mapping[str, Any]) -> Intent:
        """Say something to the conductor.

        :raises Conflict: where it is not waiting for that.
        """
        row = self._of(session, actor, id)
        if kind not in KINDS:
            raise BadInput("その操作はありません。")
        asked = {"day": Waits.SLOT, "choose": Waits.SLOT, "yes": Waits.YES, "no": Waits.YES, "code": Waits.CODE}.get(kind)
        if row.state not in OPEN or (asked is not None and row.waits != asked) or (kind == "stop" and row.committed_at is not None):
            raise Conflict("手続きが先へ進んでいます。画面を見て、もう一度選んでください。")
        now = self._clock.now()
        session.add(Command(intent_id=id, kind=kind, data=self._checked(row, kind, data), at=now, actor=actor.word))
        if kind != "stop":
            row.waits = Waits.NOTHING
        self._tell(session, BookingMoved(city=row.city, contact=row.contact_id, actor=actor.word, intent=id))
        return row

    def _checked(self, row: Intent, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if kind in ("day", "choose"):
            day = date.fromisoformat(str(data.get("day", "")))
            self._check_window(self.profiles.get(row.site), day)
            times = {name: str(data.get(name, "")) for name in ("start", "end")} if kind == "choose" else {}
            return {"day": str(day), **times}
        return {"code": str(data.get("code", "")).strip()[:20]} if kind == "code" else {}

    def settle(self, session: Session, actor: Actor, id: int, booked: bool, number: str) -> None:
        """Somebody has found out, by telephone with the city, whether it was booked."""
        row = self._of(session, actor, id)
        if row.waits != Waits.PERSON:
            raise Conflict("この手続きは人の確認を待っていません。")
        row.state, row.booked, row.proof = (State.PROVED, "yes", "person") if booked else (State.FAILED, "no", "person")
        if number.strip():
            self._house.vault.put(session, Owner(OWNER, str(id)), NUMBER, Personal(number.strip()[:40]))
        end(self._house, session, row)
        if booked:
            keep_on_contact(self._house, session, row)
            self._tell(
                session,
                BookingProved(city=row.city, contact=row.contact_id, actor=actor.word, intent=id, what=row.what, proof="person"),
            )
        else:
            self._tell(
                session, BookingRefused(city=row.city, contact=row.contact_id, actor=actor.word, intent=id, reason=row.reason)
            )

    # -- looking at them ----------------------------------------------------------------------------------------------

    def _of(self, session: Session, actor: Actor, id: int) -> Intent:
        row = session.get(Intent, id)
        if row is None or not actor.serves(row.city):
            raise NotFound("その手続きはありません。")
        actor.require("booking.run", row.city)
        if row.person_id != actor.person and "supervise.join" not in actor.rights:
            raise NotFound("その手続きはありません。")
        return row

    def access(self, session: Session, actor: Actor, id: int) -> dict[str, Any]:
        """All of an intent with what the site shows of it. The look is on the audit trail before anything is shown."""
        row = self._of(session, actor, id)
        self._house.audit.record(Act(actor.word, "booking.personal.show", f"booking:{id}", {}))
        owner = Owner(OWNER, str(id))
        shown, number = (self._house.vault.get(session, owner, field) for field in (SHOWN, NUMBER))
        picture = self._house.vault.get(session, owner, PICTURE) is not None
        return {
            **as_leaf(row), "flags": row.flags, "bring": row.bring, "trouble": row.trouble,
            "shown": json.loads(shown.reveal()) if shown else {}, "number": number.reveal() if number else "", "picture": picture,
            "mail": self.mail_address(id) if self.profiles.get(row.site).mailbox == "desk" else "",
            "known": self._known(session, row) if row.waits == Waits.PERSON else [],
        }  # fmt: skip

    def _known(self, session: Session, row: Intent) -> list[tuple[str, str]]:
        """All that whoever telephones the city has to say; passwords are not among it."""
        profile = self.profiles.get(row.site)
        given = self._values(session, row)
        caller = self._house.vault.get(session, Owner("contact", str(row.contact_id)), "number") if row.contact_id else None
        told = [("予約サイト", profile.title), ("市の問い合わせ先", profile.office)]
        told += [(field.title, given.get(field.name, "")) for field in FIELDS.values() if field.name != "letter_password"]
        told.append(("電話をかけてきた番号", caller.reveal() if caller is not None else ""))
        return [(title, text) for title, text in told if text]

    def picture(self, session: Session, actor: Actor, id: int) -> str:
        """The masked picture of where it stopped, in base64.

        :raises NotFound: where there is none.
        """
        self._of(session, actor, id)
        self._house.audit.record(Act(actor.word, "booking.picture.show", f"booking:{id}", {}))
        kept = self._house.vault.get(session, Owner(OWNER, str(id)), PICTURE)
        if kept is None:
            raise NotFound("画面の写しはありません。")
        return kept.reveal()

    def seen(self, session: Session, actor: Actor, id: int) -> list[CalendarRow]:
        """The slots that an intent's own visit has seen."""
        self._of(session, actor, id)
        return list(session.scalars(select(CalendarRow).where(CalendarRow.intent_id == id)))

    def open(self, session: Session, actor: Actor) -> list[Intent]:
        """What is under way or waits for a person: one's own, and for supervisors all of their cities."""
        wanted = select(Intent).where(Intent.state.in_(OPEN), Intent.city.in_(actor.cities))
        if "supervise.join" not in actor.rights:
            wanted = wanted.where(Intent.person_id == actor.person)
        return list(session.scalars(wanted.order_by(Intent.id)))

    def mail_address(self, id: int) -> str:
        """The address at the desk's mailbox to which only this intent's mails come."""
        return address_of(self._house.settings, f"b{id}-{self._house.keyring.secret(f'booking-mail-{id}')[:10]}")

    def _tell(self, session: Session, event: Any) -> None:
        self._house.log.append(session, event)


CASES = "/booking/cases"
"""The page on which what waits for a person is settled."""


def as_leaf(row: Intent) -> dict[str, Any]:
    """What the board shows of an intent: nothing personal."""

    def moment(at: datetime | None) -> str | None:
        return at.isoformat(timespec="seconds") if at is not None else None

    return {
        "id": row.id, "contact": row.contact_id, "city": row.city, "site": row.site, "what": row.what, "person": row.person_id,
        "state": row.state, "step": row.step, "waits": row.waits, "counter": row.counter, "people": row.people,
        "day": str(row.day) if row.day else "", "start": f"{row.start:%H:%M}" if row.start else "",
        "end": f"{row.end:%H:%M}" if row.end else "", "hold_until": moment(row.hold_until),
        "committed_at": moment(row.committed_at),
        "former": {"day": str(row.former_day), "start": f"{row.former_start:%H:%M}" if row.former_start else ""}
        if row.former_day else None,
        "booked": row.booked, "reason": row.reason, "proof": row.proof, "handed_at": moment(row.handed_at),
        "changed_at": moment(row.changed_at),
        "attention": {"since": moment(row.handed_at), "url": CASES} if row.waits == Waits.PERSON else None,
    }  # fmt: skip


RECENT = timedelta(minutes=30)
"""So long an ended intent stays on the board of who asked for it: the outcome finds the operator."""


def board(house: House, session: Session, actor: Actor, event: Any) -> dict[str, Any]:
    """The leaves of the consoles' board."""
    if "booking.run" not in actor.rights:
        return {}
    wanted = select(Intent).where(Intent.city.in_(actor.cities))
    if event is None:
        ended = Intent.ended_at > house.clock.now() - RECENT
        rows = list(session.scalars(wanted.where(or_(Intent.state.in_(OPEN), ended))))
        return {str(row.id): as_leaf(row) for row in rows if _concerns(row, actor)}
    if not hasattr(event, "intent"):
        return {f"slots-{event.calendar}": {"site": event.site, "at": house.clock.now().isoformat(timespec="milliseconds")}}
    row = session.get(Intent, event.intent)
    return {str(row.id): as_leaf(row)} if row is not None and _concerns(row, actor) else {}


def _concerns(row: Intent, actor: Actor) -> bool:
    return actor.serves(row.city) and (row.person_id == actor.person or "supervise.join" in actor.rights)


def folder(settings: Settings) -> Path:
    """Where the profiles of sites are."""
    named = Path(settings[SITES])
    return named if named.is_absolute() else settings.base / named


def has_sites(settings: Settings) -> bool:
    """Whether this centre books on any site."""
    return bool(settings[REHEARSAL_PORT]) or any(folder(settings).glob("*.yaml"))


def of(house: House) -> Bookings:
    """The booking agent of this process."""
    found: Bookings = house.service("booking_agent")
    return found


__all__ = ["Bookings", "as_leaf", "birthday", "board", "of", "read_date"]
