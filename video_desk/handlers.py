"""Who answers the messages of kiosks and operators. They run in the hub's threads; each opens its own transaction."""

from __future__ import annotations

from collections.abc import Iterator

from twisted.internet.threads import blockingCallFromThread

from contact_center.audit import Act
from contact_center.errors import Unavailable
from contact_center.events import Recorded
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Message
from video_desk import codes, kiosks, service
from video_desk import messages as m
from video_desk.messages import result


def counter(hub: Hub, actor: Actor, message: m.AskCounter) -> Iterator[Message]:
    """What a kiosk shows while nobody stands there, and with what it calls."""
    desk = service.of(hub.house)
    with hub.house.database.reading() as session:
        told = desk.counter(session, actor.device)
        kiosk = hub.house.devices.kiosk_of(session, actor.device)
    if kiosk is None:
        raise Unavailable("この窓口の端末ではありません。")
    account = {"user": f"kiosk-{actor.device}", "password": hub.house.devices.sip_password(kiosk)}
    yield result(message, account=account, **told)


def begin(hub: Hub, actor: Actor, message: m.BeginSession) -> Iterator[Message]:
    """Begin; the answer says what the booth opens."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.begin(
            session, actor.device, message.procedure, message.language, message.declared, message.version, message.family
        )
        procedure = desk.procedure(row.procedure)
        devices, place = list(procedure.devices), desk.place(procedure)
        yield result(message, session=row.id, place=place, devices=devices, joined=row.contact_id is not None)


def ask_session(hub: Hub, actor: Actor, message: m.AskSession) -> Iterator[Message]:
    """How it stands."""
    desk = service.of(hub.house)
    with hub.house.database.reading() as session:
        row = desk.of_counter(session, actor.device, message.session)
        yield result(message, **desk.standing(session, row))


def ask_code(hub: Hub, actor: Actor, message: m.AskCode) -> Iterator[Message]:
    """A code for the telephone."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.of_counter(session, actor.device, message.session)
        yield result(message, **codes.show(hub.house, session, row))


def take_code(hub: Hub, actor: Actor, message: m.TakeCode) -> Iterator[Message]:
    """Bring a kiosk's session to a call."""
    with hub.house.database.session_scope() as session:
        row = codes.take(hub.house, session, actor, message.contact, message.code)
        hub.house.audit.record(Act(actor.word, "desk.code", f"session:{row.id}", {}))
    yield from ()


def control(hub: Hub, actor: Actor, message: m.TellControl) -> Iterator[Message]:
    """Write down who has the control."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.of_counter(session, actor.device, message.session)
        if row.ended_at is None:
            desk.tell_control(session, row, message.granted)
    yield from ()


def end(hub: Hub, actor: Actor, message: m.EndSession) -> Iterator[Message]:
    """Write down that it is over; whoever looked sees no more."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        desk.end(session, desk.of_counter(session, actor.device, message.session), message.how)
    hub.reactor.callFromThread(_close_relay, hub, actor.device)
    yield from ()


def wiped(hub: Hub, actor: Actor, message: m.TellWiped) -> Iterator[Message]:
    """Write down what is left."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        desk.wiped(session, desk.of_counter(session, actor.device, message.session), message.complete, message.seconds)
    yield from ()


def report(hub: Hub, actor: Actor, message: m.ReportKiosk) -> Iterator[Message]:
    """Keep how the kiosk is."""
    with hub.house.database.session_scope() as session:
        kiosks.report(hub.house, session, actor.device, dict(message.checks))
    yield from ()


def open_desk(hub: Hub, actor: Actor, message: m.OpenDesk) -> Iterator[Message]:
    """Let the operator and the kiosk talk; each side gets a ticket of its own."""
    desk = service.of(hub.house)
    with hub.house.database.reading() as session:
        row = desk.served_by(session, actor, message.contact)
    hub.house.audit.record(Act(actor.word, "desk.open", f"session:{row.id}", {}))
    grant = blockingCallFromThread(hub.reactor, hub.relay.open, actor.person, row.counter)
    if not hub.to_device(row.counter, m.JoinDesk(session=row.id, ticket=grant.ticket("device"))):
        raise Unavailable("端末とつながっていません。声でのご案内を続けてください。つながりしだい、画面が出ます。")
    yield result(message, session=row.id, ticket=grant.ticket("person"))


def step(hub: Hub, actor: Actor, message: m.DoneStep) -> Iterator[Message]:
    """Tick a step of the procedure."""
    with hub.house.database.session_scope() as session:
        service.of(hub.house).step(session, actor, message.session, message.step, message.done)
    yield from ()


def outcome(hub: Hub, actor: Actor, message: m.SayOutcome) -> Iterator[Message]:
    """Say how it ended."""
    with hub.house.database.session_scope() as session:
        service.of(hub.house).say_outcome(session, actor, message.session, message.outcome)
    yield from ()


def contact_changed(hub: Hub, recorded: Recorded) -> None:
    """Something is new of a contact: the kiosk that it belongs to asks what. Whoever does not serve it any more sees no more."""
    if recorded.event.contact is None:
        return
    desk = service.of(hub.house)
    with hub.house.database.reading() as session:
        row = desk.of_contact(session, recorded.event.contact)
        if row is None:
            return
        grant = hub.relay.of_device(row.counter)
        stays = grant is not None and desk.serves(session, row, grant.person)
    if grant is not None and not stays:
        hub.reactor.callFromThread(hub.relay.close, grant)
    hub.to_device(row.counter, m.SessionChanged(session=row.id))


def hours_changed(hub: Hub, recorded: Recorded) -> None:
    """Hours or closings have changed: every kiosk asks anew."""
    with hub.house.database.reading() as session:
        counters = [view.line.id for view in hub.house.directory.counters(session)]
    for id in counters:
        hub.to_device(id, m.CounterChanged())


def _close_relay(hub: Hub, counter: str) -> None:
    grant = hub.relay.of_device(counter)
    if grant is not None:
        hub.relay.close(grant)
