"""The photo check on faces that were drawn for it, and the cut to the application's limits (IZ-11)."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk_bridge.photo import Fault, check, cut, encode
from kiosk_bridge.photo.drawn import Face, draw

GOOD = [Face(), Face(x=0.44), Face(tilt=4), Face(tilt=-4), Face(height=0.5), Face(light=0.8), Face(side=0.2), Face(blur=1.5)]
BAD = [
    (Face(faces=2), Fault.SEVERAL), (Face(height=0.25), Fault.FAR), (Face(height=0.85), Fault.NEAR), (Face(tilt=11), Fault.TILTED),
    (Face(tilt=-15), Fault.TILTED), (Face(eyes=False), Fault.EYES), (Face(blur=4), Fault.BLURRED), (Face(blur=9), Fault.BLURRED),
    (Face(light=0.35), Fault.DARK), (Face(light=1.6), Fault.BRIGHT), (Face(side=0.8), Fault.UNEVEN),
    (Face(background="shelves"), Fault.BACKGROUND), (Face(hat=True), Fault.NO_FACE),
]  # fmt: skip


@pytest.mark.requirement("IZ-11")
@pytest.mark.parametrize("face", GOOD)
def test_a_face_from_the_front_in_even_light_will_do(face: Face) -> None:
    verdict = check(draw(face))
    assert verdict.good, verdict.faults


@pytest.mark.parametrize(("face", "fault"), BAD)
def test_what_will_not_do_is_told_by_its_reason(face: Face, fault: Fault) -> None:
    assert fault in check(draw(face)).faults


def test_a_picture_without_anybody_has_no_face() -> None:
    assert check(np.full((720, 960, 3), 200, np.uint8)).faults == (Fault.NO_FACE,)


@pytest.mark.parametrize("face", [Face(), Face(x=0.42, y=0.5), Face(height=0.5)])
def test_the_cut_has_the_head_in_the_middle_and_keeps_the_limits_of_the_application(face: Face) -> None:
    picture = draw(face)
    verdict = check(picture)
    assert verdict.photo is not None
    data = bytes(encode(cut(picture, verdict.photo)))
    assert data[:3] == b"\xff\xd8\xff" and 20 * 1024 <= len(data) <= 7 * 1024 * 1024
    made = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert made.shape == (1350, 1050, 3)
    again = check(cv2.copyMakeBorder(made, 200, 200, 200, 200, cv2.BORDER_REPLICATE))
    assert again.face is not None
    middle = again.face.left - 200 + again.face.width / 2
    assert abs(middle - 525) < 40
    # The head is 34 of 45 high; the square in which a face is found, a little less.
    assert 0.55 < again.face.height / 1350 < 0.72


def test_the_check_changes_nothing_of_the_picture() -> None:
    picture = draw()
    before = picture.copy()
    check(picture)
    assert np.array_equal(picture, before)
