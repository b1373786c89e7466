"""Running the fake carrier."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from contact_center.clock import Clock
from contact_center.errors import Unavailable
from telephony.pbx import install
from telephony.pbx.values import MODULES, plain_value


def telephone(number: str) -> str:
    """The loopback address at which the telephone of a number stands, so that the carrier finds it."""
    digits = number[-4:]
    return f"127.9.{int(digits[:2]) + 1}.{int(digits[2:]) + 1}"


class Carrier:
    """A carrier with an address of its own, by which the centre identifies it.

    :param home: folder for its files.
    :param host: its own address, such as the loopback alias 127.0.0.2.
    :param centre: address and SIP port of the centre.
    :param channels: legs it allows at once.
    :param residents_port: SIP port of every resident's telephone, at the address `telephone()` of its number.
    :param rtp_first: first of its 400 UDP ports for sound.
    :param numbers: the numbers it has given to the centre: who dials one of them, the centre too, is sent to it.
    :param account: name, user and password with which the centre must register; None: the centre is known by its address.
    """

    def __init__(
        self,
        home: Path,
        host: str,
        port: int,
        centre: tuple[str, int],
        channels: int,
        residents_port: int,
        clock: Clock,
        rtp_first: int = 30000,
        numbers: Sequence[str] = (),
        account: tuple[str, str, str] | None = None,
    ) -> None:
        found = install.find()
        if found is None:
            raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
        self._found = found
        self._clock = clock
        self.host, self.port, self._home = host, port, home
        for name in ("etc", "lib", "spool", "run", "log"):
            (home / name).mkdir(parents=True, exist_ok=True)
        environment = Environment(
            loader=PackageLoader("telephony.carrier", "conf"), undefined=StrictUndefined, trim_blocks=True, autoescape=False
        )
        environment.filters["value"] = plain_value
        modules = [*MODULES, "res_pjsip_endpoint_identifier_anonymous"]
        modules = [m for m in modules if m not in ("app_queue", "res_config_sqlite3", "res_musiconhold")]
        values = {
            "home": home, "modules": found.modules, "data": found.data, "host": host, "port": port,
            "module_names": [m for m in modules if (found.modules / f"{m}.so").exists()],
            "centre_host": centre[0], "centre_port": centre[1], "channels": channels,
            "residents_port": residents_port, "rtp_first": rtp_first,
            "rtp_last": rtp_first + 399, "numbers": numbers, "account": account,
        }  # fmt: skip
        for template in environment.list_templates():
            text = environment.get_template(template).render(values)
            (home / "etc" / template.removesuffix(".j2")).write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes calls.

        :raises Unavailable: where it does not within 20 seconds.
        """
        # However this process ends, the carrier ends with it.
        words = [
            "/usr/bin/setpriv",
            "--pdeathsig",
            "TERM",
            *self._found.command,
            "-f",
            "-C",
            str(self._home / "etc" / "asterisk.conf"),
        ]
        log = (self._home / "log" / "output").open("wb")
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            if self.says("core waitfullybooted") and "from-resident" in (self.says("dialplan show from-resident") or ""):
                return
            self._clock.sleep(0.1)
        raise Unavailable("練習用の電話会社が起動しません。%(log)s を見てください。", log=self._home / "log")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def says(self, words: str) -> str | None:
        """What it answers to a command on its own console; None where it does not run."""
        asked = [*self._found.command, "-C", str(self._home / "etc" / "asterisk.conf"), "-rx", words]
        done = subprocess.run(asked, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else None
