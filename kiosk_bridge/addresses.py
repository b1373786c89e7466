"""Where a menu's pages may lead: its hosts, each `host` or `host:port`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

USUAL = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def is_of(host: str, port: int, hosts: Iterable[str]) -> bool:
    """Whether a host is one of the menu's; one that is named without a port is met at the web's usual ones only."""
    named = {f"{host}:{port}"} | ({host} if port in USUAL.values() else set())
    return bool(named & set(hosts))


def leads_to(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address is of one of the menu's hosts, and names nobody before the host."""
    try:
        parts = urlsplit(url)
        usual, port = USUAL.get(parts.scheme), parts.port
    except ValueError:
        return False
    if usual is None or not parts.hostname or "@" in parts.netloc:
        return False
    return is_of(parts.hostname, usual if port is None else port, hosts)
