"""`python -m video_desk.rehearsal_sites`: opens the practice sites until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse

from contact_center.web.practice import tell_and_wait
from video_desk.rehearsal_sites.post import Office
from video_desk.rehearsal_sites.serve import serve


def main() -> None:
    """Open them, say in one line of JSON where they are, and wait."""
    words = argparse.ArgumentParser(prog="python -m video_desk.rehearsal_sites", description=__doc__)
    words.add_argument("--port", type=int, default=0, help="of both sites; 0 takes a free one")
    words.add_argument(
        "--second-port", type=int, default=0, help="of the card software, which is another origin; 0 takes a free one"
    )
    words.add_argument("--control", required=True, metavar="TOKEN", help="opens /control, as the header X-Control")
    words.add_argument(
        "--smtp", type=Office.named, metavar="HOST:PORT", help="mails are really sent there; without it they stay in the ledger"
    )
    asked = words.parse_args()
    running = serve(asked.control, asked.port, asked.second_port, asked.smtp)
    told = {"url": running.url, "port": running.port, "second_url": running.second_url, "second_port": running.second_port}
    tell_and_wait(told, running.close)


if __name__ == "__main__":
    main()
