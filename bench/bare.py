"""The plain alternative to our dialplan: the same Asterisk with Answer and the queue, and nobody who listens."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from admin.demo.ports import PortBlock, free_port
from bench.measure import CARRIER
from contact_center.errors import Unavailable
from telephony.pbx import install
from telephony.pbx.values import MODULES

CONFIGURATION = {
    "asterisk.conf": """
[directories]
astetcdir => {home}/etc
astmoddir => {modules}
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astdatadir => {data}
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
""",
    "modules.conf": "[modules]\nautoload = no\n{loads}\n",
    "logger.conf": "[logfiles]\nmessages.log = notice,warning,error\n",
    "rtp.conf": "[general]\nrtpstart = {rtp_first}\nrtpend = {rtp_last}\nicesupport = yes\nstrictrtp = yes\n",
    "musiconhold.conf": "[hold]\nmode = files\ndirectory = {music}\n",
    "queues.conf": "[general]\n\n[empty]\nmusicclass = hold\n",
    "extensions.conf": "[from-trunk]\nexten => _X.,1,Answer()\n same => n,Queue(empty)\n",
    "pjsip.conf": """
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}

[trunk]
type = endpoint
context = from-trunk
disallow = all
allow = ulaw,alaw
direct_media = no

[trunk]
type = identify
endpoint = trunk
match = {carrier}
""",
    **{f"{name}.conf": "[general]\nenabled = no\n" for name in ("cdr", "cel", "http", "manager")},
    **{f"{name}.conf": "" for name in ("acl", "ccss", "features", "indications", "pjproject", "queuerules", "udptl")},
}
"""Sound, modules and codecs as in our centre; no record of calls, no manager interface, no seats."""


@contextmanager
def bare_asterisk(home: Path, music: Path, ports: int, more: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """A bare Asterisk; yields its SIP port and its process id.

    :param music: folder of what those who wait hear.
    :param ports: UDP ports for sound.
    :param more: what else stands in its files, by their names.
    :raises Unavailable: where it does not start.
    """
    found = install.find()
    if found is None:
        raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
    for name in ("etc", "lib/keys", "spool", "run", "log"):
        (home / name).mkdir(parents=True)
    port, block = free_port(), PortBlock(ports)
    values = {
        "home": home, "modules": found.modules, "data": found.data, "port": port, "carrier": CARRIER, "music": music,
        "rtp_first": block.first, "rtp_last": block.first + ports - 1,
        "loads": "\n".join(f"load = {name}.so" for name in MODULES if (found.modules / f"{name}.so").exists()),
    }  # fmt: skip
    for name, text in CONFIGURATION.items():
        (home / "etc" / name).write_text(text.format(**values) + (more or {}).get(name, ""))
    configuration = str(home / "etc" / "asterisk.conf")
    words = [*found.command, "-f", "-C", configuration]
    with (home / "log" / "output").open("wb") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait([*found.command, "-C", configuration, "-rx", "dialplan show from-trunk"])
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)
        block.close()


def _wait(question: list[str]) -> None:
    for _ in range(100):
        if "Queue(empty)" in subprocess.run(question, capture_output=True, text=True).stdout:
            return
        time.sleep(0.1)
    raise Unavailable("比較用のAsteriskが起動しません。")
