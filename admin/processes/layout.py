"""Which processes a centre consists of, how each is started, and the files they need before."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from admin.addresses import check_addresses, check_free
from admin.certificates import make_certificates
from admin.processes.start import SETTINGS
from contact_center.database.schema import upgrade
from contact_center.directory import load_file
from contact_center.errors import Conflict, SettingsError
from contact_center.features import resolve
from contact_center.house import House, migrations
from contact_center.settings import CLIENT_AUTHORITY, DIRECTORY, WEB_HOST, WEB_PORT, WEB_SIGN_INS, WEB_WORKERS
from telephony.pbx import render
from telephony.settings import HTTP_PORT

CLONE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Process:
    """One process: its name, the words that start it, and what tells that it serves (a socket file or None)."""

    name: str
    words: list[str]
    socket: Path | None = None


def hold(home: Path) -> IO[str]:
    """Be the one that keeps the centre of this home, until the file is closed.

    :raises Conflict: where somebody keeps it already: starting or ending its processes twice would cut calls.
    """
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (home / "run" / "keeper.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Conflict(
            "%(home)s のセンターはもう動いています。止めるには、動かした端末で Ctrl-C を押してください。", home=home
        ) from error
    return lock


def survivor(note: Path) -> int | None:
    """The process whose id an earlier keeper wrote down, where it still runs."""
    try:
        pid, began = note.read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if started(int(pid)) == began else None


def started(pid: int) -> str:
    """When a process began, in the kernel's ticks; a number used again tells itself by this."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def check_nothing_else_runs(house: House) -> None:
    """Refuse to start where another program holds one of the ports; what outlived an earlier keeper is our own.

    :raises SettingsError: naming the line to mend.
    """
    if not any(survivor(note) for note in (house.settings.home / "run").glob("*.keeper")):
        check_free(house.settings)


def prepare(house: House, settings_path: Path | None) -> list[Process]:
    """Make everything the processes need, and name them in the order they start.

    :raises SettingsError: saying which line to mend.
    """
    home = house.settings.home
    check_addresses(house.settings)
    for name in ("data", "audit", "keys", "run", "log", "tmp", "tls"):
        (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    hold(home).close()
    upgrade(house.database, migrations(house.features))
    house.audit.create()
    fill_directory(house)
    make_certificates(house)
    render.prepare(house)
    for name, text in _front(house).items():
        (home / "run" / name).write_text(text)
    return processes(house)


def fill_directory(house: House) -> None:
    """Load the directory file where the database has none yet."""
    with house.database.session_scope() as session:
        if not house.directory.is_empty(session):
            return
        path = house.settings.base / house.settings[DIRECTORY]
        if not path.exists():
            raise SettingsError(
                "台帳ファイル %(path)s がありません。docs/operate/settings.md の見本から作ってください。", path=path
            )
        parts = load_file(session, house.log, path, "operator")
        house.seats.keep(session, [(s.id, s.name, s.pools) for s in parts.seats])


def processes(house: House) -> list[Process]:
    """The processes of a centre, in the order they start."""
    home = house.settings.home
    run = home / "run"
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
    gunicorn = [
        sys.executable, "-m", "gunicorn", "--workers", str(house.settings[WEB_WORKERS]), "--threads", "4",
        "--worker-class", "gthread", "--bind", f"unix:{run / 'web.sock'}", "--umask", "0o077", "--log-level", "warning",
        "--worker-tmp-dir", "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(home / "tmp"), "--graceful-timeout", "5",  # noqa: S108
        "--forwarded-allow-ips", "*", "--no-control-socket", "admin.processes.web:application()",
    ]  # fmt: skip
    declared = [queue for feature in house.features for queue in feature.queues if house.settings[queue.at_once]]
    queues = [queue for queue in declared if resolve(queue.wanted)(house.settings)]
    further = [resolve(feature.processes)(house.settings) for feature in house.features if feature.processes]
    return [
        Process("redis", ["/usr/bin/redis-server", str(run / "redis.conf")], run / "redis.sock"),
        Process("asterisk", render.command(house), render.places(house).run / "asterisk.ctl"),
        Process("web", gunicorn, run / "web.sock"),
        Process("hub", [sys.executable, "-m", "admin.processes.hub"], run / "hub.sock"),
        Process("switchboard", [sys.executable, "-m", "admin.processes.switchboard"]),
        Process("worker", [sys.executable, "-m", "admin.processes.worker"]),
        *(Process(f"worker-{queue.name}", [sys.executable, "-m", "admin.processes.worker", queue.name]) for queue in queues),
        Process("nginx", [nginx, "-c", str(run / "nginx.conf"), "-p", str(run), "-e", "stderr"], run / "nginx.pid"),
        *(Process(name, command) for made in further for name, command in made),
    ]


def environment(settings_path: Path | None) -> dict[str, str]:
    """What the processes are told by their environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "MADOGUCHI_CACHE")
            or name.startswith("MADOGUCHI_") or name == "PYTHONPATH"}  # fmt: skip
    kept |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"}
    if settings_path is not None:
        kept[SETTINGS] = str(settings_path.absolute())
    return kept


def _front(house: House) -> dict[str, str]:
    home = house.settings.home
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (home / "tmp" / name).mkdir(exist_ok=True)
    statics = [("/static/kernel", files("contact_center.web").joinpath("static"))]
    statics += [
        (f"/static/{feature.name}", files(feature.package).joinpath("static"))
        for feature in house.features if files(feature.package).joinpath("static").is_dir()
    ]  # fmt: skip
    environment = Environment(
        loader=FileSystemLoader(CLONE / "deploy" / "templates"), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    values = {
        "run": home / "run", "log": home / "log", "tmp": home / "tmp", "tls": home / "tls",
        "host": house.settings[WEB_HOST], "port": house.settings[WEB_PORT], "sip_port": house.settings[HTTP_PORT],
        "client_authority": house.settings[CLIENT_AUTHORITY], "sign_ins": house.settings[WEB_SIGN_INS], "statics": statics,
        "bundle": CLONE / "build" / "static",
    }  # fmt: skip
    return {name: environment.get_template(name + ".j2").render(values) for name in ("nginx.conf", "redis.conf")}
