"""The practice application site, Mynaportal and interpreter for demo and training: their process, and the demo's settings."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable

from contact_center.settings import MAIL_REHEARSAL, Settings
from video_desk.interpreter.fake import processes as interpreter
from video_desk.settings import REHEARSAL_PORT, REHEARSAL_SECOND_PORT, REHEARSAL_TOKEN


def processes(settings: Settings) -> list[tuple[str, list[str]]]:
    """The practice sites, where a port is set."""
    if not settings[REHEARSAL_PORT]:
        return interpreter(settings)
    words = [
        sys.executable, "-m", "video_desk.rehearsal_sites", "--port", str(settings[REHEARSAL_PORT]),
        "--second-port", str(settings[REHEARSAL_SECOND_PORT]), "--control", settings[REHEARSAL_TOKEN] or "rehearsal",
    ]  # fmt: skip
    if settings[MAIL_REHEARSAL]:
        words += ["--smtp", f"127.0.0.1:{settings[MAIL_REHEARSAL]}"]
    return [("practice-sites", words), *interpreter(settings)]


def demo_settings(free_port: Callable[[], int]) -> str:
    """Practice sites on this machine."""
    port = free_port()
    declared = "".join(
        f'{one}_url = "http://127.0.0.1:{port}/v1"\n{one}_model = "practice"\n'
        f'{one}_country = "JP"\n{one}_retention = "残しません"\n'
        for one in ("speech", "translation")
    )
    return (
        f"[desk]\nrehearsal_port = {free_port()}\nrehearsal_second_port = {free_port()}\nfake_interpreter_port = {port}\n{declared}"
        f'rehearsal_token = "{secrets.token_urlsafe(16)}"\n'
    )
