"""What may happen to a seat. Each change writes a SeatChanged; the switchboard brings Asterisk's queue in line with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import HandRaised, SeatChanged, SupervisionChanged
from contact_center.identity import Actor
from contact_center.personal import Keyring
from contact_center.seats.model import IDLE, Presence, Seat

PHONES = ("browser", "native")
AWAY_REASONS = ("break", "lunch", "training", "meeting", "paperwork", "absent")
"""The reasons an agent may choose; the console words them."""

NO_ANSWER = "no_answer"


class Seats:
    """The seats of one centre. Methods take the session of the caller's transaction.

    :param wrap_up: seconds of wrap-up after a contact.
    """

    def __init__(self, clock: Clock, log: EventLog, keyring: Keyring, wrap_up: int) -> None:
        self._clock = clock
        self._log = log
        self._keyring = keyring
        self._wrap_up = wrap_up

    def keep(self, session: Session, seats: Iterable[tuple[str, str, tuple[str, ...]]]) -> None:
        """Add or rename the seats (id, name, pools) of a directory file; what they are doing stays."""
        for place, (id, name, pools) in enumerate(seats):
            seat = session.get(Seat, id) or Seat(id=id, presence=Presence.SIGNED_OUT, since=self._clock.now())
            changed = (seat.name, seat.pools) != (name, list(pools))
            seat.name, seat.pools, seat.position = name, list(pools), place
            session.add(seat)
            if changed:
                self._say(session, seat, "operator")

    def all(self, session: Session) -> list[Seat]:
        """Every seat in its order."""
        return list(session.scalars(select(Seat).order_by(Seat.position)))

    def get(self, session: Session, id: str) -> Seat:
        """One seat.

        :raises NotFound: where there is none of that id.
        """
        seat = session.get(Seat, id, populate_existing=True)
        if seat is None:
            raise NotFound("席「%(id)s」はありません。", id=id)
        return seat

    def of_person(self, session: Session, person: int) -> Seat | None:
        """The seat at which somebody sits."""
        return session.scalar(select(Seat).where(Seat.person_id == person))

    def with_contact(self, session: Session, contact: int) -> list[Seat]:
        """The seats that have to do with a contact."""
        return list(session.scalars(select(Seat).where(Seat.contact_id == contact)))

    def raise_hand(self, session: Session, actor: Actor, why: str) -> Seat:
        """Ask the supervisors for help, or take the hand down.

        :param why: `help`, `nuisance`, or empty.
        :raises Conflict: where the actor sits nowhere.
        """
        seat = self.of_person(session, actor.person)
        if seat is None:
            raise Conflict("先に席を選んで着席してください。")
        self.lower_or_raise(session, seat, why, actor.word)
        return seat

    def lower_or_raise(self, session: Session, seat: Seat, why: str, actor: str) -> None:
        """Set a seat's hand."""
        if seat.hand == why:
            return
        seat.hand, seat.hand_at = why, self._clock.now() if why else None
        self._log.append(session, HandRaised(actor=actor, seat=seat.id, why=why, contact=seat.contact_id))

    def supervise(self, session: Session, actor: Actor, id: str, how: str) -> Seat:
        """Listen to a seat's conversation, whisper to its agent, or join; a hand that was raised there is answered by it.

        :param how: `listen`, `whisper` or `join`.
        :returns: the supervisor's own seat.
        :raises Conflict: where the actor has no free seat, or there is no conversation.
        """
        own, seat = self.of_person(session, actor.person), self.get(session, id)
        if own is None:
            raise Conflict("先に席を選んで着席してください。")
        if own.id == seat.id or seat.presence != Presence.ON_CONTACT or seat.contact_id is None:
            raise Conflict("%(seat)sは通話中ではありません。", seat=seat.name)
        if not own.supervises:
            if own.presence not in IDLE:
                raise Conflict("今の応対が終わってから、加わってください。")
            own.next_presence = own.presence
            self._to(session, own, Presence.ON_CONTACT, actor.word)
        own.supervises, own.supervision = seat.id, how
        self.lower_or_raise(session, seat, "", actor.word)
        changed = SupervisionChanged(actor=actor.word, seat=seat.id, supervisor=own.id, how=how, contact=seat.contact_id)
        self._log.append(session, changed)
        self._say(session, own, actor.word)
        return own

    def supervision_over(self, session: Session, own: Seat) -> None:
        """The supervisor's leg has ended."""
        if not own.supervises:
            return
        over = SupervisionChanged(actor="switchboard", seat=own.supervises, supervisor=own.id, how="")
        own.supervises = own.supervision = ""
        self._log.append(session, over)
        if own.presence == Presence.ON_CONTACT and own.contact_id is None:
            self._after(session, own)

    def supervisors(self, session: Session) -> dict[str, Seat]:
        """The seats that are supervised, each with the seat from which they are."""
        return {seat.supervises: seat for seat in session.scalars(select(Seat).where(Seat.supervises != ""))}

    def sip_password(self, seat: Seat) -> str:
        """The password of the seat's phone, from this sign-in to its end. It is stored only where Asterisk reads it."""
        return self._keyring.secret(f"seat:{seat.id}:{seat.generation}")

    def sign_in(self, session: Session, actor: Actor, id: str, phone: str) -> Seat:
        """Sit down at a seat; presence is away until the agent opens it.

        :raises Conflict: where somebody else sits there, or the actor sits elsewhere.
        """
        actor.require("seat.use")
        if phone not in PHONES:
            raise BadInput("電話の種類を選んでください。")
        seat = self.get(session, id)
        elsewhere = self.of_person(session, actor.person)
        if elsewhere is not None and elsewhere.id != id:
            raise Conflict("すでに%(seat)sに着席しています。先にそちらを離れてください。", seat=elsewhere.name)
        if seat.person_id not in (None, actor.person):
            raise Conflict("%(seat)sには別の人が着席しています。ほかの席を選んでください。", seat=seat.name)
        if seat.person_id == actor.person and seat.session_id == actor.session and seat.phone == phone:
            return seat
        if seat.presence in (Presence.RINGING, Presence.ON_CONTACT):
            # A new session takes over a seat that is talking: the call and its phone must not be disturbed.
            seat.session_id = actor.session
            return seat
        seat.person_id, seat.session_id, seat.phone = actor.person, actor.session, phone
        seat.generation += 1
        if seat.presence == Presence.SIGNED_OUT:
            self._to(session, seat, Presence.AWAY, actor.word)
        else:
            self._say(session, seat, actor.word)
        return seat

    def sign_out(self, session: Session, seat: Seat, actor: str) -> None:
        """Leave the seat; its phone is void from now on."""
        seat.person_id = seat.session_id = seat.contact_id = seat.wrap_until = None
        seat.generation += 1
        seat.next_presence = Presence.AVAILABLE
        self.supervision_over(session, seat)
        self.lower_or_raise(session, seat, "", actor)
        self._to(session, seat, Presence.SIGNED_OUT, actor)

    def phone_made(self, session: Session, seat: Seat) -> None:
        """Asterisk knows the password of this sign-in; the phone may register."""
        seat.phone_ready = seat.generation
        self._say(session, seat, "switchboard")

    def choose(self, session: Session, actor: Actor, presence: str, reason: str = "") -> Seat:
        """The agent opens the seat or goes away; during a contact, or while the phone is lost, it is what comes after.

        :raises BadInput: for a presence that cannot be chosen.
        :raises Conflict: where the actor sits nowhere.
        """
        seat = self.of_person(session, actor.person)
        if seat is None:
            raise Conflict("先に席を選んで着席してください。")
        if presence not in (Presence.AVAILABLE, Presence.AWAY):
            raise BadInput("「受付中」か「離席」を選んでください。")
        if presence == Presence.AWAY and reason not in AWAY_REASONS:
            raise BadInput("離席の理由を選んでください。")
        if seat.presence in (Presence.RINGING, Presence.ON_CONTACT, Presence.WRAPPING, Presence.LOST):
            seat.next_presence, seat.reason = presence, reason
            self._say(session, seat, actor.word)
        else:
            seat.next_presence = Presence.AVAILABLE
            self._to(session, seat, Presence(presence), actor.word, reason)
        return seat

    def ring(self, session: Session, seat: Seat, contact: int) -> None:
        """The seat rings with a contact."""
        seat.contact_id = contact
        self._to(session, seat, Presence.RINGING, "switchboard")

    def stop_ringing(self, session: Session, seat: Seat, put_away: bool) -> None:
        """It rings no more: the resident gave up, or the agent did not answer and is put away with that reason."""
        seat.contact_id = None
        if put_away:
            seat.next_presence = Presence.AVAILABLE
            self._to(session, seat, Presence.AWAY, "switchboard", NO_ANSWER)
        else:
            self._after(session, seat)

    def dial(self, session: Session, seat: Seat, contact: int, actor: str) -> None:
        """The agent calls somebody; afterwards the seat is what it was."""
        seat.contact_id, seat.next_presence = contact, seat.presence
        self._to(session, seat, Presence.ON_CONTACT, actor)

    def talk(self, session: Session, seat: Seat, contact: int) -> None:
        """The seat has answered."""
        seat.contact_id = contact
        self._to(session, seat, Presence.ON_CONTACT, "switchboard")

    def wrap(self, session: Session, seat: Seat, contact: int, at: datetime) -> None:
        """The seat's own leg has ended at that moment: time for notes."""
        seat.contact_id = contact
        seat.wrap_until, seat.extended = at + timedelta(seconds=self._wrap_up), False
        self._to(session, seat, Presence.WRAPPING, "switchboard")

    def extend(self, session: Session, actor: Actor) -> None:
        """More time for the notes of this contact: the same span again, once.

        :raises Conflict: outside a wrap-up, or the second time.
        """
        seat = self.of_person(session, actor.person)
        if seat is None or seat.wrap_until is None:
            raise Conflict("延長できるのは後処理のあいだです。")
        if seat.extended:
            raise Conflict("延長は一度だけです。終わらないときは責任者に声をかけてください。")
        seat.extended = True
        seat.wrap_until = max(seat.wrap_until, self._clock.now()) + timedelta(seconds=self._wrap_up)
        self._say(session, seat, actor.word)

    def free(self, session: Session, seat: Seat, actor: str) -> None:
        """The contact has its outcome: on to what the agent chose."""
        seat.contact_id = seat.wrap_until = None
        self.lower_or_raise(session, seat, "", actor)
        self._after(session, seat, actor)

    def lose(self, session: Session, seat: Seat) -> None:
        """The phone of an idle seat is no longer registered."""
        if seat.presence in (Presence.AVAILABLE, Presence.AWAY):
            seat.next_presence = seat.presence
            self._to(session, seat, Presence.LOST, "switchboard", seat.reason)

    def find(self, session: Session, seat: Seat) -> None:
        """The phone is registered again."""
        if seat.presence == Presence.LOST:
            self._after(session, seat)

    def _after(self, session: Session, seat: Seat, actor: str = "switchboard") -> None:
        presence = Presence(seat.next_presence)
        reason = seat.reason if presence == Presence.AWAY else ""
        seat.next_presence = Presence.AVAILABLE
        self._to(session, seat, presence, actor, reason)

    def _to(self, session: Session, seat: Seat, presence: Presence, actor: str, reason: str = "") -> None:
        if presence != Presence.WRAPPING:
            seat.wrap_until = None
        if presence in (Presence.RINGING, Presence.WRAPPING) and seat.presence == Presence.AWAY:
            # Whoever went away as it began, or has an older wrap-up before them, is away after it.
            seat.next_presence = Presence.AWAY
        if presence in (Presence.AVAILABLE, Presence.AWAY, Presence.LOST, Presence.SIGNED_OUT):
            seat.reason = reason
        seat.presence, seat.since = presence, self._clock.now()
        self._say(session, seat, actor)

    def _say(self, session: Session, seat: Seat, actor: str) -> None:
        session.add(seat)
        changed = SeatChanged(actor=actor, seat=seat.id, presence=seat.presence, person=seat.person_id, contact=seat.contact_id)
        self._log.append(session, changed)
