"""Papers under the stand camera: made flat, and their code read and trusted only where it is an application form's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from kiosk_bridge.papers import NotAForm, application_id, enhance, flatten, read_form

HOSTS = ("apply.example", "127.0.0.1:8443")
ID = "99991234567890123456789"
GOOD = f"https://apply.example/start?id={ID}"


def sheet(*codes: str) -> np.ndarray:
    """A form of 1,000 x 1,400 pixels with these codes on it."""
    paper = np.full((1400, 1000, 3), 250, np.uint8)
    for line in range(12):
        cv2.line(paper, (80, 500 + line * 60), (920, 500 + line * 60), (120, 120, 120), 3)
    cv2.putText(paper, "APPLICATION", (80, 160), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (40, 40, 40), 6)
    for number, code in enumerate(codes):
        made = np.asarray(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6))
        left = 80 + number * 460
        paper[210 : 210 + made.shape[0], left : left + made.shape[1]] = made[..., None]
    return paper


def under_the_camera(paper: np.ndarray, lamp: float = 0.0) -> np.ndarray:
    """The sheet askew on a dark table, with a lamp on one side."""
    corners = np.array([[420, 160], [1210, 240], [1160, 1020], [300, 960]], np.float32)
    height, width = paper.shape[:2]
    turned = cv2.getPerspectiveTransform(np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), corners)
    table = np.full((1080, 1520, 3), (52, 60, 66), np.uint8)
    there = cv2.warpPerspective(np.full_like(paper, 255), turned, (1520, 1080)) > 127
    seen = np.where(there, cv2.warpPerspective(paper, turned, (1520, 1080)), table)
    shade = np.linspace(1.0, 1.0 - lamp, 1520)[None, :, None]
    return (seen * shade).astype(np.uint8)


@pytest.mark.requirement("IZ-11")
@pytest.mark.parametrize("lamp", [0.0, 0.45])
def test_a_form_that_lies_askew_is_read(lamp: float) -> None:
    assert read_form(under_the_camera(sheet(GOOD), lamp), HOSTS).id == ID


def test_a_sheet_is_seen_from_straight_above() -> None:
    flat = flatten(under_the_camera(sheet(GOOD)))
    height, width = flat.shape[:2]
    assert 0.9 < width / 870 < 1.1 and 0.9 < height / 790 < 1.1
    edges = np.concatenate([flat[8:-8, 8].reshape(-1, 3), flat[8:-8, -9].reshape(-1, 3), flat[8, 8:-8].reshape(-1, 3)])
    assert edges.mean() > 200, "the table is cut away"


def test_where_no_sheet_lies_the_picture_stays_as_it_is() -> None:
    table = np.full((600, 800, 3), 60, np.uint8)
    assert flatten(table) is table


def test_the_paper_is_white_whatever_lamp_stands_beside_it() -> None:
    seen = enhance(flatten(under_the_camera(sheet(), lamp=0.6)))
    left, right = seen[40:120, 20:60].mean(), seen[40:120, -60:-20].mean()
    assert left > 225 and right > 225


@pytest.mark.parametrize(
    ("text", "reason"),
    [("https://evil.example/start?id=" + ID, "other_host"), ("https://apply.example.evil.example/?id=" + ID, "other_host"),
     ("https://apply.example@evil.example/?id=" + ID, "other_host"), ("http://apply.example/?id=" + ID, "other_host"),
     ("https://user@apply.example/?id=" + ID, "other_host"), ("javascript:alert(1)", "other_host"), (ID, "other_host"),
     ("https://apply.example:x/", "other_host"), ("https://apply.example/start?id=123", "no_id"),
     (f"https://apply.example/start?id={ID}&other={ID[::-1]}", "no_id"), (f"https://apply.example/start?id={ID}0", "no_id")],
)  # fmt: skip
def test_a_hostile_code_leads_nowhere(text: str, reason: str) -> None:
    with pytest.raises(NotAForm) as refused:
        application_id(text, HOSTS)
    assert refused.value.reason == reason


def test_an_id_in_the_path_or_on_the_practice_site_is_one_too() -> None:
    assert application_id(f"https://apply.example/a/{ID}", HOSTS) == ID
    assert application_id(f"http://127.0.0.1:8443/apply/?id={ID}", HOSTS) == ID


@pytest.mark.parametrize(("codes", "reason"), [((), "none"), ((GOOD, "https://evil.example/"), "several")])
def test_what_cannot_be_told_apart_is_not_guessed(codes: tuple[str, ...], reason: str) -> None:
    with pytest.raises(NotAForm) as refused:
        read_form(sheet(*codes), HOSTS)
    assert refused.value.reason == reason
