"""Pages of ours in the booth, such as the photo's guide, and files that are put into the site's page without being written."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from contact_center.errors import Unavailable
from kiosk_bridge.booth.pages import Pages
from kiosk_bridge.booth.session import Session
from kiosk_bridge.browser import Devtools

PUT = """function (data, name, type) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], name, { type }));
  this.files = given.files;
  for (const kind of ["input", "change"]) this.dispatchEvent(new Event(kind, { bubbles: true, composed: true }));
}"""
"""What puts a file into a field as if it had been chosen there."""


WHERE = """function (selector, filled) {
  const found = [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length && (!filled || one.value));
  if (!found) return null;
  found.scrollIntoView({ block: "center" });
  const box = found.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""
"""Where something stands in a page that can be pressed."""


class OwnPages:
    """What we bring into one resident's browser."""

    def __init__(self, devtools: Devtools, pages: Pages) -> None:
        self._devtools, self._pages = devtools, pages

    async def open(self, html: str) -> str:
        """Show a page of ours before the site's, such as the photo's guide; its id.

        :raises Unavailable: where the browser is gone.
        """
        window = await self._pages.new_window()
        tree = await self._devtools.send("Page.getFrameTree", window.id)
        await self._devtools.send("Page.setDocumentContent", window.id, frameId=tree["frameTree"]["frame"]["id"], html=html)
        return window.target

    async def run(self, target: str, expression: str) -> None:
        """Evaluate in a page of ours."""
        session = next((one.id for one in self._pages.sessions.values() if one.target == target), None)
        if session is not None:
            await self._devtools.send("Runtime.evaluate", session, expression=expression)

    async def close(self, target: str) -> None:
        """Take a page of ours away."""
        with suppress(Unavailable):
            await self._devtools.send("Target.closeTarget", targetId=target)
        for _ in range(200):
            if not any(one.target == target for one in self._pages.sessions.values()):
                return
            await asyncio.sleep(0.01)

    async def put_file(self, data: str, name: str, kind: str) -> bool:
        """Put a file into the page's file field: the one that was pressed last, else the only one there is. No file is written.

        :param data: in base64.
        :returns: whether there was such a field.
        """
        for one, context in self._pages.documents():
            field = await self._file_field(one, context)
            if field:
                arguments = [{"value": data}, {"value": name}, {"value": kind}]
                await self._devtools.send(
                    "Runtime.callFunctionOn", one.id, objectId=field, functionDeclaration=PUT, arguments=arguments
                )
                self._pages.chooser = None
                return True
        return False

    async def _file_field(self, one: Session, context: int) -> str:
        """The file field of a document that is meant; empty where none is, or it is not clear which."""
        with suppress(Unavailable):
            if self._pages.chooser is not None:
                if self._pages.chooser[0] != one.id:
                    return ""
                wanted = {"backendNodeId": self._pages.chooser[1], "executionContextId": context}
                return str((await self._devtools.send("DOM.resolveNode", one.id, **wanted))["object"]["objectId"])
            only = "((all) => all.length === 1 ? all[0] : null)(document.querySelectorAll('input[type=file]'))"
            found = await self._devtools.send("Runtime.evaluate", one.id, contextId=context, expression=only)
            return str(found.get("result", {}).get("objectId", ""))
        return ""

    async def holds(self, expression: str, everywhere: bool = False) -> bool | None:
        """Whether something is true in any document of the shown window; no value leaves it.

        :param everywhere: in any document of any window.
        :returns: None where no document can say, or one that could make it true cannot.
        """
        answers = []
        for one, context in self._pages.documents(everywhere):
            found = {}
            with suppress(Unavailable):
                found = await self._devtools.send(
                    "Runtime.evaluate", one.id, contextId=context, expression=f"Boolean({expression})", returnByValue=True
                )
            answers.append(found.get("result", {}).get("value"))
        if True in answers:
            return True
        return False if answers and all(one is False for one in answers) else None

    async def where(self, selector: str, filled: bool = False) -> list[float] | None:
        """Where something stands in the shown page, in pixels; None where it is not there.

        :param filled: only a field in which something stands.
        """
        top = self._pages.shown
        if top is None:
            return None
        expression = f"(({WHERE})({json.dumps(selector)}, {json.dumps(filled)}))"
        found = await self._devtools.send("Runtime.evaluate", top.id, expression=expression, returnByValue=True)
        place: list[float] | None = found.get("result", {}).get("value")
        return place

    async def press(self, selector: str) -> None:
        """Press something in the shown page as a finger would, where a script stands in for the resident."""
        top, place = self._pages.shown, await self.where(selector)
        if top is not None and place:
            for kind in ("mousePressed", "mouseReleased"):
                await self._devtools.send(
                    "Input.dispatchMouseEvent", top.id, type=kind, x=place[0], y=place[1], button="left", clickCount=1
                )

    async def type(self, text: str) -> None:
        """Type as a keyboard would, where a script stands in for the resident."""
        top = self._pages.shown
        for letter in text if top is not None else "":
            for kind in ("keyDown", "keyUp"):
                more = {"text": letter} if kind == "keyDown" else {}
                await self._devtools.send("Input.dispatchKeyEvent", top.id, type=kind, key=letter, **more)  # type: ignore[union-attr]
