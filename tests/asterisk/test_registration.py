"""A carrier that knows us by a registration: it is made, calls come in by it, and it comes back after the carrier has lost it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from admin.demo.stage import Stage, temporary_home
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident
from telephony.pbx import render
from telephony.pbx.trunk import REGISTERED, trunk_state
from tests.conftest import CLONE, MORE

from .conftest import events
from .test_strangers import invite

NAME = "3"
"""As at a gateway in an office: we register as one of its extensions, and the user of the password is called otherwise."""

CLOSED_LINE = "0559990002"


@pytest.fixture(scope="module")
def registered() -> Iterator[Stage]:
    """A centre of its own, whose carrier asks for user and password."""
    home = temporary_home()
    account = f'[trunk]\nkind = "registration"\nnumber = "{NAME}"\nuser = "0003"\npassword = "Practice;only-1"\n'
    directory = CLONE / "tests" / "asterisk" / "directory.toml"
    made = Stage(home, quiet=True, any_ports=True, directory=directory, more=MORE + account)
    try:
        made.open()
        made.wait(lambda: trunk_state(made.house).registration == REGISTERED, 20, "it does not register")
        yield made
    finally:
        made.close()
        shutil.rmtree(home, ignore_errors=True)


def phones(stage: Stage) -> None:
    """A resident phones the line that is always closed, and hears so."""
    caller = Resident(stage, "09012345678")
    try:
        caller.calls(CLOSED_LINE)
        caller.waits("talking", 15)
        caller.waits("idle", 30)
        assert likeness(load(stage.home / "asterisk" / "prompts" / "closed1" / "closed.wav"), caller.heard()) > HEARD
    finally:
        caller.leaves()


def arrived(stage: Stage) -> int:
    return sum(type(recorded.event).__name__ == "ContactArrived" for recorded in events(stage, 0))


def command(stage: Stage, *words: str) -> Any:
    whole = [sys.executable, "-m", "admin.cli", "--settings", str(stage.settings_path), "--json", *words]
    return json.loads(subprocess.run(whole, capture_output=True, text=True, timeout=60).stdout)


def test_a_centre_registers_and_receives_calls_by_it(registered: Stage) -> None:
    phones(registered)
    registered.wait(lambda: arrived(registered) == 1, 10, "no contact")


def test_the_line_test_goes_out_and_comes_in_by_the_registration(registered: Stage) -> None:
    (row,) = command(registered, "line-test", "--line", "closed1")
    assert row["good"], row
    found = {finding["part"]: finding["good"] for finding in command(registered, "doctor")}
    assert found["電話会社への登録"]


def test_a_registration_that_the_carrier_has_lost_comes_back_by_itself(registered: Stage) -> None:
    assert registered.carrier is not None
    carrier = registered.carrier
    carrier.stop()
    # It keeps registrations in its memory only: what it knows from now on, it was told anew.
    carrier.start()
    registered.wait(lambda: f"{NAME}/sip:" in (carrier.says("pjsip show contacts") or ""), 30, "it is not registered again")
    phones(registered)


def test_the_settings_let_no_outage_of_the_carrier_end_the_registration_for_good(registered: Stage) -> None:
    said = render.console(registered.house, "pjsip show registration trunk")
    values = dict(row.split(":", 1) for row in said.replace(" ", "").splitlines() if row.count(":") == 1)
    assert int(values["max_retries"]) > 1_000_000
    assert values["auth_rejection_permanent"] == "false"
    assert int(values["fatal_retry_interval"]) > 0
    assert int(values["expiration"]) <= 300


@pytest.mark.parametrize("to", ["0559990002", "+81559990002", "9999", "3"])
def test_who_is_called_by_the_registered_name_is_found_by_the_number_in_to(registered: Stage, to: str) -> None:
    assert registered.carrier is not None
    before = arrived(registered)
    with invite(registered, "0311112222", registered.carrier.host, NAME, to) as status:
        assert status == (200 if to.endswith("559990002") else 404)
    if to.endswith("559990002"):
        registered.wait(lambda: arrived(registered) == before + 1, 5, "no contact")
