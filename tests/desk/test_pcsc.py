"""The kiosk's card reading over real PC/SC: pcscd, its virtual reader, pyscard; and OpenSC, which reads the same card by itself.

pcscd would listen on every address and wants a folder under /run: it runs in namespaces of its own, as the ordinary user.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from admin.demo.stage import temporary_home
from contact_center.clock import SystemClock, day_of
from contact_center.errors import Unavailable
from kiosk_bridge.card import Advice, CardState, Kind, advice
from kiosk_bridge.card import reader as card_reader
from kiosk_bridge.card.read import Transmit
from kiosk_bridge.card.reader import reader
from tests.conftest import CLONE
from tests.desk.test_card import GOOD, TODAY

NAME = "Virtual PCD"
FULL = {"user": 3, "signature": 5, "entry": 3}
JPKI, USER_PIN, SIGNATURE_PIN = "00A4040C0AD392F000260100000001", "00A4020C020018", "00A4020C02001B"
ENTRY, ENTRY_PIN = "00A4040C0AD3921000310001010408", "00A4020C020011"

SPACES = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork"]
# Whatever runs in the namespace of processes ends with its first one, and that one ends with us.
PLAY = """mount --bind "$1" /run && ip link set lo up || exit
pcscd --foreground --error >"$1/pcscd.log" 2>&1 &
"$2" -m kiosk_bridge.card.vpcd "$1/card.json" >"$1/vpcd.log" 2>&1 &
exec cat >/dev/null
"""
LOOK = """import sys
from contact_center.errors import Unavailable
from kiosk_bridge.card.reader import reader
for line in sys.stdin:
    try:
        print(reader(line.strip()).look().kind, flush=True)
    except Unavailable as error:
        print(error.sentence(), flush=True)
"""
DEBIANS = Path("/usr/lib/python3/dist-packages/smartcard")
NEEDED = {
    "pcscd": Path("/usr/sbin/pcscd"), "vsmartcard-vpcd": Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
    "opensc": Path("/usr/bin/opensc-tool"),
}  # fmt: skip


def until(met: Callable[[], Any], seconds: float = 30) -> Any:
    """What a condition is once it is met."""
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while not (value := met()):
        assert clock.monotonic() < end, "waited in vain"
        clock.sleep(0.01)
    return value


class Service:
    """A pcscd with a virtual reader; what lies in it is said by a file.

    :param folder: where its socket comes to lie, and the card's file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "pcscd" / "pcscd.comm"
        self.write()

    def begin(self) -> None:
        shutil.rmtree(self.socket.parent, ignore_errors=True)
        words = [*SPACES, "bash", "-c", PLAY, "bash", str(self.folder), sys.executable]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, cwd=CLONE)
        until(lambda: self.socket.exists() or self._process.poll() is not None)
        assert self.socket.exists(), (self.folder / "pcscd.log").read_text()

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def write(self, **card: Any) -> None:
        (self.folder / "card.json").write_text(json.dumps(card))

    def told(self) -> list[str]:
        """What the virtual card's program has said."""
        return (self.folder / "vpcd.log").read_text("utf-8").splitlines()

    def there(self) -> bool | None:
        """Whether a card is in the reader, as PC/SC says; None: there is no reader."""
        from smartcard import scard

        context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)[1]
        try:
            result, states = scard.SCardGetStatusChange(context, 0, [(f"{NAME} 00 00", scard.SCARD_STATE_UNAWARE)])
        finally:
            scard.SCardReleaseContext(context)
        return bool(states[0][1] & scard.SCARD_STATE_PRESENT) if result == scard.SCARD_S_SUCCESS else None

    def put(self, **card: Any) -> None:
        """Take away what is in the reader, lay a card there or none, and wait each time until PC/SC knows."""
        self.write()
        until(lambda: not self.there())
        if card:
            self.write(**card)
            until(self.there)


@contextmanager
def another_program(alone: bool = False) -> Iterator[Callable[..., str]]:
    """A program beside the kiosk at the card, such as the page's own: the status word of the last of the commands given to it.

    :param alone: it lets nobody else at the card.
    """
    from smartcard import scard
    from smartcard.System import readers

    card = next(one for one in readers() if NAME in str(one)).createConnection()
    card.connect(mode=scard.SCARD_SHARE_EXCLUSIVE if alone else scard.SCARD_SHARE_SHARED)

    def says(*commands: str) -> str:
        for command in commands:
            _, first, second = card.transmit(list(bytes.fromhex(command)))
        return f"{first:02X}{second:02X}"

    try:
        yield says
    finally:
        card.disconnect()


def look() -> CardState:
    found = reader(NAME)
    assert isinstance(found, card_reader.PcscReader)
    return found.look()


def opensc(*words: str) -> str:
    """What a tool of OpenSC finds, or else complains of."""
    heard = subprocess.run(words, capture_output=True, text=True, timeout=60)
    return (heard.stdout or heard.stderr).strip()


def opensc_tries() -> list[int]:
    """Tries left of the user's PIN and of the signature's, as OpenSC tells them."""
    return [int(left) for left in re.findall(r"Tries left\s*: (\d+)", opensc("pkcs15-tool", "--list-pins"))]


@pytest.fixture(scope="module")
def machine() -> Iterator[Path]:
    """A folder for the sockets, on a machine that can do all this."""
    missing = [name for name, path in NEEDED.items() if not path.exists()]
    own = importlib.util.find_spec("smartcard") is not None
    if missing := missing + ["python3-pyscard"] * (not own and not DEBIANS.exists()):
        pytest.skip(f"missing Debian packages, which deploy/setup.sh test installs: {' '.join(missing)}")
    if subprocess.run([*SPACES, "ip", "link", "set", "lo", "up"], capture_output=True).returncode:
        pytest.skip("this kernel or chroot gives no network of its own to an ordinary user")
    folder = temporary_home()
    with pytest.MonkeyPatch.context() as patch:
        if not own:
            # Of Debian's Python packages this one only; pip would have to compile it.
            (folder / "packages").mkdir()
            (folder / "packages" / "smartcard").symlink_to(DEBIANS)
            patch.syspath_prepend(str(folder / "packages"))
            patch.setenv("PYTHONPATH", str(folder / "packages"))
        # OpenSC keeps nothing of a card from one look to the next.
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def service(machine: Path) -> Iterator[Service]:
    """A reader that every test of this file shares."""
    made = Service(machine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCSCLITE_CSOCK_NAME", str(made.socket))
        try:
            made.begin()
            until(lambda: made.there() is not None)
            yield made
        finally:
            made.end()


@pytest.fixture
def slot(service: Service) -> Service:
    """The shared reader, with nothing in it."""
    service.put()
    return service


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_my_number_card_tells_the_tries_of_each_pin_and_the_end_of_its_certificate(slot: Service) -> None:
    slot.put(expires=str(GOOD))
    assert look() == CardState(Kind.CARD, FULL, GOOD)
    slot.put(expires="2027-01-31", left={"user": 2, "signature": 4, "entry": 1})
    assert look() == CardState(Kind.CARD, {"user": 2, "signature": 4, "entry": 1}, date(2027, 1, 31))


@pytest.mark.requirement("IZ-13", "TO-03")
def test_the_last_try_is_warned_of_and_a_locked_pin_shown_its_way_out(slot: Service) -> None:
    slot.put(expires=str(GOOD), left={"user": 1})
    assert advice(look(), TODAY) == (Advice.LAST_TRY,)
    slot.put(expires=str(GOOD), left={"user": 0, "signature": 0})
    assert advice(look(), TODAY) == (Advice.LOCKED, Advice.SIGNATURE_LOCKED)


@pytest.mark.requirement("IZ-13", "TO-03")
def test_another_card_is_told_from_a_my_number_card(slot: Service) -> None:
    slot.put(other=True)
    assert advice(look(), TODAY) == (Advice.OTHER_CARD,)
    assert opensc("opensc-tool", "--name") == "Unsupported card"


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_card_whose_chip_is_silent_is_to_be_turned_or_cleaned(slot: Service) -> None:
    slot.put(mute=True)
    assert advice(look(), TODAY) == (Advice.TURN_OR_CLEAN,)
    assert "Unresponsive card" in opensc("opensc-tool", "--name")


@pytest.mark.requirement("IZ-13", "TO-03")
def test_an_empty_reader_holds_no_card(slot: Service) -> None:
    assert look() == CardState(Kind.NONE)
    slot.put(expires=str(GOOD))
    slot.put()
    assert look() == CardState(Kind.NONE)


@pytest.mark.requirement("IZ-13", "TO-03")
@pytest.mark.parametrize(
    ("after", "then"), [(0, {}), (5, {"other": True}), (12, {}), (12, {"expires": "2031-01-01", "left": {"user": 1}})],
    ids=["before the first command, none comes", "between the PINs, another comes", "at the certificate, none comes",
         "at the certificate, a second comes"],
)  # fmt: skip
def test_a_card_that_is_pulled_while_it_is_read_is_no_card(
    slot: Service, monkeypatch: pytest.MonkeyPatch, after: int, then: dict[str, Any]
) -> None:
    sent, read = [], card_reader.read

    def pulling(transmit: Transmit, known: Any) -> CardState:
        def with_a_pull(command: bytes) -> tuple[bytes, int]:
            if len(sent) == after:
                slot.put(**then)
            sent.append(command)
            return transmit(command)

        return read(with_a_pull, known)

    slot.put(expires=str(GOOD))
    monkeypatch.setattr(card_reader, "read", pulling)
    assert look() == CardState(Kind.NONE)
    assert len(sent) == after + 1
    monkeypatch.undo()
    assert look().kind is (Kind.OTHER if "other" in then else Kind.CARD if then else Kind.NONE)


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_cards_file_is_the_same_card_over_pcsc_as_in_the_virtual_reader(slot: Service) -> None:
    cards = ({"expires": str(GOOD)}, {"left": {"user": 0}}, {"expires": str(GOOD), "other": True}, {"mute": True})
    for card in cards:
        slot.put(**card)
        found = reader(f"virtual:{slot.folder / 'card.json'}")
        assert found is not None
        assert found.look() == look()


@pytest.mark.requirement("IZ-13", "TO-03")
@pytest.mark.parametrize("words", ["{", '{"lefd": {}}', '{"left": {"user": 99}}', '{"expires": "soon"}'])
def test_a_file_that_says_no_card_leaves_the_reader_empty_until_it_says_one(slot: Service, words: str) -> None:
    slot.put(expires=str(GOOD))
    (slot.folder / "card.json").write_text(words)
    until(lambda: slot.told()[-1] == "カードのファイルが正しくありません。カードはありません。")
    until(lambda: not slot.there())
    assert look() == CardState(Kind.NONE)
    slot.put(expires=str(GOOD))
    assert look().kind is Kind.CARD


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_reader_that_is_not_there_is_said_so(slot: Service) -> None:
    for name in ("pcsc:Other Reader", "Other Reader"):
        found = reader(name)
        assert found is not None
        with pytest.raises(Unavailable) as said:
            found.look()
        assert said.value.sentence() == "カードリーダーがありません。"


@pytest.mark.requirement("IZ-13", "TO-03")
def test_without_pcscd_a_kiosk_says_that_there_is_no_reader_and_finds_the_reader_of_the_next(machine: Path) -> None:
    (machine / "second").mkdir()
    own = Service(machine / "second")
    own.write(expires=str(GOOD))
    env = {**os.environ, "PCSCLITE_CSOCK_NAME": str(own.socket)}
    with subprocess.Popen([sys.executable, "-c", LOOK], stdin=-1, stdout=-1, text=True, env=env, cwd=CLONE) as kiosk:
        assert kiosk.stdin is not None and kiosk.stdout is not None

        def looks() -> str:
            kiosk.stdin.write(f"{NAME}\n")
            kiosk.stdin.flush()
            return kiosk.stdout.readline().strip()

        assert looks() == "カードリーダーがありません。"
        own.begin()
        try:
            until(lambda: looks() == "card")
        finally:
            own.end()
        assert looks() == "カードリーダーがありません。"
        if importlib.util.find_spec("smartcard.pcsc.PCSCContext") is None:
            # An older pyscard, as Debian's is, keeps to the first pcscd for ever; setup.cfg gives kiosks a newer one.
            own.begin()
            try:
                until(lambda: looks() == "card")
            finally:
                own.end()


@pytest.mark.requirement("IZ-13", "TO-03")
def test_reading_takes_no_try_from_any_pin(slot: Service) -> None:
    slot.put(expires=str(GOOD), left={"user": 1, "signature": 1, "entry": 1})
    assert opensc_tries() == [1, 1]
    for _ in range(5):
        assert look().left == {"user": 1, "signature": 1, "entry": 1}
    assert opensc_tries() == [1, 1]
    with another_program() as says:
        assert [says(JPKI, pin, "00200080") for pin in (USER_PIN, SIGNATURE_PIN)] == ["63C1", "63C1"]
        assert says(ENTRY, ENTRY_PIN, "00200080") == "63C1"


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_wrong_pin_in_another_program_is_seen_until_a_fresh_card_comes(slot: Service) -> None:
    slot.put(expires=str(GOOD))
    assert "PIN code or key incorrect" in opensc("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "9999")
    assert look().left == {**FULL, "user": 2}
    assert opensc_tries() == [2, 5]
    # The same words, written anew, are another card; nobody has taken the first one away.
    slot.write(expires=str(GOOD))
    until(lambda: look().left == FULL)


@pytest.mark.requirement("IZ-13", "TO-03")
def test_the_reader_is_free_for_the_pages_own_program_afterwards(slot: Service) -> None:
    slot.put(expires=str(GOOD))
    for _ in range(3):
        assert look().kind is Kind.CARD
        with another_program(alone=True) as says:
            assert says(JPKI, USER_PIN, "0020008004" + b"1234".hex()) == "9000"
            assert look() == CardState(Kind.BUSY)


@pytest.mark.requirement("IZ-13", "TO-03")
def test_the_reader_is_free_after_a_card_that_was_not_understood(slot: Service) -> None:
    slot.put(other=True)
    assert look().kind is Kind.OTHER
    with another_program(alone=True) as says:
        assert says(JPKI) == "6A82"


@pytest.mark.requirement("IZ-13", "TO-03")
def test_a_command_that_is_cut_short_is_refused_and_the_card_still_answers(slot: Service) -> None:
    slot.put(expires=str(GOOD))
    with another_program() as says:
        assert [says(JPKI, command) for command in ("00A4040C", "00B00000")] == ["6700", "6700"]
    assert look() == CardState(Kind.CARD, FULL, GOOD)


@pytest.mark.requirement("IZ-13", "TO-03")
def test_opensc_knows_the_same_card_as_the_kiosk_does(slot: Service) -> None:
    slot.put(expires=str(GOOD), left={"user": 2, "signature": 4})
    assert opensc("opensc-tool", "--name") == "jpki"
    assert opensc("opensc-tool", "-a") == "3b:e0:00:ff:81:31:fe:45:14"
    state = look()
    assert opensc_tries() == [state.left["user"], state.left["signature"]] == [2, 4]
    certificate = x509.load_pem_x509_certificate(opensc("pkcs15-tool", "--read-certificate", "1").encode())
    assert day_of(certificate.not_valid_after_utc) == state.expires == GOOD
