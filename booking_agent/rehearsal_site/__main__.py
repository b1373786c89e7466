"""`python -m booking_agent.rehearsal_site`: opens the practice city until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse

from booking_agent.rehearsal_site.serve import serve
from contact_center.web.practice import tell_and_wait


def main() -> None:
    """Open it, say in one line of JSON where it is, and wait."""
    words = argparse.ArgumentParser(prog="python -m booking_agent.rehearsal_site", description=__doc__)
    for name in ("--port", "--smtp-port", "--imap-port"):
        words.add_argument(name, type=int, default=0, help="0 takes a free one")
    words.add_argument("--control", required=True, metavar="TOKEN", help="opens /ledger and /switches, as the header X-Control")
    asked = words.parse_args()
    running = serve(asked.control, asked.port, asked.smtp_port, asked.imap_port)
    told = {"url": running.url, "port": running.port, "smtp_port": running.smtp_port, "imap_port": running.imap_port}
    tell_and_wait(told, running.close)


if __name__ == "__main__":
    main()
