"""What a kiosk does on a poor line: the picture goes first, then the telephone; back only when it was good for long (IZ-14)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

NODE = Path(sys.executable).parent / "node"
GOOD, POOR = {"loss": 0, "trip": 0.05, "silent": False}, {"loss": 0.1, "trip": 0.2, "silent": False}
SLOW, BROKEN = {"loss": 0, "trip": 1.2, "silent": False}, {"loss": 0.4, "trip": 0.3, "silent": False}
SILENT = {"loss": 0, "trip": 0, "silent": True}


def tiers(*looks: dict[str, float | bool]) -> list[str]:
    """The tier after each look, as the face's own script decides; a change begins the count anew."""
    script = f"""
    import {{ tierOf }} from "./video_desk/face/line.js";
    let tier = "video", seen = [];
    const told = [];
    for (const look of {json.dumps(looks)}) {{
      seen = [...seen, look].slice(-15);
      const next = tierOf(tier, seen);
      if (next !== tier) seen = [];
      tier = next;
      told.push(tier);
    }}
    console.log(JSON.stringify(told));
    """
    done = subprocess.run([NODE, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.requirement("IZ-14")
def test_one_bad_moment_changes_nothing() -> None:
    assert set(tiers(GOOD, BROKEN, GOOD, POOR, POOR, GOOD)) == {"video"}


@pytest.mark.requirement("IZ-14")
@pytest.mark.parametrize("look", [POOR, SLOW], ids=["lost", "late"])
def test_on_a_poor_line_the_picture_goes_and_the_voice_stays(look: dict[str, float | bool]) -> None:
    assert tiers(look, look, look, look) == ["video", "video", "audio", "audio"]


@pytest.mark.requirement("IZ-14")
@pytest.mark.parametrize("look", [BROKEN, SILENT], ids=["broken", "silent"])
def test_when_the_voice_breaks_up_the_telephone_is_offered(look: dict[str, float | bool]) -> None:
    assert tiers(look, look, look)[-1] == "telephone"


@pytest.mark.requirement("IZ-14")
def test_the_picture_comes_back_only_when_the_line_has_been_good_for_long() -> None:
    told = tiers(*[POOR] * 3, *[GOOD] * 14, POOR, *[GOOD] * 14)
    assert set(told[2:]) == {"audio"}
    assert tiers(*[POOR] * 3, *[GOOD] * 15)[-1] == "video"


@pytest.mark.requirement("IZ-14")
def test_after_the_telephone_was_offered_a_better_line_goes_on_by_voice() -> None:
    assert tiers(*[BROKEN] * 3, *[GOOD] * 3)[-1] == "audio"
