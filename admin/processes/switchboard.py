"""The switchboard process: the one link to Asterisk."""

from __future__ import annotations

from twisted.internet import reactor

from admin.processes.start import keep_steady_time, log_without_people, start
from telephony.switchboard.service import Switchboard


def main() -> None:
    """Observe and command until told to stop."""
    house = start()
    keep_steady_time(reactor, house.clock)
    log_without_people()
    switchboard = Switchboard(house, reactor)
    switchboard.startService()
    reactor.addSystemEventTrigger("before", "shutdown", switchboard.stopService)
    reactor.run()


if __name__ == "__main__":
    main()
