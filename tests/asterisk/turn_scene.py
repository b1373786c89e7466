"""A scene for `test_turn.py`, played in networks of its own: argument 1 is a folder for all that it writes."""

from __future__ import annotations

import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.demo.kiosk import Operator, begins, kiosk
from admin.demo.stage import Stage
from kiosk_bridge.rehearsal import Kiosk
from tests.asterisk.conftest import Desk, sit_down
from tests.asterisk.networks import CENTRE, CENTRE_ROUTER, TURN, TURN_PORT, Town
from tests.conftest import CLONE

SECRET = "the secret of the town's relay"  # noqa: S105
SETTINGS = f"""[web]
host = "0.0.0.0"
names = "localhost,{CENTRE_ROUTER}"
[telephony]
host = "{CENTRE}"
media_address = "{CENTRE_ROUTER}"
local_networks = "10.1.0.0/24,127.0.0.0/8"
[turn]
urls = "turn:{TURN}:{TURN_PORT}"
secret = "{SECRET}"
"""
COTURN = f"""listening-ip={TURN}
relay-ip={TURN}
realm=mihon.example
use-auth-secret
static-auth-secret={SECRET}
denied-peer-ip=0.0.0.0-255.255.255.255
allowed-peer-ip={CENTRE_ROUTER}
no-tls
no-dtls
no-cli
log-file=stdout
"""
"""As docs/operate/kiosk.md has it."""

ENOUGH = 20
"""Pictures that have been shown where a camera is seen, not only its first picture."""

WAYS = """(async () => {
  const { face } = await import(document.querySelector("script[src*='face.js']").src);
  const reports = await face.call.session.connection.getStats();
  const streams = [...reports.values()].filter((one) => one.type === "transport");
  return streams.map((one) => reports.get(reports.get(one.selectedCandidatePairId).localCandidateId).candidateType);
})()"""
"""By what kind of candidate each stream of the kiosk's call goes."""


def shown(element: str) -> str:
    """How many pictures a video has shown."""
    return f"document.getElementById('{element}').getVideoPlaybackQuality().totalVideoFrames"


class Scene:
    """A kiosk with its resident in one network, an operator in the other."""

    def __init__(self, centre: Stage, town: Town, desk: Desk, stand: Kiosk) -> None:
        self.centre, self.town, self.desk, self.kiosk = centre, town, desk, stand
        self.operator = Operator(centre, desk.page, stand)

    def pictures(self) -> list[int]:
        """How many pictures the resident has seen of the operator, and the operator of the resident."""
        return [self.kiosk.do(shown("operator")), self.desk.page.evaluate(shown("dk-video"))]

    @contextmanager
    def turn_server(self) -> Iterator[None]:
        """The TURN server, until the end of what is done within."""
        conf, log = self.centre.home / "turnserver.conf", self.centre.home / "log" / "turnserver.log"
        conf.write_text(f"{COTURN}pidfile={conf}.pid\nuserdb={conf}.db\n")
        with self.town.public, log.open("wb") as said:
            words = ["setpriv", "--pdeathsig", "TERM", "turnserver", "-c", str(conf)]
            running = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            self.centre.wait(lambda: b"Relay ports initialization done" in log.read_bytes(), 15, "the TURN server does not start")
            yield
        finally:
            running.terminate()
            running.wait(20)

    def is_not_seen(self) -> None:
        """The operator answers, and no picture comes, until the call gives up by itself: every straight way is closed."""
        begins(self.kiosk, "other")
        self.operator.answers()
        seen: list[int] = []

        def is_cut() -> bool:
            seen.extend(self.pictures())
            return bool(self.kiosk.do("document.body.dataset.screen === 'cut'"))

        self.centre.wait(is_cut, 60, "the call goes on without any picture")
        assert set(seen) == {0}, seen
        assert self.town.dropped() > 0, "nothing has tried to go straight"
        self.desk.presence("wrapping")
        with self.centre.house.database.session_scope() as session:
            (contact,) = self.centre.house.contacts.open(session)
            contact.category, contact.outcome = "excluded", "broken_off"
            self.centre.house.notes.finish(session, contact, "operator")
        self.desk.presence("available")

    def is_seen(self) -> None:
        """The resident calls once more: both see each other, and each stream goes by the relay."""
        self.kiosk.touches("screen.call")
        self.operator.answers()
        self.centre.wait(lambda: min(self.pictures()) >= ENOUGH, 30, "they do not see each other")
        assert self.kiosk.do(WAYS) == ["relay", "relay"]

    def is_poor(self) -> None:
        """The line gets worse: first the picture goes, so that the voice stays, then a telephone goes on; both are told."""

        def reads(word: str) -> bool:
            return word in str(self.kiosk.do("document.getElementById('talk').innerText"))

        self.town.loses(15)
        self.centre.wait(lambda: reads("映像を止めて"), 60, "the picture is not given up")
        self.desk.page.locator("#notice", has_text="声だけで続けています").wait_for()

        def is_dark() -> bool:
            # What is under way still comes; then there is a dark picture now and then.
            before = self.pictures()
            self.desk.page.wait_for_timeout(2000)
            return max(now - then for now, then in zip(self.pictures(), before, strict=True)) <= 4

        self.centre.wait(is_dark, 30, "pictures still fill the line")
        self.town.loses(70)
        self.centre.wait(lambda: reads("画面の回線が切れそうです"), 60, "the telephone is not offered")
        self.desk.page.locator("#notice", has_text="6けたの番号").wait_for()


def answers(centre: Stage) -> bool:
    """Whether the pages are there: on a busy machine they come last, as they give way to calls."""
    trusted = ssl.create_default_context(cafile=str(centre.home / "tls" / "authority.pem"))
    try:
        with urllib.request.urlopen(f"{centre.url}/alive", context=trusted, timeout=10) as said:  # noqa: S310 - the centre's own
            return bool(said.status == 204)
    except OSError:
        return False


def main() -> None:
    """Play in the folder that is named."""
    town = Town()
    with town.centre:
        home = Path(sys.argv[1]) / "home"
        centre = Stage(home, quiet=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=SETTINGS)
        try:
            centre.open()
            centre.wait(lambda: answers(centre), 60, "there are no pages")
            desk = sit_down(centre, centre.browser())
            desk.page.set_default_timeout(90000)
            with town.kiosk:
                stand = kiosk(centre, centre=f"https://{CENTRE_ROUTER}")
            try:
                scene = Scene(centre, town, desk, stand)
                scene.is_not_seen()
                with scene.turn_server():
                    scene.is_seen()
                    scene.is_poor()
            finally:
                stand.close()
        finally:
            centre.close()


if __name__ == "__main__":
    main()
