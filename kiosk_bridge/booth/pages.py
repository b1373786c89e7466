"""The pages of the booth's browser: each page, frame and worker waits until it is guarded, and goes only where the menu allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from contact_center.errors import Unavailable
from kiosk_bridge.addresses import leads_to
from kiosk_bridge.booth.boxes import Boxes
from kiosk_bridge.booth.session import Owner, Session
from kiosk_bridge.browser import Devtools, Ended

WORLD = "kiosk"
"""Name of the world in which our script runs beside each page."""

MOST_WINDOWS = 4
"""Windows that a page may open; a page that opens more is not one that a city has agreed to."""

FOREVER = 1e9
"""More seconds than any page has been open."""

ANSWER_WITHIN = 2.0
"""Seconds that a document may take to swear. Longer than a busy machine needs: a picture is thrown away with the oath."""

OPEN_WITHIN = 20.0
"""Seconds that an outside site may take to answer."""

CUT_OFF, OPENED_AGAIN = "net::ERR_ABORTED", 3
"""What the browser says where another navigation, such as the page's own, has come between; then it is begun anew."""

CLOSED = (
    ("_CERT_", "サイトの証明書を確かめられないので、開きません。責任者に知らせてください。"),
    ("_SSL_", "サイトと安全につながれないので、開きません。責任者に知らせてください。"),
    ("_TUNNEL_", "サイトにつながりません。アドレスが違うか、サイトが止まっています。"),
    ("", "サイトが応答しません。しばらくしてから、もう一度開いてください。"),
)
"""What the operator reads where a page does not open, by a part of the browser's own word for it."""

GUARD_WITHIN, GUARD_LOOKS = 10.0, 500
"""Seconds within which the first page is there and guarded, and how often that is looked at."""

LOOK_AFTER, ALIVE_WITHIN = 2.0, 3.0
"""Seconds after which a page that does not go is looked at, and within which it then says that it is alive, or lets go."""


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a page may ask for an address: the menu's hosts, its own data and blank pages."""
    return url.partition(":")[0] in ("data", "blob", "about") or leads_to(url, hosts)


class Pages:
    """All pages of one resident's browser.

    :param hosts: where they may go.
    :param secret_fields: a CSS selector of fields that the menu says are secrets beside those that show it by themselves.
    :param pad: words of the keys on the screen on which secrets are typed; None: there is a PIN pad.
    """

    def __init__(
        self, devtools: Devtools, owner: Owner, hosts: Iterable[str], secret_fields: str = "", pad: Mapping[str, str] | None = None
    ) -> None:
        self._devtools = devtools
        self._owner = owner
        self._hosts = frozenset(hosts)
        self._secrets = f"kiosk.secrets({json.dumps(secret_fields)}, {json.dumps(pad)})"
        scripts = files("kiosk_bridge.booth")
        self._script = "".join(scripts.joinpath(name).read_text("utf-8") for name in ("pad.js", "watch.js"))
        self.sessions: dict[str, Session] = {}
        self.order: list[str] = []
        """The sessions of windows, the shown one last."""

        self.boxes = Boxes(devtools, self._box_told)
        self._making = 0
        self.chooser: tuple[str, int] | None = None
        """The file field that was pressed last, with its page."""

        self._tasks: set[asyncio.Task[None]] = set()
        for event, handler in (
            ("Target.attachedToTarget", self._attached), ("Target.detachedFromTarget", self._detached),
            ("Runtime.executionContextCreated", self._world_made), ("Runtime.executionContextDestroyed", self._world_gone),
            ("Runtime.executionContextsCleared", self._worlds_cleared), ("Runtime.bindingCalled", self._said),
            ("Fetch.requestPaused", self._wants), ("Page.fileChooserOpened", self._chooser_opened),
            ("Page.frameNavigated", self._navigated), ("Inspector.targetCrashed", self._crashed),
        ):  # fmt: skip
            devtools.on(event, handler)

    async def begin(self, size: tuple[int, int], fit: Callable[[Session], Awaitable[None]] | None = None) -> None:
        """Guard what is open and all that will be.

        :param size: of the page, in pixels.
        :param fit: puts a window where it is seen in that size; None: there is no screen.
        """
        self.size, self._fit = size, fit
        with suppress(Unavailable):
            await self._devtools.send("Browser.setDownloadBehavior", behavior="deny")
        await self._devtools.send("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        for _ in range(GUARD_LOOKS):
            if self.shown is not None:
                # Whoever leads a page on before it has taken its guard in leaves the guard behind with the page that was.
                await self._wait_for_guard(self.shown)
                return
            await asyncio.sleep(GUARD_WITHIN / GUARD_LOOKS)
        raise Unavailable("ブラウザのページが開きません。")

    async def _wait_for_guard(self, one: Session) -> None:
        try:
            await asyncio.wait_for(one.guarded.wait(), GUARD_WITHIN)
        except TimeoutError as error:
            raise Unavailable("ブラウザのページが開きません。") from error

    @property
    def shown(self) -> Session | None:
        """The window that is shown."""
        return self.sessions.get(self.order[-1]) if self.order else None

    def of_window(self) -> list[Session]:
        """The shown window and all frames within it."""
        top = self.shown
        return [] if top is None else [top, *self._below(top.id)]

    def _below(self, id: str) -> list[Session]:
        direct = [one for one in self.sessions.values() if one.parent == id]
        return [*direct, *(deeper for one in direct for deeper in self._below(one.id))]

    async def open(self, url: str) -> None:
        """Go to an address of the menu; a window whose page does not let go of it is put away for a new one.

        :raises Unavailable: where it is none, no page is open, or it does not open.
        """
        top = self.shown
        if top is None or not leads_to(url, self._hosts):
            raise Unavailable("このメニューにないページです。")
        if not await self._goes(top, url):
            olds = [self.sessions[id] for id in self.order]
            new = await self.new_window()
            for old in olds:
                # What hangs is not asked.
                self._devtools.send("Page.crash", old.id)
                self._devtools.send("Target.closeTarget", targetId=old.target)
            await self._goes(new, url)

    async def _goes(self, one: Session, url: str) -> bool:
        """Whether a page went there; False where it hangs.

        :raises Unavailable: where the address does not open.
        """
        if one.crashed:
            return False
        await self._wait_for_guard(one)
        why, before = "", one.arrived
        for _ in range(OPENED_AGAIN):
            asked = self._devtools.send("Page.navigate", one.id, url=url)
            done, _pending = await asyncio.wait([asked], timeout=LOOK_AFTER)
            if not done and not await self._is_alive(one):
                return False
            done, _pending = await asyncio.wait([asked], timeout=OPEN_WITHIN)
            if one.id not in self.sessions or one.crashed:
                return False
            why = asked.result().get("errorText", "") if done else "timeout"
            if why != CUT_OFF:
                break
        if why:
            raise Unavailable(next(sentence for part, sentence in CLOSED if part in why))
        # The browser answers as soon as the site does; the page that is there must still let go.
        for _ in range(GUARD_LOOKS if asked.result().get("loaderId") else 0):
            if one.arrived > before:
                return True
            await asyncio.sleep(ALIVE_WITHIN / GUARD_LOOKS)
        return one.arrived > before or not asked.result().get("loaderId")

    async def _is_alive(self, one: Session) -> bool:
        if one.crashed or self.boxes.open is not None:
            return False
        done, _ = await asyncio.wait([self._devtools.send("Runtime.evaluate", one.id, expression="1")], timeout=ALIVE_WITHIN)
        return bool(done)

    async def new_window(self) -> Session:
        """A window of ours before all others, empty and guarded.

        :raises Unavailable: where none comes.
        """
        self._making += 1
        try:
            for _ in range(OPENED_AGAIN):
                target = (await self._devtools.send("Target.createTarget", url="about:blank"))["targetId"]
                made = await self._made(target)
                if made is not None:
                    return made
                # It has crashed before it was there.
                self._devtools.send("Target.closeTarget", targetId=target)
        finally:
            self._making -= 1
        raise Unavailable("ブラウザのページが開きません。")

    async def _made(self, target: str) -> Session | None:
        for _ in range(GUARD_LOOKS):
            one = next((one for one in self.sessions.values() if one.target == target and one.id in self.order), None)
            if one is not None and (one.crashed or one.guarded.is_set()):
                return None if one.crashed else one
            await asyncio.sleep(GUARD_WITHIN / GUARD_LOOKS)
        return None

    async def swear(self) -> float | None:
        """Ask every document of the shown window whether something is a secret.

        :returns: for how many seconds nothing has been one, below zero where something is; None where a document cannot say.
        """
        words = {"expression": "kiosk.start().swear()", "returnByValue": True}
        asked = [self._devtools.send("Runtime.evaluate", one.id, contextId=context, **words) for one, context in self.documents()]
        if not asked:
            return None
        calm = FOREVER
        # A document that is just going away never answers; neither does one that is busy for long.
        await asyncio.wait(asked, timeout=ANSWER_WITHIN)
        for one in asked:
            answer = one.exception() or one.result() if one.done() else Ended()
            if isinstance(answer, BaseException) or "value" not in answer.get("result", {}):
                return None
            calm = min(calm, float(answer["result"]["value"]) / 1000)
        return calm

    async def typable(self) -> bool:
        """Whether a field that is no secret has the focus."""
        words = {"expression": "kiosk.start().typable()", "returnByValue": True}
        asked = [self._devtools.send("Runtime.evaluate", one.id, contextId=context, **words) for one, context in self.documents()]
        done, _ = await asyncio.wait(asked, timeout=ANSWER_WITHIN) if asked else (set(), set())
        return any(not one.exception() and one.result().get("result", {}).get("value") is True for one in done)

    def documents(self, everywhere: bool = False) -> Iterator[tuple[Session, int]]:
        """Our world in each document of the shown window.

        :param everywhere: of every window.
        """
        for one in list(self.sessions.values()) if everywhere else self.of_window():
            if one.kind in ("page", "iframe"):
                for context in list(one.worlds):
                    yield one, context

    @property
    def secret(self) -> bool:
        """Whether something was said to be a secret and not yet taken back."""
        return any(one.secrets for one in self.of_window())

    # -- what the browser says ----------------------------------------------------------------------------------------

    def _do(self, work: Any) -> None:
        async def quietly() -> None:
            with suppress(Unavailable):
                await work

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _attached(self, said: dict[str, Any], parent: str) -> None:
        info = said["targetInfo"]
        one = Session(said["sessionId"], info["type"], info["targetId"], parent=parent)
        self.sessions[one.id] = one
        self._do(self._guard(one))

    async def _guard(self, one: Session) -> None:
        send, id = self._devtools.send, one.id
        if one.kind == "page" and len(self.order) >= MOST_WINDOWS and not self._making:
            send("Target.closeTarget", targetId=one.target)
            # As long as it waits, every window of its process does.
            await send("Runtime.runIfWaitingForDebugger", id)
            return
        # All of it stands in the pipe before the page is let go; the browser carries it out in this order.
        first = [send("Target.setAutoAttach", id, autoAttach=True, waitForDebuggerOnStart=True, flatten=True)]
        if one.kind in ("page", "iframe"):
            first += [
                send("Page.enable", id), send("Runtime.enable", id),
                send("Runtime.addBinding", id, name="kioskSays", executionContextName=WORLD),
                send("Page.addScriptToEvaluateOnNewDocument", id, source=self._script, worldName=WORLD, runImmediately=True),
                send("Page.setInterceptFileChooserDialog", id, enabled=True),
            ]  # fmt: skip
        if one.kind == "page":
            width, height = self.size
            first.append(send("Emulation.setFocusEmulationEnabled", id, enabled=True))
            if self._fit is None:
                metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                first.append(send("Emulation.setDeviceMetricsOverride", id, **metrics))
        first.append(send("Fetch.enable", id, patterns=[{"urlPattern": "*"}]))
        first.append(send("Runtime.runIfWaitingForDebugger", id))
        if one.kind == "page":
            self.order.append(id)
        await asyncio.gather(*first, return_exceptions=True)
        if one.kind == "page" and self._fit is not None:
            with suppress(Unavailable):
                await self._fit(one)
        one.guarded.set()
        self._owner.changed()

    def _detached(self, said: dict[str, Any], _: str) -> None:
        self.sessions.pop(said["sessionId"], None)
        if said["sessionId"] in self.order:
            self.order.remove(said["sessionId"])
            self.boxes.closed(said["sessionId"])
        self._owner.changed()

    def _world_made(self, said: dict[str, Any], session: str) -> None:
        context, one = said["context"], self.sessions.get(session)
        if one is None or context["name"] != WORLD:
            return
        one.worlds.add(context["id"])
        self._devtools.send("Runtime.evaluate", session, expression=self._secrets, contextId=context["id"])

    def _world_gone(self, said: dict[str, Any], session: str) -> None:
        if (one := self.sessions.get(session)) is not None:
            one.worlds.discard(said["executionContextId"])
            one.secrets.discard(said["executionContextId"])

    def _worlds_cleared(self, _: dict[str, Any], session: str) -> None:
        if (one := self.sessions.get(session)) is not None:
            one.worlds.clear()
            one.secrets.clear()

    def _said(self, said: dict[str, Any], session: str) -> None:
        one = self.sessions.get(session)
        if said["name"] != "kioskSays" or one is None:
            return
        try:
            word = json.loads(said["payload"])
        except ValueError:
            return
        if word.get("secret"):
            one.secrets.add(said["executionContextId"])
            self._owner.hold()
        elif "secret" in word:
            one.secrets.discard(said["executionContextId"])
            self._owner.changed()
        elif word.get("opaque"):
            self._do(self._look_inside(one, said["executionContextId"]))
        elif "date" in word:
            self._owner.told({"date": word["date"]})
        elif isinstance(word.get("touched"), str):
            self._owner.touched(word["touched"])

    async def _look_inside(self, one: Session, context: int) -> None:
        """A host of a hidden shadow root has the focus: hand the root to our script, so that it can classify what is inside."""
        send, id = self._devtools.send, one.id
        active = await send("Runtime.evaluate", id, expression="kiosk.active()", contextId=context)
        host = active.get("result", {}).get("objectId")
        if not host:
            return
        node = (await send("DOM.describeNode", id, objectId=host, depth=1, pierce=True))["node"]
        roots = [root for root in node.get("shadowRoots", ()) if root.get("shadowRootType") != "user-agent"]
        arguments: list[dict[str, Any]] = [{"objectId": host}, {"value": None}]
        if roots:
            found = await send("DOM.resolveNode", id, backendNodeId=roots[0]["backendNodeId"], executionContextId=context)
            arguments[1] = {"objectId": found["object"]["objectId"]}
        await send(
            "Runtime.callFunctionOn", id, functionDeclaration="function (host, root) { kiosk.adopt(host, root); }",
            arguments=arguments, executionContextId=context,
        )  # fmt: skip

    def _wants(self, said: dict[str, Any], session: str) -> None:
        """A request leaves only for the menu's hosts."""
        url = said["request"]["url"]
        if allowed(url, self._hosts):
            self._devtools.send("Fetch.continueRequest", session, requestId=said["requestId"])
            return
        page = said.get("resourceType") == "Document"
        # A page that is not let go elsewhere stays as it is.
        reason = "Aborted" if page else "BlockedByClient"
        self._devtools.send("Fetch.failRequest", session, requestId=said["requestId"], errorReason=reason)
        if page:
            # Only the host is told: the rest of an address may hold a person's data.
            self._owner.told({"blocked": urlsplit(url).hostname or ""})

    def _box_told(self, told: dict[str, Any]) -> None:
        self._owner.told(told)
        if told["box"] is None:
            self._owner.changed()

    def _chooser_opened(self, said: dict[str, Any], session: str) -> None:
        if session in self.sessions and "backendNodeId" in said:
            self.chooser = (session, said["backendNodeId"])
            self._owner.told({"file_wanted": True})

    def _navigated(self, said: dict[str, Any], session: str) -> None:
        if session in self.order and not said["frame"].get("parentId"):
            self.sessions[session].arrived += 1
            self._owner.told({"page": urlsplit(said["frame"]["url"]).hostname or ""})

    def _crashed(self, _: dict[str, Any], session: str) -> None:
        if (one := self.sessions.get(session)) is not None:
            one.crashed = True
            one.worlds.clear()
            one.secrets.clear()
            if one.kind in ("page", "iframe"):
                self._owner.told({"crashed": True})
