"""Who answers the messages of kiosks and operators. They run in the hub's threads; each opens its own transaction."""

from __future__ import annotations

from collections.abc import Iterator

from twisted.internet.threads import blockingCallFromThread

from contact_center import ice
from contact_center.audit import Act
from contact_center.errors import Conflict, NotFound, Unavailable
from contact_center.events import Recorded
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Message
from video_desk import asks, checklist, codes, followups, helped, kiosks, languages, service
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
    """Begin; the answer says what the booth opens, and by which relays the call may go."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.begin(
            session, actor.device, message.procedure, message.language, message.declared, message.version, message.family
        )
        procedure = desk.procedure(row.procedure)
        devices, place = list(procedure.devices), desk.place(procedure)
        if place is not None:
            place |= {"keys": languages.pad(row.language)}
        relays = ice.servers(hub.house.settings, hub.house.clock, f"kiosk-{actor.device}")
        yield result(message, session=row.id, place=place, devices=devices, joined=row.contact_id is not None, ice=relays)


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


def met(hub: Hub, actor: Actor, message: m.TellMet) -> Iterator[Message]:
    """Write down what a step has waited for."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        desk.met(session, desk.of_counter(session, actor.device, message.session), message.what)
    yield from ()


def interpreter(hub: Hub, actor: Actor, message: m.TellInterpreter) -> Iterator[Message]:
    """Write down whether the resident has agreed to be interpreted, and where to."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.of_counter(session, actor.device, message.session)
        place = desk.interpreter.place(row.city)
        if message.agreed:
            hub.house.audit.record(Act(actor.word, "desk.interpreter", f"session:{row.id}", {"place": place}))
        desk.interpret(session, row, message.agreed and place is not None)
    yield from ()


def end(hub: Hub, actor: Actor, message: m.EndSession) -> Iterator[Message]:
    """Write down that it is over; whoever looked sees no more."""
    desk = service.of(hub.house)
    with hub.house.database.session_scope() as session:
        row = desk.of_counter(session, actor.device, message.session)
        now = row.ended_at is None
        desk.end(session, row, message.how)
    if now:
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


def diagnose(hub: Hub, actor: Actor, message: m.Diagnose) -> Iterator[Message]:
    """Let a supervisor look at a kiosk; each side gets a ticket of its own."""
    _nobody_there(hub, actor, message.counter)
    hub.house.audit.record(Act(actor.word, "desk.diagnose", f"counter:{message.counter}", {}))
    grant = blockingCallFromThread(hub.reactor, hub.relay.open, actor.person, message.counter)
    if not hub.to_device(message.counter, m.JoinDesk(session=None, ticket=grant.ticket("device"))):
        raise Unavailable("端末とつながっていません。電源と回線を、現地の職員に確かめてください。")
    yield result(message, ticket=grant.ticket("person"))


def power(hub: Hub, actor: Actor, message: m.SetPower) -> Iterator[Message]:
    """Have a kiosk begin anew, or rest."""
    _nobody_there(hub, actor, message.counter)
    with hub.house.database.reading() as session:
        if message.do == "rest" and hub.house.directory.is_open(session, message.counter, hub.house.clock.now()):
            raise Conflict("この窓口は受付中です。時間外になってから終了してください。")
    hub.house.audit.record(Act(actor.word, "desk.power", f"counter:{message.counter}", {"do": message.do}))
    if not hub.to_device(message.counter, m.PowerKiosk(do=message.do)):
        raise Unavailable("端末とつながっていません。電源と回線を、現地の職員に確かめてください。")
    yield from ()


def _nobody_there(hub: Hub, actor: Actor, counter: str) -> None:
    with hub.house.database.reading() as session:
        actor.require("contact.correct", hub.house.directory.line(session, counter).line.city_id)
        if service.of(hub.house).open_at(session, counter) is not None:
            raise Conflict("いま利用者が手続きをしています。終わってからもう一度お試しください。")


def step(hub: Hub, actor: Actor, message: m.DoneStep) -> Iterator[Message]:
    """Tick a step of the procedure."""
    with hub.house.database.session_scope() as session:
        desk = service.of(hub.house)
        row = desk.of_operator(session, actor, message.session)
        checklist.tick(hub.house, session, row, desk.procedure(row.procedure), actor, message.step, message.done)
    yield from ()


def fact(hub: Hub, actor: Actor, message: m.SayFact) -> Iterator[Message]:
    """Say what holds of the resident."""
    with hub.house.database.session_scope() as session:
        row = service.of(hub.house).of_operator(session, actor, message.session)
        checklist.say_fact(hub.house, session, row, actor, message.fact, message.holds)
    yield from ()


def ask_city(hub: Hub, actor: Actor, message: m.AskCity) -> Iterator[Message]:
    """Ask the city for the digits."""
    with hub.house.database.session_scope() as session:
        desk = service.of(hub.house)
        row = desk.of_operator(session, actor, message.session)
        asks.ask(hub.house, session, actor, row, {"name": message.name, "address": message.address, "birth": message.birth})
        desk.met(session, row, "asked_city")
    yield from ()


def digits(hub: Hub, actor: Actor, message: m.TakeDigits) -> Iterator[Message]:
    """Hand out what the city has given."""
    with hub.house.database.reading() as session:
        row = service.of(hub.house).of_operator(session, actor, message.session)
        yield result(message, digits=asks.take(hub.house, session, actor, row))


def follow(hub: Hub, actor: Actor, message: m.Follow) -> Iterator[Message]:
    """Follow an application."""
    with hub.house.database.session_scope() as session:
        row = service.of(hub.house).of_operator(session, actor, message.session)
        made = followups.begin(hub.house, session, actor, row, message.name, message.phone)
        yield result(message, mail=followups.address(hub.house, made))


def mail(hub: Hub, actor: Actor, message: m.LookForMail) -> Iterator[Message]:
    """Look for the page that the site has mailed."""
    desk = service.of(hub.house)
    with hub.house.database.reading() as session:
        row = desk.of_operator(session, actor, message.session)
        followed = followups.of_session(session, row.id)
        place = desk.place(desk.procedure(row.procedure))
        if followed is None or place is None:
            raise NotFound("この申請の連絡先は預かっていません。")
        address = followups.address(hub.house, followed)
    # The mailbox is asked when no session of the database is held any more.
    yield result(message, url=followups.mailed_page(hub.house, address, place["hosts"]), mail=address)


def list_helped(hub: Hub, actor: Actor, message: m.ListHelped) -> Iterator[Message]:
    """Put somebody on the city's list."""
    with hub.house.database.session_scope() as session:
        desk = service.of(hub.house)
        row = desk.of_operator(session, actor, message.session)
        helped.add(hub.house, session, row, message.name)
        desk.moved(session, row, actor)
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
