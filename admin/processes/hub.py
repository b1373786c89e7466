"""The hub process: WebSockets of consoles and native phones, on a Unix socket behind nginx."""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.endpoints import UNIXServerEndpoint
from twisted.web.server import Site

from admin.processes.start import keep_steady_time, log_without_people, start
from contact_center.hub import Hub


class _SiteWithoutLog(Site):
    """An access log of its own would hold addresses; nginx writes one without."""

    def log(self, request: object) -> None:  # noqa: D102
        return


def main() -> None:
    """Serve until told to stop."""
    house = start()
    keep_steady_time(reactor, house.clock)
    log_without_people()
    hub = Hub(house, reactor)
    socket = house.settings.home / "run" / "hub.sock"
    socket.unlink(missing_ok=True)
    site = _SiteWithoutLog(hub.resource())
    UNIXServerEndpoint(reactor, str(socket), mode=0o600).listen(site)
    hub.startService()
    reactor.addSystemEventTrigger("before", "shutdown", hub.stopService)
    reactor.run()


if __name__ == "__main__":
    main()
