"""What happens at the counters: sessions from the resident's touch to the last thing wiped, and what they have declared."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contact_center.clock import day_of
from contact_center.contacts import Contact, State
from contact_center.directory.model import Line
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.hours import intervals
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.identity.model import Person
from contact_center.personal import Owner
from video_desk import asks, checklist, followups, helped, languages
from video_desk import settings as s
from video_desk.events import ControlGranted, ControlTaken, DeskBegan, DeskEnded, DeskMoved, SessionWiped
from video_desk.interpreter import Interpreter
from video_desk.model import ASK, Ask, Declaration, DeskSession, FollowUp
from video_desk.procedures import Procedure, of_file, standard

AHEAD = timedelta(days=30)
"""How far the kiosk is told when its counter opens next."""

DECLARED = {"mine": ("mine",), "child": ("child_parent", "child_card")}
"""What a resident touches for each declaration that a procedure offers (NB-09)."""

ASKED_FOR = timedelta(hours=12)
"""After that what the city was asked of a session that is over is forgotten, unless its outcome says that it is waited for."""

UNWIPED = timedelta(days=7)
"""For so long a kiosk is asked what has become of a session whose wiping it has not told."""

OVER = (State.WRAPPING, State.CLOSED, State.UNSERVED)
WAITING = (State.ARRIVED, State.QUEUED, State.OFFERED)


class VideoDesk:
    """The counters of one centre."""

    def __init__(self, house: House) -> None:
        self._house = house
        named = house.settings[s.PROCEDURES]
        own = of_file(house.settings.base / named) if named else ()
        theirs = {one.id for one in own}
        self.procedures = (*own, *(one for one in standard() if one.id not in theirs))

        self.interpreter = Interpreter(house.settings)
        self.wrong_codes: Counter[int] = Counter()
        """Codes of a kiosk's screen that were wrong, by the call in which they were tried."""

    def procedure(self, id: str) -> Procedure:
        """One procedure.

        :raises BadInput: where there is none of that id.
        """
        for one in self.procedures:
            if one.id == id:
                return one
        raise BadInput("手続き「%(id)s」はありません。", id=id)

    # -- what a kiosk asks -----------------------------------------------------------------------------------------------

    def counter(self, session: Session, id: str) -> dict[str, Any]:
        """What the kiosk of a counter shows while nobody stands there.

        :raises NotFound: where there is no such counter.
        """
        view = self._house.directory.line(session, id)
        now = self._house.clock.now()
        offices = self._house.directory.departments(session, [view.line.city_id])
        return {
            "counter": id, "name": view.line.name, "city": view.city.name, "office": offices[0].name if offices else view.city.name,
            "phone": self._house.directory.number_of(session, view.line), "open": self._house.directory.is_open(session, id, now),
            "spans": [
                [span.start.isoformat(timespec="seconds"), span.end.isoformat(timespec="seconds")]
                for span in intervals(view.rule, day_of(now), day_of(now + AHEAD))
            ],
            "procedures": [
                {"id": one.id, "topic": one.topic, "names": one.names, "declares": list(one.declares), "devices": list(one.devices)}
                for one in self.procedures if not one.site or self.place(one) is not None
            ],
            "version": languages.version(), "employer": self._house.settings[s.EMPLOYER],
            "interpreter": self.interpreter.place(view.line.city_id), "follow_days": self._house.settings[s.FOLLOW_DAYS],
            "unwiped": self._unwiped(session, id),
            "absent_after": self._house.settings[s.ABSENT_AFTER], "absent_within": self._house.settings[s.ABSENT_WITHIN],
        }  # fmt: skip

    def _unwiped(self, session: Session, counter: str) -> list[int]:
        """Sessions of a counter of which nobody has said yet that they were wiped: a kiosk that begins anew says so.

        A machine that has taken another's place can say nothing of what that one has kept.
        """
        device = self._house.devices.kiosk_of(session, counter)
        since = max(self._house.clock.now() - UNWIPED, device.enrolled_at) if device and device.enrolled_at else None
        if since is None:
            return []
        wanted = select(DeskSession.id).where(DeskSession.counter == counter, DeskSession.wiped.is_(None))
        return list(session.scalars(wanted.where(DeskSession.began_at >= since)))

    def place(self, procedure: Procedure) -> dict[str, Any] | None:
        """What the booth opens for a procedure: first page, hosts, secret fields; None where no address is known."""
        settings = self._house.settings
        start, hosts = {
            "application": (settings[s.APPLICATION_START], settings[s.APPLICATION_HOSTS]),
            "portal": (settings[s.PORTAL_START], settings[s.PORTAL_HOSTS]),
        }.get(procedure.site, ("", ""))
        practice = settings[s.REHEARSAL_PORT]
        if not start and practice and procedure.site:
            path = {"application": "apply", "portal": "portal"}[procedure.site]
            start = f"http://127.0.0.1:{practice}/{path}/"
            second = settings[s.REHEARSAL_SECOND_PORT]
            hosts = f"127.0.0.1:{practice},127.0.0.1:{second},localhost:{second}"
        if not start:
            return None
        allowed = [one.strip() for one in hosts.split(",") if one.strip()] or [urlsplit(start).netloc]
        return {
            "start": start, "hosts": allowed, "secret_fields": settings[s.SECRET_FIELDS], "signed_in": settings[s.SIGNED_IN]
        }  # fmt: skip

    def begin(
        self, session: Session, counter: str, procedure: str, language: str, declared: tuple[str, ...], version: str, family: bool
    ) -> DeskSession:
        """A resident begins; what they have agreed to and declared is kept apart.

        :raises Conflict: where the counter is closed, or the texts have changed meanwhile.
        :raises BadInput: where a declaration is missing.
        """
        view = self._house.directory.line(session, counter)
        wanted = self.procedure(procedure)
        former = self.open_at(session, counter)
        goes_on = family and former is not None and former.contact_id is not None
        now = self._house.clock.now()
        # Whoever was let in before the end of the hours is finished, with their family.
        if not goes_on and not self._house.directory.is_open(session, counter, now):
            raise Conflict("ただいまは時間外です。")
        if version != languages.version():
            raise Conflict("案内の文が新しくなりました。もう一度、同意をお願いします。")
        if wanted.declares and not any(set(DECLARED[one]) == set(declared) for one in wanted.declares):
            raise BadInput("申告がそろっていません。")
        if former is not None:
            self._end(session, former, "resident" if goes_on else "lost")
        row = DeskSession(
            counter=counter, city=view.line.city_id, procedure=procedure, language=language, began_at=now, steps=[], facts=[],
            contact_id=former.contact_id if goes_on and former is not None else None,
        )  # fmt: skip
        session.add(row)
        session.add(
            Declaration(
                id=secrets.randbits(62), day=day_of(now), counter=counter, city=view.line.city_id, procedure=procedure,
                language=language, version=version, what=["terms", "privacy", *sorted(declared)],
            )
        )  # fmt: skip
        session.flush()
        began = DeskBegan(
            city=row.city, contact=row.contact_id, actor="resident", session=row.id, counter=counter, procedure=procedure,
            family=bool(goes_on),
        )  # fmt: skip
        self._house.log.append(session, began)
        return row

    def open_at(self, session: Session, counter: str) -> DeskSession | None:
        """The session at a counter that is not over."""
        wanted = select(DeskSession).where(DeskSession.counter == counter, DeskSession.ended_at.is_(None))
        return session.scalars(wanted.order_by(DeskSession.id.desc())).first()

    def of_counter(self, session: Session, counter: str, id: int) -> DeskSession:
        """A session of the counter whose kiosk asks.

        :raises NotFound: where it is another counter's, or there is none.
        """
        row = session.get(DeskSession, id)
        if row is None or row.counter != counter:
            raise NotFound("その端末の手続きはありません。")
        return row

    def arrived(self, session: Session, contact: int, counter: str) -> None:
        """A kiosk has called: the contact is that of its counter's session."""
        row = self.open_at(session, counter)
        former = session.get(Contact, row.contact_id) if row is not None and row.contact_id else None
        # Whoever was cut off calls once more, in the same session; that the former call is over may be known a little later.
        if row is not None and (former is None or former.state in OVER or former.channel == "kiosk"):
            row.contact_id = contact
            self._house.log.append(session, DeskMoved(city=row.city, contact=contact, actor="resident", session=row.id))

    def of_contact(self, session: Session, contact: int) -> DeskSession | None:
        """The session of a contact that is not over."""
        wanted = select(DeskSession).where(DeskSession.contact_id == contact, DeskSession.ended_at.is_(None))
        return session.scalars(wanted.order_by(DeskSession.id.desc())).first()

    def standing(self, session: Session, row: DeskSession) -> dict[str, Any]:
        """How a session stands, for its kiosk.

        :returns: `state` (`calling`, `waiting`, `talking`, `cut`, `unserved`, `over`), `place` of who waits (1: the next),
            `operator`, `contact`: id of the call that this is said of.
        """
        contact = session.get(Contact, row.contact_id) if row.contact_id else None
        told: dict[str, Any] = {"session": row.id, "state": "calling", "place": 0, "operator": "", "contact": row.contact_id}
        if row.ended_at is not None:
            told["state"] = "over"
        elif contact is not None and contact.answered_at is not None and contact.person_id is not None:
            told["state"] = "talking" if contact.state in (State.TALKING, State.HELD, State.TRANSFERRING) else "waiting"
            told["operator"] = session.get_one(Person, contact.person_id).name
            told["state"] = "cut" if contact.state in OVER else told["state"]
        elif contact is not None and contact.state in WAITING:
            told |= {"state": "waiting", "place": self._place_in_queue(session, contact)}
        elif contact is not None:
            told |= {"state": "unserved", "place": 0}
        return told

    def _place_in_queue(self, session: Session, contact: Contact) -> int:
        pool = session.get_one(Line, contact.line_id).pool_id
        before = select(func.count()).select_from(Contact).join(Line, Contact.line_id == Line.id)
        before = before.where(Line.pool_id == pool, Contact.state.in_(WAITING), Contact.answered_at.is_(None))
        return (session.scalar(before.where(Contact.arrived_at < contact.arrived_at)) or 0) + 1

    def tell_control(self, session: Session, row: DeskSession, granted: bool) -> None:
        """The resident has given the control away, or has it again."""
        if row.control != granted:
            row.control = granted
            kind = ControlGranted if granted else ControlTaken
            self._house.log.append(session, kind(city=row.city, contact=row.contact_id, actor="resident", session=row.id))

    def end(self, session: Session, row: DeskSession, how: str) -> None:
        """A session is over."""
        if row.ended_at is None:
            self._end(session, row, how)

    def _end(self, session: Session, row: DeskSession, how: str) -> None:
        self.tell_control(session, row, granted=False)
        row.ended_at, row.how = self._house.clock.now(), how
        asks.end(self._house, session, row)
        ended = DeskEnded(city=row.city, contact=row.contact_id, actor="resident", session=row.id, how=how)
        self._house.log.append(session, ended)

    def met(self, session: Session, row: DeskSession, word: str) -> None:
        """Something that a step waits for has come to pass at the kiosk: by its devices, or by the resident's own touch."""
        if row.ended_at is not None:
            return
        if word == asks.AGREED and word not in row.facts:
            row.facts = [*row.facts, word]
            moved = DeskMoved(city=row.city, contact=row.contact_id, actor="resident", session=row.id)
            self._house.log.append(session, moved)
        checklist.met(self._house, session, row, self.procedure(row.procedure), word)

    def interpret(self, session: Session, row: DeskSession, agreed: bool) -> None:
        """The resident has agreed to be interpreted, or wants no more of it."""
        if row.ended_at is None and row.interpreter != agreed:
            row.interpreter = agreed
            moved = DeskMoved(city=row.city, contact=row.contact_id, actor="resident", session=row.id)
            self._house.log.append(session, moved)

    def interpreted(self, session: Session, row: DeskSession) -> tuple[str, str]:
        """The city and the resident's language, where the session is interpreted.

        :raises NotAllowed: where the resident has not agreed, or the session is over.
        """
        if not row.interpreter or row.ended_at is not None:
            raise NotAllowed("利用者は、通訳に同意していません。")
        return row.city, row.language

    def wiped(self, session: Session, row: DeskSession, complete: bool, seconds: float) -> None:
        """The kiosk has wiped a session; the record of it is kept (IZ-09). What it says a second time changes nothing."""
        if row.wiped is not None:
            return
        row.wiped = {
            "complete": complete,
            "seconds": round(seconds, 2),
            "at": self._house.clock.now().isoformat(timespec="seconds"),
        }
        told = SessionWiped(
            city=row.city, contact=row.contact_id, actor=f"device:{row.counter}", session=row.id, complete=complete, seconds=seconds
        )
        self._house.log.append(session, told)

    # -- what an operator asks ---------------------------------------------------------------------------------------------

    def served_by(self, session: Session, actor: Actor, contact: int) -> DeskSession:
        """The open session of a contact in which this operator talks with the resident.

        :raises NotAllowed: where somebody else serves it.
        :raises NotFound: where the contact is no kiosk's, or its session is over.
        """
        row = session.get(Contact, contact)
        if row is None or row.person_id != actor.person or not actor.serves(row.city_id):
            raise NotAllowed("この応対の担当ではありません。")
        actor.require("desk.control", row.city_id)
        found = self.of_contact(session, contact)
        if found is None or not self.serves(session, found, actor.person):
            raise NotFound("この応対の端末の手続きは、始まっていないか、終わっています。")
        return found

    def of_operator(self, session: Session, actor: Actor, id: int) -> DeskSession:
        """A session whose contact this operator serves or has served.

        :raises NotFound: where there is none.
        :raises NotAllowed: where it is somebody else's.
        """
        row = session.get(DeskSession, id)
        if row is None:
            raise NotFound("その端末の手続きはありません。")
        actor.require("desk.control", row.city)
        contact = session.get(Contact, row.contact_id) if row.contact_id else None
        if contact is None or contact.person_id != actor.person:
            raise NotAllowed("この応対の担当ではありません。")
        return row

    def say_outcome(self, session: Session, actor: Actor, id: int, outcome: str) -> None:
        """How the procedure ended, in the words of its report."""
        row = self.of_operator(session, actor, id)
        if outcome not in self.procedure(row.procedure).outcomes:
            raise BadInput("この手続きに、その結果はありません。")
        row.outcome = outcome
        if row.ended_at is not None:
            asks.end(self._house, session, row)
        self.moved(session, row, actor)

    def serves(self, session: Session, row: DeskSession, person: int) -> bool:
        """Whether somebody talks with the resident of a session just now."""
        contact = session.get(Contact, row.contact_id) if row.contact_id else None
        talking = contact is not None and contact.state in (State.TALKING, State.HELD)
        return talking and contact is not None and contact.person_id == person and row.ended_at is None

    def moved(self, session: Session, row: DeskSession, actor: Actor) -> None:
        """Tell consoles and kiosk that something is new of a session."""
        self._house.log.append(session, DeskMoved(city=row.city, contact=row.contact_id, actor=actor.word, session=row.id))

    # -- afterwards --------------------------------------------------------------------------------------------------------

    def forget(self, session: Session, now: datetime) -> None:
        """Delete what is older than it is kept."""
        until = now - timedelta(days=self._house.settings[s.KEEP_DAYS])
        session.execute(delete(DeskSession).where(DeskSession.began_at < until))
        session.execute(delete(Declaration).where(Declaration.day < day_of(until)))
        session.execute(delete(FollowUp).where(FollowUp.day < day_of(until)))
        for left in session.scalars(select(Ask).where(Ask.state != "over", Ask.asked_at < now - ASKED_FOR)):
            # Whoever never said how the session ended has not left it to wait.
            row = session.get(DeskSession, left.session_id)
            if row is None or row.ended_at is not None:
                left.state = "over" if row is None or row.outcome != "waits_for_city" else left.state
                if left.state == "over":
                    self._house.vault.erase(session, Owner(ASK, str(left.id)))
        helped.forget(self._house, session)


def as_leaf(session: Session, row: DeskSession) -> dict[str, Any]:
    """What the board shows of a session."""
    asked, follow_up = asks.of_session(session, row.id), followups.of_session(session, row.id)
    return {
        "id": row.id, "contact": row.contact_id, "counter": row.counter, "city": row.city, "procedure": row.procedure,
        "language": row.language, "steps": row.steps, "control": row.control, "outcome": row.outcome,
        "began_at": row.began_at.isoformat(timespec="seconds"), "over": row.ended_at is not None,
        "how": row.how, "wiped": row.wiped, "facts": row.facts, "interpreter": row.interpreter, "listed": row.listed,
        "ask": {"state": asked.state, "at": asked.asked_at.isoformat(timespec="seconds")} if asked is not None else None,
        "follow_up": follow_up.state if follow_up is not None else "",
    }  # fmt: skip


RECENT = timedelta(hours=2)
"""So long an ended session stays on the board: its outcome is said in the wrap-up, which comes after the last of a family."""


def board(house: House, session: Session, actor: Actor, event: Any) -> dict[str, Any]:
    """The leaves of the consoles' board."""
    if "desk.control" not in actor.rights:
        return {}
    wanted = select(DeskSession).where(DeskSession.city.in_(actor.cities))
    if event is None:
        recent = wanted.where(DeskSession.began_at > house.clock.now() - timedelta(hours=12))
        rows = session.scalars(recent.where(DeskSession.ended_at.is_(None) | (DeskSession.ended_at > house.clock.now() - RECENT)))
        return {str(row.id): as_leaf(session, row) for row in rows}
    row = session.get(DeskSession, event.session)
    return {str(row.id): as_leaf(session, row)} if row is not None and actor.serves(row.city) else {}


def of(house: House) -> VideoDesk:
    """The counters of this process's centre."""
    found: VideoDesk = house.service("video_desk")
    return found
