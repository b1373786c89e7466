"""A reservation site built unlike the practice city: one page, days that turn out empty, fields for a summary, HTTP 409."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROFILE = """
site: other
city: mihon
title: よその作りのサイト
start: {url}/
consent: 試験のため
window: {{first: 1, last: 60}}
facts: {{day: Start, time: Start}}
errors: {{taken: [No availability]}}
days:
  cells: "#days button"
times:
  cells: "#times button"
look:
  - open: .
book:
  fill:
    - fill: {{Your name: "{{family}}"}}
  commit:
    - click: Book
  done:
    see: Reservation complete
    shows: {{day: "css:#calendar @href", time: "css:#calendar @href", number: "css:#number"}}
"""

PAGE = """<!doctype html><meta charset=utf-8><title>Other</title><h1>Other city</h1>
<div id=days><button data-date="2026-12-01">1</button><button data-date="2026-12-02">2</button></div>
<p id=none></p><div id=times></div>
<form id=form hidden><label>Your name <input name=who></label><label>Start <input type=datetime-local name=start readonly></label>
<button id=book type=button>Book</button></form><p id=toast></p>
<div id=done hidden><h2>Reservation complete</h2><a id=calendar>add</a><b id=number></b></div>
<script>
const full = ["2026-12-01"];
for (const day of document.querySelectorAll("#days button")) day.onclick = () => {
  const date = day.dataset.date;
  none.textContent = full.includes(date) ? "No availability" : "";
  times.innerHTML = full.includes(date) ? "" : "<button>10:00</button> <button>11:00</button>";
  for (const time of times.querySelectorAll("button")) time.onclick = () => {
    form.hidden = false; form.start.value = date + "T" + time.textContent;
  };
};
book.disabled = DISABLED;
book.onclick = async () => {
  const answer = await fetch("/book", { method: "POST", body: form.start.value });
  const said = await answer.json();
  toast.textContent = said.error ?? "";
  if (answer.ok) { done.hidden = false; calendar.href = "#" + form.start.value; number.textContent = said.number; }
};
</script>"""


class OtherSite:
    """The running site, and what it has booked."""

    def __init__(self) -> None:
        self.status, self.disabled = 200, False
        self.booked: list[str] = []
        site = self

        class _Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                self._say(200, PAGE.replace("DISABLED", json.dumps(site.disabled)).encode(), "text/html; charset=utf-8")

            def do_POST(self) -> None:  # noqa: N802
                start = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if site.status == 200:
                    site.booked.append(start)
                said: dict[str, Any] = {"number": "N1"} if site.status == 200 else {"error": "overlaps with another appointment"}
                self._say(site.status, json.dumps(said).encode(), "application/json")

            def _say(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def write_profile(self, folder: Path, *changes: tuple[str, str]) -> Path:
        """Its profile, with other words where a test wants them."""
        text = PROFILE.format(url=self.url).lstrip()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path = folder / "other.yaml"
        path.write_text(text, "utf-8")
        return path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
