"""What the kiosk sees and hears, beside the plain way: photo check, codes of forms, captions."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
import soundfile
import zxingcpp

from admin.demo.stage import Stage
from bench.measure import Spread, Table
from contact_center.errors import MadoguchiError
from contact_center.speech.voice import speak
from kiosk_bridge.papers import NotAForm, flatten, hide, read_form
from kiosk_bridge.photo import check, cut, encode
from kiosk_bridge.photo.drawn import Face, draw
from video_desk import service
from video_desk.interpreter.phrases import phrases

HOSTS = ("apply.example",)
ID = "99991234567890123456789"
PHRASES = 6
LANGUAGES = ("ja", "en", "zh", "ko", "pt", "vi")


def _milliseconds(work: Any, times: int) -> Spread:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return Spread.of(found)


def photos() -> Table:
    """How long one look of the photo's guide takes, and cutting the photo out."""
    face = draw(Face())
    large = cv2.resize(face, (2880, 2160), interpolation=cv2.INTER_CUBIC)
    rows = [
        ("check, 1440 x 1080", _milliseconds(lambda: check(face), 20)),
        ("check, 2880 x 2160", _milliseconds(lambda: check(large), 10)),
    ]  # fmt: skip
    frame = check(large).photo
    if frame is not None:
        rows.append(("cut and encode", _milliseconds(lambda: encode(cut(large, frame)), 10)))
    return Table("Photo, ms a picture", ("", "median", "p95", "worst"), [(name, *spread.cells()) for name, spread in rows])


def codes() -> Table:
    """Which share of forms is read under a worse and worse camera, and how long that takes."""
    chance, rows = np.random.default_rng(1), []
    paper = _form()
    for name, blur, lamp in (("sharp, even light", 0.6, 0.1), ("soft, a lamp aside", 2.0, 0.5), ("blurred, dark", 3.2, 0.75)):
        seen = [_under(paper, float(turn), blur, lamp, chance) for turn in np.linspace(0, 330, 24)]
        ours, times = 0, []
        for picture in seen:
            begun = time.perf_counter()
            with suppress(NotAForm):
                ours += read_form(picture, HOSTS).id == ID
            times.append((time.perf_counter() - begun) * 1000)
        plain = sum(any(one.valid and ID in one.text for one in zxingcpp.read_barcodes(picture)) for picture in seen)
        rows.append((name, f"{ours} of {len(seen)}", f"{plain} of {len(seen)}", *Spread.of(times).cells()[:2]))
    hidden = _milliseconds(lambda: hide(flatten(_under(paper, 0, 0.6, 0.1, chance))), 3)
    rows.append(("the same paper blacked out for the operator", "", "", *hidden.cells()[:2]))
    return Table("Forms under the stand camera", ("", "ours", "zxing alone", "ours, ms: median", "p95"), rows)


def _form() -> np.ndarray:
    paper = np.full((1700, 1200, 3), 250, np.uint8)
    code = np.asarray(zxingcpp.create_barcode(f"https://{HOSTS[0]}/?id={ID}", zxingcpp.BarcodeFormat.QRCode).to_image(scale=7))
    paper[140 : 140 + code.shape[0], 800 : 800 + code.shape[1]] = code[..., None]
    for line, text in enumerate(("APPLICATION FORM", "NAME  MIHON HANAKO", ID)):
        cv2.putText(paper, text, (80, 240 + line * 200), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40, 40, 40), 3)
    return paper


def _under(paper: np.ndarray, turn: float, blur: float, lamp: float, chance: np.random.Generator) -> np.ndarray:
    """The sheet at an angle on a dark table of 1920 x 1440 pixels."""
    height, width = paper.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 0.65)
    matrix[:, 2] += (960 - width / 2, 720 - height / 2)
    seen = cv2.warpAffine(paper, matrix, (1920, 1440), flags=cv2.INTER_AREA, borderValue=(52, 60, 66))
    shade = np.linspace(1.0, 1.0 - lamp, 1920)[None, :, None]
    lit = cv2.GaussianBlur(seen, (0, 0), blur).astype(float) * shade + chance.normal(0, 3, seen.shape)
    return lit.clip(0, 255).astype(np.uint8)


def captions(on_stage: Stage) -> Table:
    """Agreed phrases, spoken, at the practice endpoints: from the end of the sound to both captions, and how many were right."""
    interpreter, rows = service.of(on_stage.house).interpreter, []
    for language in LANGUAGES:
        times, right, count = [], 0, 0
        for phrase in [one for one in phrases() if language in one][:PHRASES]:
            samples, rate = speak(phrase[language], 1.0, language)
            file = io.BytesIO()
            soundfile.write(file, samples, rate, format="WAV")
            other = "en" if language == "ja" else "ja"
            begun = time.perf_counter()
            count += 1
            try:
                said = interpreter.heard("mihon", file.getvalue(), language, other)
                right += said.said == phrase[language] and said.translated == phrase.get(other, "")
            except MadoguchiError:
                continue
            finally:
                times.append((time.perf_counter() - begun) * 1000)
        rows.append((language, f"{right} of {count}", *Spread.of(times).cells()))
    return Table("Captions of agreed phrases, ms", ("", "right", "median", "p95", "worst"), rows)
