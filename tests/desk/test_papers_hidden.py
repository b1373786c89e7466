"""Papers with a My Number, drawn at random: no digit of it is left in what an operator would be shown, and the rest is."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from contact_center.errors import Unavailable
from kiosk_bridge.papers import hide
from kiosk_bridge.papers.hiding import Unreadable

IPA = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVu"
FONTS = [IPA, *(f"{DEJAVU}{face}.ttf" for face in ("Sans", "Sans-Bold", "Serif", "SansMono"))]
PENS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
FULL = str.maketrans("0123456789 -", "０１２３４５６７８９　－")
SITE = "https://apply.example/start?id="
WIDTH, HEIGHT = 1300, 900

Box = tuple[float, float, float, float]
Ink = tuple[int, int, int]


class Paper:
    """A sheet in the making, with the places of what must be hidden."""

    def __init__(self, dice: random.Random, ground: tuple[int, int, int] = (255, 255, 255)) -> None:
        self.dice, self.image = dice, Image.new("RGB", (WIDTH, HEIGHT), ground)
        self.draw, self.numbers, self.digits = ImageDraw.Draw(self.image), [], []

    def text(self, x: float, y: float, words: str, size: int, font: str = IPA, ink: Ink = (30, 30, 30)) -> list[Box]:
        face, places = ImageFont.truetype(font, size), []
        for one in words:
            if one not in " -　－":
                places.append(self.draw.textbbox((x, y), one, font=face))
            self.draw.text((x, y), one, font=face, fill=ink)
            x += face.getlength(one)
        return places

    def number(self) -> str:
        self.numbers.append("".join(self.dice.choices("0123456789", k=12)))
        return self.numbers[-1]

    def printed(self, x: float, y: float, label: str = "") -> None:
        number, style = self.number(), self.dice.choice(["plain", " ", "-", "  ", "full", "full "])
        groups = [number[:4], number[4:8], number[8:]]
        whole = {"plain": number, "full": number.translate(FULL), "full ": " ".join(groups).translate(FULL)}
        words = whole.get(style) or style.join(groups)
        size = self.dice.randint(24, 34 if "full" in style else 46)
        ink = self.dice.choice([(20, 20, 20), (20, 20, 20), (165, 165, 165), (150, 40, 40), (30, 50, 150)])
        left = self.text(x, y, label, size)[-1][2] + size if label else x
        self.digits += self.text(left, y, words, size, IPA if "full" in style else self.dice.choice(FONTS), ink)

    def boxes(self, x: float, y: float, kind: str) -> None:
        """Twelve boxes, or thirteen, filled in by hand."""
        side, ink = self.dice.randint(40, 56), self.dice.choice([(60, 60, 60), (130, 130, 130), (225, 130, 110)])
        number, pen, nib = self.number(), self.dice.choice(PENS), self.dice.choice([2, 3])
        for place, digit in enumerate((" " if kind == "thirteen" else "") + number):
            x += side * {"groups": 0.4 * (place in (4, 8)), "apart": 0.25}.get(kind, 0)
            if kind == "comb":
                top, foot = y + side * 0.4, y + side * 1.2
                self.draw.line([(x, top), (x, foot), (x + side, foot), (x + side, top)], ink, 2)
            else:
                self.draw.rectangle((x, y, x + side, y + side * 1.2), None, ink, 2)
            if digit != " ":
                across, down = x + side * self.dice.uniform(0.35, 0.6), y + side * self.dice.uniform(0.5, 0.7)
                self.digits.append(self.written(across, down, digit, side * self.dice.uniform(0.55, 0.75), pen, nib))
            x += side

    def written(self, x: float, y: float, digit: str, height: float, pen: int, nib: int) -> Box:
        (width, tall), _ = cv2.getTextSize(digit, pen, 1, 1)
        scale = height / tall
        left, bottom = x - width * scale / 2, y + height / 2
        sheet = np.array(self.image)
        cv2.putText(sheet, digit, (int(left), int(bottom)), pen, scale, (40, 45, 90), nib, cv2.LINE_AA)
        self.image = Image.fromarray(sheet)
        self.draw = ImageDraw.Draw(self.image)
        return left, bottom - height, left + width * scale, bottom

    def code(self, x: int, y: int, content: str) -> Box:
        made = np.asarray(zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode).to_image(scale=5))
        self.image.paste(Image.fromarray(made), (x, y))
        down, across = np.nonzero(made < 128)
        return x + across.min(), y + down.min(), x + across.max(), y + down.max()

    def seen(self, quarters: int = 0, tilt: float = 0.0, blur: float = 0.6, grain: float = 2.0, light: float = 1.0) -> Seen:
        """As the camera sees it once it is flattened: turned by quarters and a few degrees, in some light."""
        turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 90 * quarters + tilt, 1.0)
        size = (WIDTH, HEIGHT) if quarters % 2 == 0 else (HEIGHT, WIDTH)
        turn[:, 2] += [(size[0] - WIDTH) / 2, (size[1] - HEIGHT) / 2]
        picture = cv2.warpAffine(np.array(self.image)[..., ::-1], turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        shade = np.linspace(light, light * 0.75, size[0])[None, :, None]
        noise = np.random.default_rng(self.dice.randrange(1 << 30)).normal(0, grain, picture.shape)
        lit = cv2.GaussianBlur(picture, (0, 0), blur).astype(float) * shade + noise
        return Seen(self, lit.clip(0, 255).astype(np.uint8), turn, quarters)


class Seen:
    """A paper under the camera, and what is left of it."""

    def __init__(self, paper: Paper, picture: np.ndarray, turn: np.ndarray, quarters: int) -> None:
        self.paper, self.picture, self.turn, self.quarters = paper, picture, turn, quarters
        found = hide(picture)
        self.shown, self.id = found.picture, found.id

    def part(self, box: Box, of: np.ndarray, share: float = 0.9) -> np.ndarray:
        """The pixels in the middle of a place of the paper."""
        left, top, right, bottom = box
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
        corners = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * share
        mask = np.zeros(of.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, np.round(cv2.transform(corners[None], self.turn)[0]).astype(np.int32), 1)
        return of[mask > 0]

    def left_over(self) -> list[int]:
        """Which digits have not gone black."""
        return [which for which, box in enumerate(self.paper.digits) if self.part(box, self.shown).any()]

    def untouched(self, box: Box) -> bool:
        return bool((self.part(box, self.shown, 1.0) == self.part(box, self.picture, 1.0)).all())

    def read(self) -> str:
        """What another reading makes of the whole sheet, the right way up: all digits, without what stands between them."""
        upright = np.rot90(self.shown, -self.quarters)
        image = cv2.imencode(".png", cv2.resize(upright, None, fx=1.4, fy=1.4, interpolation=cv2.INTER_CUBIC))[1].tobytes()
        words = ["tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng"]
        done = subprocess.run(words, input=image, capture_output=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
        return "".join(one for one in done.stdout.decode() if one.isdecimal())

    def assert_hidden(self) -> None:
        assert not self.left_over(), f"digits can be seen: {self.left_over()}"
        read = self.read()
        pieces = {number[start : start + 4] for number in self.paper.numbers for start in range(9)}
        assert not [piece for piece in pieces if piece in read]


def boxes_of(places: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


@pytest.mark.requirement("NB-04")
@pytest.mark.parametrize("seed", range(4))
def test_no_digit_of_a_printed_number_is_left(seed: int) -> None:
    dice = random.Random(seed)
    paper = Paper(dice, dice.choice([(255, 255, 255), (252, 236, 226), (226, 240, 250), (232, 248, 232)]))
    paper.text(60, 40, "住民票の写し", 40)
    for line, label in enumerate(["個人番号", "", "マイナンバー", ""]):
        paper.printed(60, 150 + line * 160, label)
    lie, lens = (dice.choice([0, 0, 1, 2, 3]), dice.uniform(-4, 4)), (dice.choice([0.5, 0.8, 1.1]), dice.choice([0, 2, 5]))
    seen = paper.seen(*lie, *lens, dice.uniform(0.6, 1))
    seen.assert_hidden()


@pytest.mark.requirement("NB-04")
@pytest.mark.parametrize("kind", ["shared", "groups", "apart", "comb", "thirteen"])
def test_a_row_of_boxes_is_hidden_whatever_is_written_in_it(kind: str) -> None:
    dice = random.Random(kind)
    paper = Paper(dice)
    paper.text(60, 40, "個人番号カード交付申請書", 40)
    paper.boxes(60, 200, kind)
    paper.boxes(60, 420, kind)
    paper.text(60, 700, "太枠の中を黒のボールペンで記入してください。", 32)
    seen = paper.seen(dice.choice([0, 1, 2, 3]), dice.uniform(-2, 2), 0.7, 3.0)
    seen.assert_hidden()


@pytest.mark.requirement("NB-04")
def test_a_number_that_is_written_from_top_to_bottom_is_hidden() -> None:
    paper = Paper(random.Random(5))
    paper.text(60, 60, "個人番号通知書", 44)
    for left, full in ((300, False), (700, True)):
        for place, digit in enumerate(paper.number()):
            paper.digits += paper.text(left, 170 + place * 44 + (place // 4) * 20, digit.translate(FULL) if full else digit, 40)
    paper.seen().assert_hidden()


@pytest.mark.requirement("NB-04", "IZ-11")
@pytest.mark.parametrize("quarters", [0, 2])
def test_name_birth_date_code_and_id_of_a_form_stay_as_they_are(quarters: int) -> None:
    dice = random.Random(11 + quarters)
    paper, id = Paper(dice), "".join(dice.choices("0123456789", k=23))
    name = boxes_of(paper.text(60, 60, "氏名　見本　花子", 36))
    birth = boxes_of(paper.text(60, 140, "生年月日　昭和５８年１１月２４日", 36))
    printed = boxes_of(paper.text(60, 330, id, 36))
    code = paper.code(1000, 60, SITE + id)
    paper.text(60, 220, "個人番号", 36)
    paper.digits += paper.text(260, 220, "-".join(paper.number()[part : part + 4] for part in (0, 4, 8)), 36)
    paper.boxes(60, 500, "shared")
    seen = paper.seen(quarters, 0.8)
    seen.assert_hidden()
    assert seen.untouched(name) and seen.untouched(birth) and seen.untouched(printed) and seen.untouched(code)
    assert [one.text for one in zxingcpp.read_barcodes(seen.shown)] == [SITE + id]
    assert id in seen.read() and seen.id in ("", id)


def test_an_id_stays_without_its_code_but_a_digit_more_or_less_does_not() -> None:
    paper = Paper(random.Random(3))
    paper.text(60, 40, "申請書ＩＤ", 40)
    right = boxes_of(paper.text(60, 150, "36170482951726384950617", 36))
    groups = boxes_of(paper.text(60, 250, "3617 0482 9517 2638 4950 617", 36))
    for line, words in enumerate(["3617048295172638495061", "361704829517263849506172", "361704829517 09012345678"]):
        paper.digits += paper.text(60, 400 + line * 110, words, 36)
    seen = paper.seen()
    assert seen.untouched(right) and seen.untouched(groups)
    assert seen.id == "36170482951726384950617"
    assert not seen.left_over()


@pytest.mark.requirement("NB-04")
def test_a_number_in_three_cells_of_a_table_or_light_on_dark_is_hidden() -> None:
    paper = Paper(random.Random(4))
    paper.text(60, 40, "個人番号が記載された書類", 40)
    number = paper.number()
    for cell in range(3):
        paper.draw.rectangle((60 + cell * 230, 150, 290 + cell * 230, 230), None, (60, 60, 60), 2)
        paper.digits += paper.text(110 + cell * 230, 168, number[cell * 4 : cell * 4 + 4], 40)
    paper.draw.rectangle((60, 400, 900, 520), (30, 60, 110))
    paper.digits += paper.text(100, 435, " ".join(paper.number()[part : part + 4] for part in (0, 4, 8)), 44, IPA, (255, 255, 255))
    paper.seen(0, 1.0).assert_hidden()


@pytest.mark.requirement("NB-04")
def test_a_card_that_lies_askew_on_the_sheet_is_hidden_with_the_code_on_its_back() -> None:
    card = Paper(random.Random(6), (250, 242, 236))
    card.text(60, 40, "個人番号", 40)
    number = card.number()
    card.digits += card.text(60, 200, " ".join(number[part : part + 4] for part in (0, 4, 8)), 52)
    card.digits.append(card.code(700, 350, number))
    card.text(60, 450, "氏名　見本　花子", 40)
    seen = card.seen(0, 33.0)
    assert not seen.left_over()
    assert not zxingcpp.read_barcodes(seen.shown)


def unreadable() -> list[Any]:
    def paper() -> Paper:
        made = Paper(random.Random(8))
        for line in range(6):
            made.printed(60, 60 + line * 130, "個人番号")
        return made

    size = (WIDTH // 5, HEIGHT // 5)
    return [
        pytest.param(lambda: paper().seen(blur=6.0), id="blurred"), pytest.param(lambda: paper().seen(light=0.02), id="too dark"),
        pytest.param(lambda: paper().seen(grain=60.0), id="too noisy"),
        pytest.param(lambda: hide(cv2.resize(np.array(paper().image), size, interpolation=cv2.INTER_AREA)), id="too small"),
        pytest.param(lambda: Paper(random.Random(8)).seen(), id="empty"),
    ]  # fmt: skip


@pytest.mark.requirement("NB-04")
@pytest.mark.parametrize("look", unreadable())
def test_a_paper_that_cannot_be_read_is_not_shown_at_all(look) -> None:
    with pytest.raises(Unreadable) as refused:
        look()
    assert refused.value.reason == "unreadable"


@pytest.mark.requirement("NB-04")
@pytest.mark.parametrize("program", ["", "#!/bin/sh\nexit 1\n"])
def test_without_a_reader_that_works_nothing_is_shown(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper(random.Random(9))
    paper.printed(60, 60, "個人番号")
    if program:
        (tmp_path / "tesseract").write_text(program)
        (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="tesseract"):
        paper.seen()


def test_the_picture_itself_is_left_alone() -> None:
    paper = Paper(random.Random(10))
    paper.printed(60, 200, "個人番号")
    seen = paper.seen()
    before = seen.picture.copy()
    assert not np.array_equal(hide(seen.picture).picture, before)
    assert np.array_equal(seen.picture, before)
