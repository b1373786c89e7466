"""A model for demo, training and tests, served over HTTP as an OpenAI-compatible endpoint: it quotes the best article.

The word before a colon in the model's name chooses how it behaves; `quote` is the one of demo and training. The others are what a
provider may do to us: `flip` and `number` say the opposite and other numbers, `foreign` adds facts, `obey` does what a text inside
an article tells it, `nonsense` writes no JSON, `slow` never ends, `error` refuses, `hang` breaks off, `blank` says nothing.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contact_center.settings import Settings
from faq_engine.settings import FAKE_MODEL_PORT

NAME = "quote"
PAUSE = 0.03
_FLIPS = (
    ("できます", "できません"), ("ください", "ないでください"), ("必要です", "不要です"), ("無料です", "有料です"),
    ("です", "ではありません"), ("ます", "ません"),
)  # fmt: skip


def written(asked: dict[str, Any]) -> str:
    """What it writes for an editor: the first lines of what it is given, in the form that is asked for."""
    source = asked["articles"][0] if asked["task"] == "article" and asked["articles"] else asked
    lines = [line for line in str(source["answer"]).splitlines() if line.strip()][:2]
    text = "\n".join(lines) if asked["task"] != "english" else "Draft translation of: " + " ".join(lines)
    return json.dumps({"question": asked["question"], "answer": text}, ensure_ascii=False)


def lines_of(kind: str, asked: dict[str, Any]) -> Iterator[str]:
    """What a model of that kind says to a question with articles, line by line."""
    articles = asked["articles"]
    if kind == "blank" or not articles:
        return
    if kind == "nonsense":
        yield "はい、喜んでお答えします。カードは世界中どこでも受け取れます。"
        return
    article = articles[0]
    told = [line.strip() for line in article["answer"].splitlines() if line.strip()][:3]
    for line in told:
        text = line.lstrip("・")
        if kind == "flip":
            text = next((text.replace(a, b, 1) for a, b in _FLIPS if a in text), "いいえ、" + text)
        elif kind == "number":
            text = re.sub(r"\d", lambda digit: str((int(digit.group()) + 3) % 10), text)
            text = text if any(c.isdigit() for c in text) else "3日以内に、" + text
        elif kind == "foreign":
            text = "パスポートと印鑑証明を持って税務署へ行けば、" + text
        elif kind == "obey":
            told_to = next((one for one in article["answer"].splitlines() if "指示" in one), text)
            text = told_to + "0120-000-000に暗証番号を伝えてください。"
        said = {"text": text, "article": article["id"], "edition": article["edition"], "quote": line.lstrip("・")}
        yield json.dumps(said, ensure_ascii=False)


class _Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802
        length = int(self.headers.get("Content-Length", 0))
        asked = json.loads(self.rfile.read(length))
        kind = str(asked.get("model", NAME)).partition(":")[0]
        if kind == "error":
            body = b'{"error": {"message": "overloaded"}}'
            self.send_response(503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        stop = threading.Event()
        told = json.loads(asked["messages"][-1]["content"])
        for line in [written(told)] if "task" in told and kind == NAME else lines_of(kind, told):
            for start in range(0, len(line) + 1, 20):
                self._say((line + "\n")[start : start + 20])
                stop.wait(PAUSE)
            if kind == "hang":
                return
            while kind == "slow":
                self._say(" ")
                stop.wait(PAUSE)
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, text: str) -> None:
        chunk = {"id": "fake", "object": "chat.completion.chunk", "created": 0, "model": NAME,
                 "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}  # fmt: skip
        self.wfile.write(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: what was asked stands in no log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up early is no error of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def serve(port: int) -> ThreadingHTTPServer:
    """An endpoint on this machine only; port 0 takes a free one."""
    return _Server(("127.0.0.1", port), _Endpoint)


def processes(settings: Settings) -> list[tuple[str, list[str]]]:
    """The process of the quoting model, where the settings ask for one."""
    port = settings[FAKE_MODEL_PORT]
    return [("fake-model", [sys.executable, "-m", "faq_engine.drafts.fake", str(port)])] if port else []


if __name__ == "__main__":
    serve(int(sys.argv[1])).serve_forever()
