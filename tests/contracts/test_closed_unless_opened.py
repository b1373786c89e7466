"""What declares no permission does not start; what is declared is documented; only the clock reads the time."""

from __future__ import annotations

import ast
import configparser
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from admin import reference
from admin.app import create_app
from admin.requirements import requirements
from contact_center.errors import SettingsError
from contact_center.features import Feature, HubHandler, Panel, Task, check_permissions, load_features
from contact_center.house import House
from contact_center.identity import KERNEL_PERMISSIONS, Rights
from contact_center.messages import Message
from contact_center.web import check_views
from tests.conftest import CLONE

PACKAGES = ("contact_center", "telephony", "admin", "faq_engine", "booking_agent", "video_desk", "kiosk_bridge")
SOURCES = [path for package in PACKAGES for path in sorted((CLONE / package).rglob("*.py"))]


@dataclass(frozen=True, kw_only=True)
class Secret(Message):
    TYPE = "secret"


@pytest.mark.parametrize(
    "feature",
    [
        Feature(name="x", title="x", hub_handlers=(HubHandler(Secret, "", "x:y"),)),
        Feature(name="x", title="x", tasks=(Task("x", "nobody.may", "x:y"),)),
        Feature(name="x", title="x", panels=(Panel("x", "x", "/x", "/x.js", "main", "x", ""),)),
    ],
    ids=["message", "task", "panel"],
)
def test_a_message_task_or_panel_without_a_declared_permission_does_not_start(feature: Feature) -> None:
    with pytest.raises(SettingsError):
        check_permissions([feature], KERNEL_PERMISSIONS)


def test_a_view_without_a_permission_does_not_start(house: House) -> None:
    app = create_app(house)
    rights = frozenset(house.rights.permissions)
    check_views(app, rights)
    open_door = Flask("open")
    open_door.add_url_rule("/secret", "secret", lambda: "everything")
    with pytest.raises(SettingsError, match="/secret"):
        check_views(open_door, rights)


def test_a_permission_cannot_be_declared_twice_or_for_an_unknown_role() -> None:
    first = KERNEL_PERMISSIONS[0]
    for wrong in (first, replace(first, name="new", roles=("king",))):
        with pytest.raises(SettingsError):
            Rights([first, wrong])


def test_settings_permissions_events_messages_tasks_and_commands_are_documented() -> None:
    assert reference.PATH.read_text() == reference.text(), "run: python -m admin.reference"


def test_every_mark_of_a_requirement_is_in_the_register() -> None:
    proven = {row.id for row in requirements() if row.tests}
    assert {"IZ-02", "IZ-03", "NB-13"} <= proven


def test_every_feature_of_the_house_is_one_line_in_setup_cfg() -> None:
    setup = configparser.ConfigParser()
    setup.read(CLONE / "setup.cfg")
    lines = setup["options.entry_points"]["contact_center.features"].strip().splitlines()
    named = {line.split("=")[0].strip() for line in lines}
    assert {feature.name for feature in load_features()} == named


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(CLONE)))
def test_only_the_clock_reads_the_time(path: Path) -> None:
    if path.name == "clock.py":
        return
    forbidden = {"time.time", "time.monotonic", "time.sleep", "datetime.now", "datetime.utcnow", "date.today", "datetime.today"}
    assert not calls(ast.parse(path.read_text())) & forbidden


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(CLONE)))
def test_no_file_runs_a_shell_or_evaluates_text(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not calls(tree) & {"os.system", "eval", "exec", "os.popen", "pickle.loads", "subprocess.getoutput"}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "shell":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(CLONE)))
def test_no_file_is_too_long_to_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
