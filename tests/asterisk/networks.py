"""Networks of a test's own: a centre and a kiosk, each behind a router that translates addresses, and what lies between them.

They are network namespaces without any process that keeps them. Whoever makes them needs what `unshare --user --keep-caps` gives.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
from pathlib import Path

from contact_center.settings import WEB_PORT

CENTRE, CENTRE_ROUTER = "10.1.0.2", "203.0.113.10"
KIOSK, KIOSK_ROUTER = "10.2.0.2", "203.0.113.20"
TURN = "203.0.113.5"
TURN_PORT = 3478

CENTRE_RULES = """table ip nat {
  chain in { type nat hook prerouting priority dstnat;
    iifname "wan" tcp dport 443 dnat to %(centre)s:%(web)s
  }
  chain out { type nat hook postrouting priority srcnat;
    oifname "wan" masquerade
  }
}"""
"""A centre's router: nothing comes in but HTTPS."""

KIOSK_RULES = """table ip nat {
  chain out { type nat hook postrouting priority srcnat;
    oifname "wan" masquerade
  }
}
table ip guard {
  chain through { type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan" ip daddr %(router)s tcp dport 443 accept
    iifname "lan" ip daddr %(turn)s udp dport %(port)s accept
    iifname "lan" meta l4proto udp counter drop
  }
}"""
"""A city hall's firewall: nothing goes out but HTTPS to the centre and TURN to its server."""

POOR_RULES = """table ip poor {
  chain through { type filter hook forward priority 10;
    meta l4proto udp numgen random mod 100 < %d drop
  }
}"""
"""A line that loses so many packets of a hundred, at random; TCP sends its own again and is let through."""

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_NEW_NETWORK = 0x40000000


class Network:
    """One network namespace. Within `with network:` what this thread starts (processes, threads, connections) belongs to it."""

    def __init__(self) -> None:
        before = _here()
        _call("unshare", _NEW_NETWORK)
        self._own = _here()
        _call("setns", before, _NEW_NETWORK)
        os.close(before)
        self._before: list[int] = []
        self.run("ip link set lo up")

    def __enter__(self) -> Network:
        self._before.append(_here())
        _call("setns", self._own, _NEW_NETWORK)
        return self

    def __exit__(self, *_: object) -> None:
        before = self._before.pop()
        _call("setns", before, _NEW_NETWORK)
        os.close(before)

    def run(self, words: str, given: str = "") -> str:
        """What a command says that was run here."""
        with self:
            done = subprocess.run(words.split(), input=given, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def joins(self, name: str, other: Network, others: str) -> None:
        """Lay a cable to another network; each end has its own name."""
        ends = [f"/proc/{os.getpid()}/fd/{network._own}" for network in (self, other)]
        self.run(f"ip link add name {name} netns {ends[0]} type veth peer name {others} netns {ends[1]}")

    def has(self, name: str, address: str, gateway: str = "") -> None:
        """Give one end of a cable an address."""
        self.run(f"ip address add {address}/24 dev {name}")
        self.run(f"ip link set {name} up")
        if gateway:
            self.run(f"ip route add default via {gateway}")


class Town:
    """The centre's network, the kiosk's, and the public one in which the TURN server stands."""

    def __init__(self) -> None:
        said = {"web": WEB_PORT.default, "centre": CENTRE, "router": CENTRE_ROUTER, "turn": TURN, "port": TURN_PORT}
        self.public = Network()
        self.public.run("ip link add name square type bridge")
        self.public.has("square", TURN)
        self.centre, _ = self._behind(CENTRE, CENTRE_ROUTER, CENTRE_RULES % said, "centre")
        self.kiosk, self._guard = self._behind(KIOSK, KIOSK_ROUTER, KIOSK_RULES % said, "kiosk")

    def _behind(self, address: str, outside: str, rules: str, name: str) -> tuple[Network, Network]:
        network, router = Network(), Network()
        inside = address.rpartition(".")[0] + ".1"
        network.joins("eth", router, "lan")
        router.has("lan", inside)
        network.has("eth", address, inside)
        router.joins("wan", self.public, name)
        router.has("wan", outside)
        self.public.run(f"ip link set {name} master square up")
        router.run("nft -f -", rules)
        with router:
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        return network, router

    def loses(self, percent: int) -> None:
        """The kiosk's line loses so many of the packets of sound and picture from now on."""
        self._guard.run("nft -f -", "table ip poor {}\ndelete table ip poor\n" + POOR_RULES % percent)

    def dropped(self) -> int:
        """How many packets of the kiosk wanted to go straight, and the firewall has dropped."""
        found = re.search(r"counter packets (\d+)", self._guard.run("nft list ruleset"))
        assert found is not None
        return int(found.group(1))


def _here() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _call(name: str, *values: int) -> None:
    if getattr(_LIBRARY, name)(*values):
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
