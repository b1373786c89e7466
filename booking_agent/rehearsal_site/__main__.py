"""`python -m booking_agent.rehearsal_site`: opens the practice city until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import threading

from booking_agent.rehearsal_site.serve import serve


def main() -> None:
    """Open it, say in one line of JSON where it is, and wait."""
    words = argparse.ArgumentParser(prog="python -m booking_agent.rehearsal_site", description=__doc__)
    for name in ("--port", "--smtp-port", "--imap-port"):
        words.add_argument(name, type=int, default=0, help="0 takes a free one")
    words.add_argument("--control", required=True, metavar="TOKEN", help="opens /ledger and /switches, as the header X-Control")
    asked = words.parse_args()
    ended = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: ended.set())
    running = serve(asked.control, asked.port, asked.smtp_port, asked.imap_port)
    told = {"url": running.url, "port": running.port, "smtp_port": running.smtp_port, "imap_port": running.imap_port}
    print(json.dumps(told), flush=True)
    ended.wait()
    running.close()


if __name__ == "__main__":
    main()
