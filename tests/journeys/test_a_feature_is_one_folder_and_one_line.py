"""A channel arrives as one folder and one line, and is at once in every process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from admin.demo.stage import Stage, temporary_home

SAMPLE = Path(__file__).parents[1] / "sample_feature"


@pytest.fixture(scope="module")
def centre() -> Iterator[Stage]:
    """A centre in which the sample is installed: its folder is on the path, its entry point beside it."""
    home = temporary_home()
    former = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(SAMPLE)
    sys.path.insert(0, str(SAMPLE))
    made = Stage(home, quiet=True, any_ports=True, more='[sample]\ngreeting = "おはようございます"\n')
    try:
        made.open()
        yield made
    finally:
        made.close()
        shutil.rmtree(home, ignore_errors=True)
        sys.path.remove(str(SAMPLE))
        if former is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = former


def test_page_panel_message_event_reaction_task_command_setting_and_permission_work(centre: Stage) -> None:
    page: Any = centre.page(centre.browser())
    centre.sign_in(page, "agent")
    page.click("#tab-sample")
    page.click("#sample-ask")
    page.get_by_text("おはようございます").wait_for()
    tmp = centre.home / "tmp"
    centre.wait(lambda: (tmp / "sample-reaction").exists(), 5, "the switchboard has not reacted")
    assert (tmp / "sample-reaction").read_text() == "元気ですか"
    centre.wait(lambda: (tmp / "sample-task").exists(), 20, "the worker has not ticked")
    page.goto(centre.url + "/sample/")
    assert page.inner_text("h1") == "見本のページ"
    words = [sys.executable, "-m", "admin.cli", "--settings", str(centre.settings_path), "sample"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.stdout.strip() == "おはようございます"
    page.context.close()


def test_who_lacks_the_permission_sees_neither_panel_nor_page(centre: Stage) -> None:
    # The sample's permission is an agent's; the administrator has none of an agent's rights.
    page: Any = centre.page(centre.browser())
    page.goto(centre.url + "/sign-in")
    page.fill("#account", "admin")
    page.fill("#password", centre.passwords["admin"])
    page.click("button.strong")
    answer = page.goto(centre.url + "/sample/panel")
    assert answer.status == 403
    page.context.close()
