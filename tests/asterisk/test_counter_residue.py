"""What is left of a resident when the kiosk has said that all is gone: marked values are looked for wherever an inspector would."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import string
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import cv2
import pytest
import redis
from sqlalchemy import MetaData, select

from admin.demo.kiosk import COUNTER, kiosk
from admin.demo.stage import Stage
from kiosk_bridge.config import read_config
from kiosk_bridge.photo import check, cut, encode
from tests.desk.booth import Site

from .conftest import Desk, kill
from .counter import FOLDERS, Scene, Stand, below, browser_of, folders_of, words

PAGE = """<title>残り</title><label>氏名 <input id=name></label><p><label>暗証番号 <input id=pin type=password></label>
<p><input id=photo type=file><p><button id=send>送る</button><p id=told></p><script>
const field = (id) => document.getElementById(id);
field("name").oninput = () => {
  // As much as a page can keep.
  const value = field("name").value;
  localStorage.kept = sessionStorage.kept = document.title = value;
  document.cookie = `kept=${encodeURIComponent(value)}; max-age=99999`;
  history.replaceState({ value }, "", `?name=${encodeURIComponent(value)}`);
  caches.open("kept").then((all) => all.put("/kept", new Response(value)));
  const asked = indexedDB.open("kept", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { autoIncrement: true });
  asked.onsuccess = () => asked.result.transaction("kept", "readwrite").objectStore("kept").put({ value });
};
field("send").onclick = async () => {
  const digest = await crypto.subtle.digest("SHA-256", await field("photo").files[0].arrayBuffer());
  const photo = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await fetch("/had?" + new URLSearchParams({ name: field("name").value, pin: field("pin").value, photo }));
  field("told").innerHTML = "<b id=sent>受け付けました</b>";
};
</script>"""
"""A site that gets what a resident types, and keeps of it all that a page can."""

MARK = 14
MOST = 1 << 22
CRASHES = ("/var/crash", "/var/lib/systemd/coredump", "/var/lib/apport/coredump")


def made_up() -> str:
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(MARK))


def shapes(name: str, value: str) -> dict[str, bytes]:
    """A marked value as it may stand somewhere. Its last letters are plain: JSON and addresses, too, leave them as they are."""
    plain = value[-MARK:]
    assert plain in json.dumps(value) and plain in quote(value)
    return {
        f"{name} (UTF-8)": plain.encode(), f"{name} (UTF-16)": plain.encode("utf-16-le"),
        f"{name} (base64)": base64.b64encode(value.encode()),
    }  # fmt: skip


def shapes_of_photo(data: bytes) -> dict[str, bytes]:
    """A stretch from the middle of a picture, which no other picture has."""
    middle = len(data) // 6 * 3
    return {"photo": data[middle : middle + 48], "photo (base64)": base64.b64encode(data[middle : middle + 48])}


# -- where an inspector looks --------------------------------------------------------------------------------------------------


class Inspector:
    """Looks for what must not be there.

    :param marks: by the name under which a find is told.
    """

    def __init__(self, marks: dict[str, bytes]) -> None:
        self._marks = marks
        self.found: set[str] = set()
        self.read: set[int] = set()
        """Processes whose memory could be read."""

    def _look(self, data: bytes, where: str) -> None:
        for name, mark in self._marks.items():
            if mark in data:
                self.found.add(f"{name} in {where}")

    def files(self, places: Iterable[Path], since: float = 0.0) -> None:
        """Every file below some folders.

        :param since: those that were changed since then.
        """
        for place in places:
            for folder, _, names in os.walk(place, onerror=None):
                for name in names:
                    path = Path(folder, name)
                    with suppress(OSError):
                        if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                            self._look(path.read_bytes(), str(path))
                            self._look(name.encode(), f"the name of {path}")

    def memory(self, pids: Iterable[int]) -> None:
        """Every page of memory of some processes that is there, where this user may read it."""
        for pid in pids:
            title = " ".join(words(pid))[:90]
            with suppress(OSError):
                regions = list(_regions(pid))
                memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
                try:
                    for first, last in regions:
                        self._region(memory, first, last, f"the memory of {pid} {title}")
                    self.read.add(pid)
                finally:
                    os.close(memory)

    def _region(self, memory: int, first: int, last: int, where: str) -> None:
        # Two pieces share an edge, so that nothing is missed that lies across it.
        for at in range(first, last, MOST):
            with suppress(OSError, OverflowError):
                self._look(os.pread(memory, min(MOST + 256, last - at), at), where)

    def broker(self, socket: Path) -> None:
        """Every key of Redis and what it holds."""
        client = redis.Redis(unix_socket_path=str(socket))
        reads: dict[bytes, Any] = {
            b"string": client.get, b"list": lambda key: client.lrange(key, 0, -1), b"set": client.smembers, b"hash": client.hgetall,
            b"zset": lambda key: client.zrange(key, 0, -1), b"stream": client.xrange,
        }  # fmt: skip
        for key in client.scan_iter():
            value = reads[client.type(key)](key)
            self._look(key + (value if isinstance(value, bytes) else repr(value).encode()), f"Redis {key!r}")
        client.close()

    def database(self, centre: Stage) -> None:
        """Every column of every table."""
        tables = MetaData()
        engine = centre.house.database.engine
        tables.reflect(engine)
        with engine.connect() as connection:
            for table in tables.sorted_tables:
                for row in connection.execute(select(table)):
                    for name, value in row._mapping.items():
                        data = value if isinstance(value, bytes) else json.dumps(value, default=str, ensure_ascii=False).encode()
                        self._look(data, f"{table.name}.{name}")


def _regions(pid: int) -> Iterator[tuple[int, int]]:
    """The parts of a process's memory that it can write and that hold anything."""
    span, written = (0, 0), False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head, _, rest = line.partition(" ")
        if "-" in head and not head.endswith(":"):
            first, last = head.split("-")
            span, written = (int(first, 16), int(last, 16)), rest.startswith("rw")
        elif head == "Rss:" and written and rest.split()[0] != "0":
            yield span


# -- the scene -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(centre: Stage) -> Iterator[Site]:
    """The site of the counter's menus for as long as these tests run."""
    made = Site(PAGE, {"/had": "<p>受け付けました"})
    text = centre.settings_path.read_text()
    there = f'application_start = "http://{made.host}/"\nportal_start = "http://{made.host}/"'
    centre.settings_path.write_text(text.replace("[desk]", f"[desk]\n{there}"))
    kill(centre, "hub")
    yield made
    centre.settings_path.write_text(text)
    kill(centre, "hub")
    made.close()


@pytest.fixture
def scene(centre: Stage, desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A kiosk in a process of its own: this one knows all that must not be found."""
    monkeypatch.setattr("admin.demo.kiosk.Kiosk", Stand)
    made = Scene(centre, desk, kiosk(centre))
    yield made
    made.kiosk.close()


def photo_of(scene: Scene) -> bytes:
    """What the kiosk makes of the face that is drawn for it."""
    picture = cv2.imread(str(scene.centre.home / f"kiosk-{COUNTER}" / "face.png"))
    verdict = check(picture)
    assert verdict.photo is not None
    return bytes(encode(cut(picture, verdict.photo)))


def survivors(scene: Scene) -> list[int]:
    """What outlives a resident: the kiosk's bridge and its face, and everything of the centre."""
    assert scene.centre._keeper is not None
    centre = [one for one in below(scene.centre._keeper.pid) if not words(one)[0].startswith("nginx: worker")]
    return [scene.kiosk.pid, *below(browser_of(scene.kiosk.pid)), *centre]


def must_be_readable(scene: Scene) -> set[int]:
    """What outlives a resident and has to do with them: bridge, face, hub, web."""
    run = scene.centre.home / "run"
    centre = {int((run / f"{name}.keeper").read_text().split()[0]) for name in ("hub", "web")}
    return {scene.kiosk.pid, browser_of(scene.kiosk.pid)} | centre


@pytest.mark.requirement("IZ-09", "NB-03", "NB-05")
def test_of_what_a_resident_has_typed_and_shown_nothing_is_found_anywhere_when_all_is_wiped(scene: Scene, site: Site) -> None:
    """A whole session: the operator types a name, the resident a PIN by their own keys, the photo is taken and put into the page.

    Excused are: this process and the operator's console, which it drives, as they have typed the name; the site, which is meant
    to get what is sent to it, and is in this process; `face.png`, which stands in for the camera; and the memory of nginx's
    workers: what has passed through their TLS last is overwritten by whatever passes next, and nobody can tell them to wipe it.
    The session's own processes are gone, and those of the next one began afterwards. Of a process what it can only read, such as
    its code, is left out.
    """
    name, pin = f"残留検査{made_up()}", made_up()
    began = scene.centre.clock.now().timestamp()
    photo = photo_of(scene)
    scene.is_served(allows=True)
    scene.operator.writes("#name", name)
    for what in ("guide", "shoot", "put"):
        scene.page.click(f"#dk-devices button[data-what={what}]")
    scene.operator_reads("ページに入れました", "#dk-devices", 15)
    scene.kiosk.where("#pin")
    scene.kiosk.presses("#pin")
    scene.page.wait_for_selector("#dk-veil:not([hidden])")
    # One after the other, so that it is nowhere but where it is typed.
    for letter in pin:
        scene.kiosk.types(letter)
    scene.kiosk.presses("#send")
    scene.kiosk.where("#sent")
    had = parse_qs(urlsplit(next(path for path in site.asked if path.startswith("/had"))).query)
    assert had == {"name": [name], "pin": [pin], "photo": [hashlib.sha256(photo).hexdigest()]}

    marks = shapes("name", name) | shapes("PIN", pin) | shapes_of_photo(photo)
    while_served = Inspector(marks)
    theirs = folders_of(below(scene.kiosk.pid))
    while_served.files(theirs)
    assert any(one.startswith("name") for one in while_served.found), "this would find nothing"

    scene.ends()
    scene.is_wiped("resident")
    scene.operator_reads("消えました", "#dk-control")
    scene.waits(lambda: len(theirs & folders_of(below(scene.kiosk.pid))) == 1, "the next one's browser is not there")

    inspector = Inspector(marks)
    inspector.memory(survivors(scene))
    inspector.files([FOLDERS, scene.centre.home, *map(Path, CRASHES)])
    inspector.files([Path.home()], since=began)
    inspector.broker(scene.centre.home / "run" / "redis.sock")
    inspector.database(scene.centre)
    assert must_be_readable(scene) <= inspector.read
    assert sorted(inspector.found) == []

    # What is there is found: the kiosk's token, which is the face's cookie.
    token = read_config(scene.kiosk.path).token()
    control = Inspector({"token": token.encode()})
    control.memory([scene.kiosk.pid, browser_of(scene.kiosk.pid)])
    assert len(control.found) == 2


@pytest.mark.requirement("IZ-09", "NB-03", "NB-05")
def test_names_that_both_screens_have_shown_are_in_no_file_and_no_table_when_all_is_wiped(scene: Scene) -> None:
    """Before an account is registered the resident compares two names on the face's strip, and reads what the operator writes.

    The memory of the face's browser is not looked at: it outlives the resident, and what it has shown is overwritten only in time.
    """
    left, right, said = (f"残留{made_up()}" for _ in range(3))
    scene.is_served("account")
    scene.page.click("#dk-keys button[data-does=ask_same]")
    scene.page.fill("#dk-same-left", left)
    scene.page.fill("#dk-same-right", right)
    scene.page.keyboard.press("Enter")
    scene.resident_reads(left, "#ask")
    scene.kiosk.touches("same.same")
    scene.page.fill("#dk-say", said)
    scene.page.keyboard.press("Enter")
    scene.resident_reads(said, "#said")
    scene.ends()
    scene.is_wiped("resident")

    inspector = Inspector(shapes("signed in", left) | shapes("holder", right) | shapes("written", said))
    inspector.files([FOLDERS, scene.centre.home, *map(Path, CRASHES)])
    inspector.broker(scene.centre.home / "run" / "redis.sock")
    inspector.database(scene.centre)
    assert sorted(inspector.found) == []
