"""The switchboard's service: one AMI link, one writing thread, one thread that wakes up on events.

What Asterisk says is written in batches, in order, by the writing thread. If the database cannot be written, calls go on:
the switchboard falls behind and reads the same story from Asterisk's own record as soon as it can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from twisted.application.service import Service
from twisted.internet import defer, task
from twisted.internet.endpoints import clientFromString
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from contact_center.errors import MadoguchiError
from contact_center.events import Recorded, follow
from contact_center.features import Reaction, resolve
from contact_center.house import House
from contact_center.identity.model import Person
from contact_center.seats import Presence, Seat
from telephony.pbx import render, translate
from telephony.pbx.ami import AmiError, AmiLink, AmiProtocol, Event
from telephony.settings import AMI_ENDPOINT, AMI_PORT
from telephony.switchboard.calls import Calls
from telephony.switchboard.members import Members, Passwords, Wanted, endpoint, kiosk_passwords
from telephony.switchboard.timers import WrapUpTimers
from telephony.switchboard.witness import Witness

RETRY = 1.0
"""Seconds until a database that could not be written is tried again."""

GATHER = 0.01
"""Seconds for which news are gathered before they are written: Asterisk first finishes setting up the call they are about."""

RECONCILE_EVERY = 10.0
RENDER_EVERY = 600.0
GONE_AFTER = timedelta(seconds=60)
"""From then on a phone that is lost counts as gone: the queue believes in it no longer."""

T = TypeVar("T")


class Switchboard(Service):
    """One Asterisk's switchboard.

    :param reactor: Twisted's reactor, or a test's clock with the same methods.
    """

    log = Logger()

    def __init__(self, house: House, reactor: Any) -> None:
        self.house = house
        self.reactor = reactor
        self.calls = Calls(house)
        address = house.settings[AMI_ENDPOINT] or f"tcp:127.0.0.1:{house.settings[AMI_PORT]}"
        self.link = AmiLink(
            reactor, clientFromString(reactor, address), house.keyring.secret("ami"), self._heard, self._connected, self._lost,
        )  # fmt: skip
        self.members = Members(self.link)
        self.passwords = Passwords(render.places(house).seats_database)
        self.witness = Witness(render.places(house).log, house.clock)
        self.timers = WrapUpTimers(house, reactor, self.in_thread)
        self.drift = 0
        self.places: dict[str, tuple[str, int]] = {}
        """Queue and place of callers who have just asked to be called back, by the key of their contact."""

        self.one_seat_at_a_time = defer.DeferredLock()
        self._reactions = self._load_reactions()
        self._writer = ThreadPool(1, 1, "writer")
        self._watcher = ThreadPool(1, 1, "watcher")
        self._stop = Flag()
        self._unwritten: list[translate.Observation | translate.PhoneState] = []
        self._writing = False
        self._settled = False
        self._loops = [task.LoopingCall(self._reconcile), task.LoopingCall(self._render)]

    def _load_reactions(self) -> dict[str, list[Callable[..., Any]]]:
        found: dict[str, list[Callable[..., Any]]] = {}
        reactions: list[Reaction] = [r for feature in self.house.features for r in feature.reactions]
        for reaction in reactions:
            found.setdefault(reaction.event.__name__, []).append(resolve(reaction.function))
        return found

    # -- life -------------------------------------------------------------------------------------------------------

    def startService(self) -> None:  # noqa: D102, N802
        Service.startService(self)
        self._writer.start()
        self._watcher.start()
        self.witness.reserve()
        self._watcher.callInThread(
            follow, self.house.database, self.house.log, self.house.clock, self._stop, self._react_in_thread
        )  # fmt: skip
        self.link.service.startService()
        for loop, every in zip(self._loops, (RECONCILE_EVERY, RENDER_EVERY), strict=True):
            loop.clock = self.reactor
            loop.start(every, now=False)

    def stopService(self) -> Any:  # noqa: D102, N802
        Service.stopService(self)
        self._stop.set()
        for loop in self._loops:
            if loop.running:
                loop.stop()
        done = defer.maybeDeferred(self.link.service.stopService)
        done.addBoth(self._stop_threads)
        return done

    def _stop_threads(self, _result: object) -> None:
        self._writer.stop()
        self._watcher.stop()

    def in_thread(self, function: Callable[..., T], *arguments: Any) -> defer.Deferred[T]:
        """Run something that blocks on the database in the writing thread, after what waits there."""
        return deferToThreadPool(self.reactor, self._writer, function, *arguments)

    # -- what Asterisk says -----------------------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        seen = translate.from_ami(event)
        if seen is None:
            return
        if isinstance(seen, translate.SeatLeft):
            # The queue looks for a free seat again after 90 ms at the earliest; writing may take longer than that.
            leg = translate.leg(event.get("Channel", ""))
            if leg is not None:
                self.members.pause(leg[1])
        if isinstance(seen, translate.Gone) and seen.priority:
            self.places[seen.key] = (seen.pool, seen.priority)
        if isinstance(seen, translate.Observation):
            # When it was heard, not when it was written: a database may be slow.
            seen = replace(seen, at=self.house.clock.now(), live=True)
        self._unwritten.append(seen)
        self._write_soon()

    def _write_soon(self) -> None:
        if not self._writing and self._settled and self._unwritten:
            self._writing = True
            self.reactor.callLater(GATHER, self._write)

    def _write(self) -> None:
        batch, self._unwritten = self._unwritten, []
        self.in_thread(self.calls.observe, batch).addCallbacks(self._written, self._not_written)

    def _written(self, _events: int) -> None:
        self._writing = False
        self._write_soon()

    def _not_written(self, failure: Failure) -> None:
        self._writing = False
        self._settled = False
        # What could not be written stands in Asterisk's own record as well.
        self._unwritten.clear()
        self.log.warn("The database cannot be written ({why}); calls go on", why=type(failure.value).__name__)
        self.reactor.callLater(RETRY, self._settle)

    def _connected(self, protocol: AmiProtocol) -> None:
        self.log.info("Connected to Asterisk")
        self._settled = False
        self._settle()

    def _lost(self) -> None:
        self.log.warn("The link to Asterisk is lost; calls go on")
        self._settled = False

    def _settle(self) -> None:
        """Make database and Asterisk agree, and begin to write what is heard."""
        protocol = self.link.protocol
        if protocol is None or not protocol.ready or not self.running:
            return
        done = defer.ensureDeferred(self._settling(protocol))
        done.addErrback(self._not_settled)

    async def _settling(self, protocol: AmiProtocol) -> None:
        asked_at: datetime = self.house.clock.now()
        channels = await self._compare(protocol)
        # What is heard from here on is written after this, so that a ring which is over by now does not stay.
        await self.in_thread(self.calls.observe, self._rings(channels, asked_at))
        await self.in_thread(self.timers.load_in_thread)
        self._settled = True
        # What was asked for while nobody watched (a closing, new hours) comes into force now.
        self._render()
        self.log.info("Settled with Asterisk")
        self._write_soon()

    def _not_settled(self, failure: Failure) -> None:
        self.log.warn("Not yet settled with Asterisk ({why})", why=failure.getErrorMessage())
        if not failure.check(MadoguchiError):
            self.log.failure("unexpected", failure)
        self.reactor.callLater(RETRY, self._settle)

    async def _compare(self, protocol: AmiProtocol) -> list[Event]:
        """Make the queues' members what the seats say, which needs no writing; then contacts and phones what Asterisk's lists
        say. The channels there are.
        """
        async with self.one_seat_at_a_time:
            members = await protocol.collect("QueueStatus")
            await self.members.bring_all(members, await self.in_thread(self._all_wanted))
        asked_at: datetime = self.house.clock.now()
        channels = await protocol.collect("CoreShowChannels")
        heard, self._unwritten = self._unwritten, []
        await self.in_thread(self.calls.observe, heard)
        # Whoever is missing in the list has told the record how they went, if they went in order.
        await self.in_thread(self._read_record, 0.0)
        alive = {event.get("Uniqueid", "") for event in channels}
        # A resident whom we called, and who is put through again, goes on without the leg that the contact began with.
        alive |= {translate.contact_of(event) for event in channels if translate.is_resident(event)}
        thirds = {translate.contact_of(event) for event in channels if event.variables.get("ROLE") == "third"}
        legs = {
            (translate.contact_of(event), leg[0])
            for event in channels
            if (leg := translate.leg(event.get("Channel", ""))) and event.get("ChannelStateDesc") == "Up"
        }
        self.drift += await self.in_thread(self.calls.reconcile, alive, legs, thirds, asked_at)
        await self.in_thread(self.calls.leave_ended_seats)
        phones = await protocol.collect("DeviceStateList")
        states = [state for event in phones if (state := translate.device_state(event)) is not None]
        await self.in_thread(self.calls.observe, list(states))
        return channels

    def _rings(self, channels: list[Event], at: datetime) -> list[translate.Observation | translate.PhoneState]:
        """The seats that ring; of a ring that began while nobody listened, no record tells."""
        found = ((event, translate.leg(event.get("Channel", ""))) for event in channels)
        return [
            translate.Offered(translate.contact_of(event), at, leg[0])
            for event, leg in found if leg is not None and event.get("ChannelStateDesc") in ("Ring", "Ringing")
        ]  # fmt: skip

    def _read_record(self, older_than: float) -> int:
        events = 0
        for step, position in self.witness.unread(older_than):
            events += self.calls.observe(list(step))
            self.witness.read_to(position)
        return events

    def _reconcile(self) -> Any:
        if not self._settled or self.link.protocol is None:
            return None
        done = defer.ensureDeferred(self._reconciling(self.link.protocol))
        done.addErrback(self._not_reconciled)
        return done

    def _not_reconciled(self, failure: Failure) -> None:
        if failure.check(AmiError):
            # The link's own pings find out whether it is dead.
            self.log.warn("Not compared with Asterisk ({why})", why=failure.getErrorMessage())
        else:
            # What was heard may not be written then: the record is read again.
            self._not_written(failure)

    async def _reconciling(self, protocol: AmiProtocol) -> None:
        missed = await self.in_thread(self._read_record, 3.0)
        before = self.drift
        self.drift += missed
        await self._compare(protocol)
        if self.drift != before:
            self.log.warn("{n} events were missed by the live link and are mended", n=self.drift - before)
        if self.witness.is_due_for_rotation():
            await self.in_thread(render.console, self.house, "logger rotate")
            self.witness.reserve()
        self.witness.delete_old()

    # -- what the house says ----------------------------------------------------------------------------------------

    def _react_in_thread(self, last: int) -> int:
        with self.house.database.reading() as session:
            recorded = self.house.log.since(session, last)
        for one in recorded:
            last = one.id
            self.reactor.callFromThread(self._react, one)
        return last

    def _react(self, recorded: Recorded) -> None:
        for reaction in self._reactions.get(type(recorded.event).__name__, ()):
            done = defer.maybeDeferred(reaction, self, recorded)
            done.addErrback(lambda failure: self.log.warn("A reaction failed: {why}", why=failure.getErrorMessage()))

    def _render(self) -> Any:
        done = self.in_thread(render.apply, self.house)
        done.addErrback(lambda failure: self.log.warn("Not applied: {why}", why=failure.getErrorMessage()))
        return done

    # -- seats ------------------------------------------------------------------------------------------------------

    def wanted(self, session: Session, seat: Seat) -> Wanted:
        """What a seat's row means for Asterisk: the pools of which its agent serves every city."""
        if not seat.signed_in:
            return Wanted(seat.id, (), endpoint(seat), True, None)
        person = session.get_one(Person, seat.person_id)
        directory = self.house.directory
        served = directory.served_pools(session, person.cities) & directory.trained_pools(session, person.menus)
        # A phone that stays away answers nobody: where it is the last, those who wait are told instead of waiting on.
        gone = seat.presence == Presence.LOST and self.house.clock.now() - seat.since > GONE_AFTER
        pools = (*(pool for pool in seat.pools if pool in served and not gone), seat.id)
        return Wanted(seat.id, pools, endpoint(seat), not seat.takes_calls, self.house.seats.sip_password(seat))

    def _all_wanted(self) -> list[Wanted]:
        with self.house.database.reading() as session:
            wanted = [self.wanted(session, seat) for seat in self.house.seats.all(session)]
        for one in wanted:
            self.keep_password(one)
        for kiosk, password in kiosk_passwords(self.house).items():
            self.passwords.set(kiosk, password)
        return wanted

    def keep_password(self, wanted: Wanted) -> None:
        """Let Asterisk know the password of this sign-in, and no other; blocks."""
        for name in (wanted.seat, f"{wanted.seat}-native"):
            self.passwords.set(name, wanted.password if name == wanted.endpoint else None)
