"""A second carrier stands in for the first: what comes in by it is served, and what goes out goes by it (NB-13)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from admin.demo.ports import PortBlock, free_port
from admin.demo.stage import Stage, temporary_home
from contact_center.contacts import Contact
from telephony.carrier import Carrier
from telephony.demo import Resident
from telephony.pbx import render
from telephony.settings import SIP_HOST, SIP_PORT
from tests.conftest import CLONE, MORE, short_greetings

SECOND = "127.0.0.4"
FORWARDING = "0559990006"


@pytest.fixture
def centre() -> Iterator[Stage]:
    """A centre with two carriers, of which the first is away."""
    home, port = temporary_home(), free_port(SECOND)
    short_greetings(home)
    more = f'{MORE}[backup]\nhost = "{SECOND}"\nport = {port}\n'
    made = Stage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=more)
    second: Carrier | None = None
    sound = PortBlock(400)
    try:
        made.open()
        settings = made.house.settings
        second = Carrier(
            home / "second", SECOND, port, (settings[SIP_HOST], settings[SIP_PORT]), 20, made.residents_port, made.clock,
            rtp_first=sound.first,
        )  # fmt: skip
        second.start()
        assert made.carrier is not None
        made.carrier.stop()
        made.carrier = second
        for name in ("trunk", "backup"):
            render.console(made.house, f"pjsip qualify {name}")
        made.wait(lambda: "Unavail" in _state(made, "trunk"), 15, "the first carrier is still believed in")
        made.wait(lambda: "Avail " in _state(made, "backup"), 15, "the second carrier is not known")
        yield made
    finally:
        made.close()
        sound.close()
        shutil.rmtree(home, ignore_errors=True)


def _state(centre: Stage, name: str) -> str:
    rows = render.console(centre.house, "pjsip show contacts").splitlines()
    return next((row for row in rows if f" {name}/" in row), "")


@pytest.mark.requirement("NB-13")
def test_who_comes_by_the_second_carrier_is_forwarded_by_it_while_the_first_is_away(centre: Stage) -> None:
    caller = Resident(centre, "0311180001")
    try:
        # The carrier itself answers the fallback number and says a sentence.
        caller.calls(FORWARDING)
        centre.wait(lambda: _last(centre) == "forwarded", 20, "nobody is forwarded")
        caller.hangs_up()
    finally:
        caller.leaves()


def _last(centre: Stage) -> str | None:
    with centre.house.database.reading() as session:
        return session.scalars(select(Contact.unserved).order_by(Contact.id.desc())).first()
