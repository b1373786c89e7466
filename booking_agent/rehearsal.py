"""The practice city for demo and training: its process, and profiles that name where it listens.

`python -m booking_agent.rehearsal FOLDER …` puts the profiles into a folder, then opens the practice city (see
`booking_agent.rehearsal_site` for the further words).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.settings import REHEARSAL_IMAP, REHEARSAL_PORT, REHEARSAL_TOKEN, SITES
from contact_center.clock import SystemClock
from contact_center.settings import MAIL_REHEARSAL, Settings

USUAL = "http://127.0.0.1:8391/"
"""Where the shipped profiles expect it."""


def write_staff(path: Path) -> None:
    """Put the practice city's staff sign-in where the centre looks for it, for nobody else to read."""
    account, password = next(iter(Ledger(SystemClock()).staff.items()))
    path.touch(0o600)
    path.write_text(f'[rehearsal-staff]\nuser = "{account}"\npassword = "{password}"\n', "utf-8")


def processes(settings: Settings) -> list[tuple[str, list[str]]]:
    """The practice city, where a port is set."""
    if not settings[REHEARSAL_PORT]:
        return []
    words = [
        sys.executable, "-m", "booking_agent.rehearsal", str(settings.base / settings[SITES]),
        "--port", str(settings[REHEARSAL_PORT]), "--imap-port", str(settings[REHEARSAL_IMAP]),
        "--smtp-port", str(settings[MAIL_REHEARSAL]),
        "--control", settings[REHEARSAL_TOKEN] or "rehearsal",
    ]  # fmt: skip
    return [("rehearsal-site", words)]


def write_profiles(folder: Path, url: str) -> list[Path]:
    """Put the profiles of the practice city into a folder.

    :param url: of the practice city, ending in a slash.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return list(_write(folder, url))


def _write(folder: Path, url: str) -> Iterator[Path]:
    for source in sorted(files("booking_agent").joinpath("sites").iterdir(), key=lambda one: one.name):
        if source.name.endswith(".yaml"):
            path = folder / source.name
            path.write_text(source.read_text("utf-8").replace(USUAL, url), "utf-8")
            yield path


def main() -> None:
    """Put the profiles where the centre looks for them, then open the practice city."""
    from booking_agent.rehearsal_site.__main__ import main as open_city

    folder, port = Path(sys.argv.pop(1)), sys.argv[sys.argv.index("--port") + 1]
    write_profiles(folder, f"http://127.0.0.1:{port}/")
    write_staff(folder / "staff.toml")
    open_city()


if __name__ == "__main__":
    main()
