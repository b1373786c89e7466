"""Papers that mean harm: a code that somebody has stuck over another."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from kiosk_bridge.papers import NotAForm, read_form

HOSTS = ("apply.example",)
ID = "99991234567890123456789"
CODES = {
    "another host": f"https://apply.example.evil.example/?id={ID}",
    "another host behind a name": f"https://apply.example@evil.example/?id={ID}",
    "another host before a backslash": f"https://evil.example\\@apply.example/?id={ID}",
    "a name that looks alike": f"https://xn--pply-43d.example/?id={ID}",
    "a name that looks alike in letters": f"https://аpply.example/?id={ID}",
    "a script": f"javascript:alert('{ID}')//apply.example",
    "data": f"data:text/html,https://apply.example/?id={ID}",
    "no address": ID,
    "nothing of a host": f"https:///apply.example/?id={ID}",
    "another port": f"https://apply.example:8443/?id={ID}",
    "22 digits": f"https://apply.example/?id={ID[:-1]}",
    "24 digits": f"https://apply.example/?id={ID}0",
    "digits of another script": "https://apply.example/?id=" + ID.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    "a very long one": f"https://apply.example/?note={'x' * 2000}&id={ID}0",
}


def photographed(code: str) -> np.ndarray:
    """A sheet with a code on it."""
    made = np.asarray(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    paper = np.full((made.shape[0] + 80, made.shape[1] + 80, 3), 250, np.uint8)
    paper[40:-40, 40:-40] = made[..., None]
    return paper


@pytest.mark.requirement("IZ-11")
@pytest.mark.parametrize("code", CODES)
def test_a_hostile_code_under_the_camera_is_no_form(code: str) -> None:
    with pytest.raises(NotAForm) as refused:
        read_form(photographed(CODES[code]), HOSTS)
    assert refused.value.reason in ("other_host", "no_id")


def test_the_same_paper_with_a_good_code_is_a_form() -> None:
    assert read_form(photographed(f"https://apply.example/?note={'x' * 2000}&id={ID}"), HOSTS).id == ID
