"""The pages of the booth's browser: each page, frame and worker waits until it is guarded, and goes only where the menu allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import urlsplit

from contact_center.errors import Unavailable
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

GUARD_WITHIN, GUARD_LOOKS = 10.0, 500
"""Seconds within which the first page is there and guarded, and how often that is looked at."""

BOXES_WITHIN = 60.0
"""Seconds after which a box that nobody answers is closed as if cancelled."""


class Owner(Protocol):
    """Who is told what happens in the pages."""

    def changed(self) -> None:
        """Another page is shown, or it may look different."""

    def hold(self) -> None:
        """Something may be a secret now."""

    def touched(self, kind: str) -> None:
        """Somebody has touched a page."""

    def told(self, what: dict[str, Any]) -> None:
        """Something for the console and the kiosk's face, without any value of a page."""


@dataclass
class Session:
    """A page, a frame in a process of its own, or a worker."""

    id: str
    kind: str
    target: str
    worlds: set[int] = field(default_factory=set)
    """Our world in each of its documents, by context."""

    secrets: set[int] = field(default_factory=set)
    """Worlds in which something is a secret as far as is known."""

    parent: str = ""
    guarded: asyncio.Event = field(default_factory=asyncio.Event)


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address is one of the menu's: `host` or `host:port`; a page's own data and blank pages are."""
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob", "about"):
        return True
    try:
        port = parts.port
    except ValueError:
        return False
    usual = {"https": 443, "http": 80, "wss": 443, "ws": 80}.get(parts.scheme)
    if usual is None or parts.hostname is None:
        return False
    named = {f"{parts.hostname}:{port or usual}"}
    if (port or usual) == usual:
        named.add(parts.hostname)
    return bool(named & set(hosts))


class Pages:
    """All pages of one resident's browser.

    :param hosts: where they may go.
    :param secret_fields: a CSS selector of fields that the menu says are secrets beside those that show it by themselves.
    :param pad: whether secrets are typed on keys on the screen.
    """

    def __init__(self, devtools: Devtools, owner: Owner, hosts: Iterable[str], secret_fields: str = "", pad: bool = False) -> None:
        self._devtools = devtools
        self._owner = owner
        self._hosts = frozenset(hosts)
        self._secrets = f"kiosk.secrets({json.dumps(secret_fields)}, {json.dumps(pad)})"
        scripts = files("kiosk_bridge.booth")
        self._script = "".join(scripts.joinpath(name).read_text("utf-8") for name in ("pad.js", "watch.js"))
        self.sessions: dict[str, Session] = {}
        self.order: list[str] = []
        """The sessions of windows, the shown one last."""

        self.box: dict[str, Any] | None = None
        """What a page asks or says just now, with the session that does."""

        self.chooser: tuple[str, int] | None = None
        """The file field that was pressed last, with its page."""

        self._tasks: set[asyncio.Task[None]] = set()
        for event, handler in (
            ("Target.attachedToTarget", self._attached), ("Target.detachedFromTarget", self._detached),
            ("Runtime.executionContextCreated", self._world_made), ("Runtime.executionContextDestroyed", self._world_gone),
            ("Runtime.executionContextsCleared", self._worlds_cleared), ("Runtime.bindingCalled", self._said),
            ("Fetch.requestPaused", self._wants), ("Page.javascriptDialogOpening", self._box_opened),
            ("Page.javascriptDialogClosed", self._box_closed), ("Page.fileChooserOpened", self._chooser_opened),
            ("Page.frameNavigated", self._navigated), ("Inspector.targetCrashed", self._crashed),
        ):  # fmt: skip
            devtools.on(event, handler)

    async def begin(self, size: tuple[int, int]) -> None:
        """Guard what is open and all that will be.

        :param size: of the page, in pixels.
        """
        self.size = size
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
        """Go to an address of the menu.

        :raises Unavailable: where it is none, or no page is open.
        """
        top = self.shown
        if top is None or not allowed(url, self._hosts):
            raise Unavailable("このメニューにないページです。")
        await self._wait_for_guard(top)
        why = ""
        for _ in range(OPENED_AGAIN):
            asked = self._devtools.send("Page.navigate", top.id, url=url)
            done, _pending = await asyncio.wait([asked], timeout=OPEN_WITHIN)
            why = asked.result().get("errorText", "") if done else "timeout"
            if why != CUT_OFF:
                break
        if why:
            raise Unavailable("ページを開けません（%(why)s）。", why=why)

    async def swear(self) -> float | None:
        """Ask every document of the shown window whether something is a secret.

        :returns: for how many seconds nothing has been one; None where something is, or a document cannot say.
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
        return None if calm < 0 else calm

    async def typable(self) -> bool:
        """Whether a field that is no secret has the focus."""
        words = {"expression": "kiosk.start().typable()", "returnByValue": True}
        asked = [self._devtools.send("Runtime.evaluate", one.id, contextId=context, **words) for one, context in self.documents()]
        done, _ = await asyncio.wait(asked, timeout=ANSWER_WITHIN) if asked else (set(), set())
        return any(not one.exception() and one.result().get("result", {}).get("value") is True for one in done)

    def documents(self) -> Iterator[tuple[Session, int]]:
        """Our world in each document of the shown window."""
        for one in self.of_window():
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
        if one.kind == "page" and len(self.order) >= MOST_WINDOWS:
            await self._devtools.send("Target.closeTarget", targetId=one.target)
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
            first += [
                send("Emulation.setFocusEmulationEnabled", id, enabled=True),
                send("Emulation.setDeviceMetricsOverride", id, width=width, height=height, deviceScaleFactor=1, mobile=False),
            ]
        first.append(send("Fetch.enable", id, patterns=[{"urlPattern": "*"}]))
        first.append(send("Runtime.runIfWaitingForDebugger", id))
        if one.kind == "page":
            self.order.append(id)
        await asyncio.gather(*first, return_exceptions=True)
        one.guarded.set()
        self._owner.changed()

    def _detached(self, said: dict[str, Any], _: str) -> None:
        self.sessions.pop(said["sessionId"], None)
        if said["sessionId"] in self.order:
            self.order.remove(said["sessionId"])
            if self.box is not None and self.box["session"] == said["sessionId"]:
                self._box_closed({}, said["sessionId"])
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

    def _box_opened(self, said: dict[str, Any], session: str) -> None:
        text = {"kind": said["type"], "message": said["message"][:500], "default": said.get("defaultPrompt", "")[:500]}
        self.box = {"session": session, **text}
        if said["type"] == "beforeunload":
            # Nobody is kept on a page.
            self.answer_box(True)
            return
        self._owner.told({"box": text})
        asyncio.get_running_loop().call_later(BOXES_WITHIN, self._give_up, self.box)

    def _give_up(self, box: dict[str, Any]) -> None:
        if self.box is box:
            self.answer_box(False)

    def answer_box(self, accept: bool, text: str = "") -> None:
        """Answer what a page asks or says."""
        if self.box is not None:
            more = {"promptText": text} if self.box["kind"] == "prompt" and accept else {}
            self._devtools.send("Page.handleJavaScriptDialog", self.box["session"], accept=accept, **more)

    def _box_closed(self, _: dict[str, Any], session: str) -> None:
        if self.box is not None and self.box["session"] == session:
            self.box = None
            self._owner.told({"box": None})
            self._owner.changed()

    def _chooser_opened(self, said: dict[str, Any], session: str) -> None:
        if session in self.sessions and "backendNodeId" in said:
            self.chooser = (session, said["backendNodeId"])
            self._owner.told({"file_wanted": True})

    def _navigated(self, said: dict[str, Any], session: str) -> None:
        if session in self.order and not said["frame"].get("parentId"):
            self._owner.told({"page": urlsplit(said["frame"]["url"]).hostname or ""})

    def _crashed(self, _: dict[str, Any], session: str) -> None:
        self._owner.told({"crashed": True})
