"""The bridge: it stands between the face, the session's process and the centre, and carries no picture and no secret itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from contact_center.clock import Clock
from contact_center.errors import MadoguchiError, NotSignedIn, Unavailable
from kiosk_bridge.browser import sweep
from kiosk_bridge.centre import Centre
from kiosk_bridge.child import Child
from kiosk_bridge.config import Config
from kiosk_bridge.diagnosis import Diagnosis
from kiosk_bridge.face import Face
from kiosk_bridge.left import LeftCard
from kiosk_bridge.power import Power
from kiosk_bridge.reports import Reports
from kiosk_bridge.spare import Spare
from kiosk_bridge.untold import Untold

LOOK_EVERY = 2.0
"""Seconds after which a session's standing is asked for, should a word of the hub have been lost."""

AGAIN_AFTER = 2.0
"""Seconds until a face or session that could not be begun is begun again."""


class Bridge:
    """One kiosk.

    :param path: of its file, which the session's process reads too.
    """

    def __init__(self, config: Config, path: Path, token: str, clock: Clock) -> None:
        self._config, self._path, self._token, self._clock = config, path, token, clock
        self.centre = Centre(config, token, self._came, self._went)
        self.face: Face | None = None
        self.refused = False
        """Whether the centre does not know this kiosk any more."""

        self._child: Child | None = None
        self._spare = Spare(lambda: Child.start(self._path, self._token, self._said))
        self._session: int | None = None
        self._former: int | None = None
        """The session of a family's last member, until the next one has begun."""

        self._turn = 0
        """Counts who has touched "start", or has gone away."""

        self._beginning = asyncio.Lock()
        self._wants_to_join: dict[str, Any] = {}
        """What the hub has said of an operator who looks, of a session that we may not know yet ourselves."""

        self._ending = self._granted = False
        self._untold = Untold(self.centre.ask)
        self._swept: bool | None = None
        """Whether nothing is left of a former run; None: the centre knows."""

        self._tasks: set[asyncio.Task[Any]] = set()
        self.places: asyncio.Queue[list[float] | None] = asyncio.Queue()
        """Where things stand that a script in the resident's place has asked for."""

        self.centre.on("kiosk.changed", lambda said: self._do(self._stand()))
        self.centre.on("kiosk.counter_changed", lambda said: self._do(self._know()))
        self.centre.on("kiosk.join", self._join)
        self._power = Power(config, clock, lambda: self._occupied, lambda: self._over.set_result(None))
        self.centre.on("kiosk.power", lambda said: self._do(self._power.obey(said["do"])))
        self._left = LeftCard(config, lambda: self.face.show("taken") if self.face else None)
        self._reports = Reports(config, self.centre, lambda: self._occupied, self._ready, lambda: self._left.there)
        self._diagnosis = Diagnosis(config, token, clock, lambda: self.face, lambda: self._reports.checks)

    async def run(self) -> None:
        """Serve residents until cancelled; a kiosk that the centre does not know (any more) only shows whom to ask."""
        self._over = asyncio.get_running_loop().create_future()
        self._swept = await asyncio.to_thread(sweep)
        await self._reports.silence()
        link = asyncio.ensure_future(self.centre.run())
        self._spare.warm_up()
        faces = asyncio.ensure_future(self._keep_face())
        loops = [link, faces, *map(asyncio.ensure_future, (self._keep_looking(), self._reports.keep(), self._power.keep()))]
        try:
            done, _ = await asyncio.wait([*loops, self._over], return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        except NotSignedIn as error:
            # Whoever installs it reads why.
            logging.getLogger(__name__).error(error.sentence())
            await self._is_refused(loops)
        finally:
            for task in (*loops, *self._tasks):
                task.cancel()
            await self._close()

    async def _is_refused(self, loops: Sequence[asyncio.Future[Any]]) -> None:
        """The centre refuses this kiosk from now on: nothing stays of whoever stands there, and the screen says whom to ask."""
        self.refused = True
        while self.face is None:
            await asyncio.sleep(0.2)
        for loop in loops:
            loop.cancel()
        if self._session is not None:
            await self._end("lost")
        await self.face.out_of_order()
        await asyncio.get_running_loop().create_future()

    async def _close(self) -> None:
        if self._child is not None:
            await self._child.end()
        await self._spare.end()
        if self.face is not None:
            await self.face.close()

    # -- the centre ----------------------------------------------------------------------------------------------------------

    def _came(self) -> None:
        self._do(self._know(True))

    def _went(self) -> None:
        if self._session is None and self.face is not None:
            self.face.show("fault", kind="machine")
        elif self.face is not None:
            self.face.show("note", says="line.cut", values={})

    async def _know(self, opens: bool = False) -> None:
        """Ask what the counter is now, and show it."""
        counter = await self.centre.ask("kiosk.counter")
        self._power.know(counter["spans"])
        if self._swept is not None:
            # Whatever a kiosk that was killed had in memory was swept away before this one asked for anything.
            for id in counter["unwiped"]:
                self._untold.over(id, "lost")
                self._untold.wiped(id, self._swept)
            self._swept = None
        if opens:
            self._do(self._untold.tell())
            if self._session is not None:
                self._do(self._tell("kiosk.control", granted=self._granted))
        if self.face is None:
            return
        if opens and self._session is None:
            if not self.face.knows_centre or not await self.face.open():
                await self.face.close()
                return
        elif self._session is not None:
            self.face.show("note", says="line.back", values={})
        self.face.show("counter", **counter, video=self._config.video)

    @property
    def _occupied(self) -> bool:
        """Whether somebody stands before it: also between two members of a family."""
        return self._session is not None or self._former is not None or self._beginning.locked()

    async def _stand(self) -> None:
        if self._session is None or self.face is None:
            return
        standing = await self.centre.ask("kiosk.session", session=self._session)
        if standing["session"] == self._session:
            self.face.show("standing", **standing)

    async def _code(self) -> None:
        """Show how the resident goes on by telephone."""
        if self._session is not None and self.face is not None:
            self.face.show("code", **await self.centre.ask("kiosk.code", session=self._session))

    def _join(self, said: dict[str, Any]) -> None:
        if said["session"] is None:
            if not self._occupied:
                self._do(self._diagnosis.show(said["ticket"]))
            return
        self._wants_to_join = said
        self._let_join()

    def _let_join(self) -> None:
        if self._wants_to_join.get("session") == self._session and self._child is not None:
            self._child.say("join", ticket=self._wants_to_join["ticket"])
            self._wants_to_join = {}

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            with suppress(MadoguchiError):
                await self._stand()

    def _ready(self) -> tuple[bool, bool]:
        browser = self._child is not None or self._spare.is_ready
        return self.face is not None and not self.face.ended, browser

    # -- the face ------------------------------------------------------------------------------------------------------------

    async def _keep_face(self) -> None:
        """A face that is gone is begun anew; with it went the call."""
        while True:
            with suppress(Unavailable):
                self.face = await Face.start(self._config, self._token, self._heard)
                opened = await self.face.open()
                if self.centre.there:
                    self._do(self._know())
                # A page that did not come although the centre is there is tried again on a fresh face.
                while not self.face.ended and (opened or not self.centre.there):
                    await asyncio.sleep(0.2)
                    opened = opened or self.face.opened
                if self._occupied:
                    await self._end("lost")
                await self.face.close()
                self.face = None
            await asyncio.sleep(AGAIN_AFTER)

    def _heard(self, word: str, values: dict[str, Any]) -> None:
        """What the face says: the resident's touches."""
        if word == "ready":
            self._do(self._know())
        elif word == "begin":
            self._do(self._begin(values))
        elif word == "end":
            self._do(self._end(str(values.get("how", "resident"))))
        elif word == "code":
            self._do(self._code())
        elif word == "family":
            self._do(self._end("resident", family=True))
        elif word == "answer" and self._child is not None:
            self._child.say("answer", which=str(values.get("which", "")), yes=values.get("yes") is True)
        elif word in ("caption", "drawn", "line") and self._child is not None:
            self._child.say("news", about=word, values=values)
        elif word == "take" and self._child is not None:
            self._child.say("take")

    # -- a session -----------------------------------------------------------------------------------------------------------

    async def _begin(self, asked: dict[str, Any]) -> None:
        face = self.face
        if face is None or self._session is not None:
            return
        self._turn += 1
        turn = self._turn
        async with self._beginning:
            if turn != self._turn:
                return
            try:
                told = await self.centre.ask(
                    "kiosk.begin", procedure=asked.get("procedure"), language=asked.get("language"),
                    declared=asked.get("declared"), version=asked.get("version"), family=asked.get("family") is True,
                )  # fmt: skip
            except MadoguchiError as error:
                if turn == self._turn:
                    face.show("refused", sentence=error.sentence())
                return
            child = await self._spare.take()
            if turn != self._turn:
                # Whoever began has gone away while it was made ready.
                self._untold.over(told["session"], "lost")
                await self._wipe(told["session"], child)
                return
            await self._diagnosis.end()
            self._child, self._session, self._former = child, told["session"], None
        child.say("begin", place=told["place"])
        self._let_join()
        face.show("session", id=self._session, joined=told["joined"], ice=told["ice"])

    def _said(self, child: Child, word: str, values: dict[str, Any]) -> None:
        """What a session's process says."""
        if word == "gone" and child is not self._child:
            self._do(self._spare.replace(child))
        if child is not self._child or self.face is None:
            return
        if word == "where":
            self.places.put_nowait(values["place"])
        elif word == "strip":
            self.face.strip(values["strip"])
        elif word == "met":
            self._do(self._tell("kiosk.met", what=values["what"]))
        elif word == "interpreter":
            self._do(self._tell("kiosk.interpreter", agreed=values["agreed"]))
            self.face.show(word, **values)
        elif word == "gone":
            # It has died: nothing of it can be trusted to be as it was, so the resident begins again.
            self._do(self._end("lost", family=True))
        else:
            self.face.show(word, **values)
            if word == "control":
                self._granted = values["control"]
                self._do(self._tell("kiosk.control", granted=values["control"]))

    @property
    def session_pid(self) -> int:
        """Id of the process of the session that is under way; 0: none is."""
        return self._child.pid if self._child is not None else 0

    @property
    def booth_size(self) -> tuple[int, int]:
        """Of the resident's browser, in pixels."""
        return self._config.width - self._config.strip, self._config.height

    def resident_plays(self, does: str, how: dict[str, Any]) -> None:
        """A script stands in for the resident at their browser (only where the kiosk's file says `rehearsal`)."""
        if self._child is not None:
            self._child.say("resident", does=does, **how)

    async def _tell(self, word: str, **values: Any) -> None:
        if self._session is not None:
            await self.centre.ask(word, session=self._session, **values)

    async def _end(self, how: str, family: bool = False) -> None:
        """Wipe, and say so.

        :param family: the conversation goes on with a new session.
        """
        child, session, face = self._child, self._session, self.face
        if self._ending:
            return
        if session is None or child is None or face is None:
            # Whoever has just touched "start", or was to go on after a member of their family, has gone.
            self._turn += 1
            former, self._former = self._former, None
            if former is not None:
                self._untold.over(former, how)
                self._do(self._untold.tell())
            if face is not None:
                face.show("wiped", card=False)
            return
        self._ending = True
        try:
            face.strip(False)
            face.show("secret", secret=False)
            face.show("wiping")
            # The family goes on in the same conversation; the centre ends the former session when the next one begins.
            self._former = session if family else None
            if not family:
                self._untold.over(session, how)
                self._do(self._untold.tell())
            await self._wipe(session, child)
            self._granted = False
            self._child = self._session = None
            left = await self._left.look()
            if left:
                self._do(self._left.until_taken())
            if family:
                face.show("family", lost=how == "lost", card=left)
            else:
                face.show("wiped", card=left)
        finally:
            self._ending = False

    async def _wipe(self, session: int, child: Child) -> None:
        began = self._clock.monotonic()
        complete = await child.end()
        self._untold.wiped(session, complete, self._clock.monotonic() - began)
        self._spare.warm_up()
        self._do(self._untold.tell())

    def _do(self, work: Any) -> None:
        async def quietly() -> None:
            # What the centre does not hear now, it is told or asks when the link is back.
            with suppress(MadoguchiError):
                await work

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
