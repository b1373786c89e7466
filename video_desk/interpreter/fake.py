"""A practice interpreter for demo, training and tests, served over HTTP as both OpenAI-compatible endpoints.

It knows the agreed phrases: speech is compared with each of them as our own voices say it, text is looked up. What it does not
know it does not hear; of a text it says that it is a practice translation. `python -m video_desk.interpreter.fake --port N`.
"""

from __future__ import annotations

import argparse
import io
import sys
import threading
from functools import cache
from typing import Any

import soundfile
from flask import Flask, request

from contact_center.settings import Settings
from contact_center.speech.hearing import RATE, Samples, at_rate, likeness
from contact_center.speech.kept import kept
from contact_center.speech.voice import speak
from contact_center.web.practice import begin, bind, end, tell_and_wait
from video_desk.interpreter.phrases import phrases, verbatim
from video_desk.settings import FAKE_INTERPRETER_PORT

LIKE = 0.55
"""Likeness from which a phrase counts as said; another one stays under .4."""

LANGUAGES = ("ja", "en", "zh", "ko", "pt", "vi")


@cache
def _said(text: str, language: str) -> Samples:
    def make() -> bytes:
        file = io.BytesIO()
        samples, rate = speak(text, 1.0, language)
        soundfile.write(file, samples, rate, format="WAV")
        return file.getvalue()

    samples, rate = soundfile.read(io.BytesIO(kept(f"practice:1:{language}:{text}", "wav", make)), dtype="float32")
    return at_rate(samples, rate)


def _heard(sound: bytes, language: str) -> str:
    samples, rate = soundfile.read(io.BytesIO(sound), dtype="float32", always_2d=True)
    heard = at_rate(samples.mean(axis=1), int(rate))
    known = [one[language] for one in phrases() if language in one]
    # A phrase is as long as what was heard of it, give or take the silence around it.
    near = [text for text in known if abs(len(_said(text, language)) - len(heard)) < 1.2 * RATE]
    best = max(((likeness(_said(text, language), heard), text) for text in near), default=(0.0, ""))
    return best[1] if best[0] >= LIKE else ""


def app() -> Flask:
    """Both endpoints."""
    made = Flask(__name__)

    @made.post("/v1/audio/transcriptions")
    def transcribe() -> Any:
        return {"text": _heard(request.files["file"].read(), request.form.get("language", "ja"))}

    @made.post("/v1/chat/completions")
    def translate() -> Any:
        asked: Any = request.get_json()
        said = str(asked["messages"][-1]["content"])
        task = str(asked["messages"][0]["content"])
        goal = next((code for code, name in _NAMES.items() if f" to {name}" in task), "en")
        known = (verbatim(said, one, goal) for one in LANGUAGES if one != goal)
        text = next((one for one in known if one), f"(practice translation) {said}")
        message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return {"id": "fake", "object": "chat.completion", "created": 0, "model": "practice", "choices": [message]}

    return made


_NAMES = {
    "ja": "Japanese", "en": "English", "zh": "simplified Chinese", "ko": "Korean", "pt": "Brazilian Portuguese", "vi": "Vietnamese"
}  # fmt: skip


def processes(settings: Settings) -> list[tuple[str, list[str]]]:
    """The practice interpreter, where a port is set."""
    port = settings[FAKE_INTERPRETER_PORT]
    return [("practice-interpreter", [sys.executable, "-m", "video_desk.interpreter.fake", "--port", str(port)])] if port else []


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    words = argparse.ArgumentParser(prog="python -m video_desk.interpreter.fake", description=__doc__)
    words.add_argument("--port", type=int, default=0, help="0 takes a free one")
    server = bind(app(), words.parse_args().port)
    begin(server, "interpreter")
    # Whoever speaks first does not wait until every phrase was spoken once.
    threading.Thread(target=lambda: [_said(one[it], it) for it in LANGUAGES for one in phrases() if it in one], daemon=True).start()
    tell_and_wait({"port": server.server_port}, lambda: end(server))


if __name__ == "__main__":
    main()
