"""An announcement counts as heard where it was heard whole, not where one begins like it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from contact_center.speech.hearing import HEARD, RATE, Samples, load
from telephony.prompts.make import spoken
from telephony.softphone.passages import Passages, is_silent

OPENING = "見本市マイナンバーカードコールセンターです。"
TEXTS = {
    "greeting": OPENING + "ただいまおつなぎします。そのままお待ちください。",
    "closed": OPENING + "本日の受付時間は終了しました。恐れ入りますが、受付時間内におかけ直しください。",
    "emergency": OPENING + "ただいま都合により、電話の受付を休止しています。",
    "nobody": OPENING + "ただいまおつなぎできる担当者がおりません。",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("prompts")
    for name, text in TEXTS.items():
        (made / f"{name}.wav").write_bytes(spoken(text))
    return made


def telephone(samples: Samples) -> Samples:
    """Quieter, with mu-law's steps, noise, and half a second before it."""
    quiet = samples * 0.4
    coded = np.sign(quiet) * np.log1p(255 * np.abs(quiet)) / np.log1p(255)
    rough = np.round(coded * 127) / 127
    back = np.sign(rough) * (np.expm1(np.abs(rough) * np.log1p(255)) / 255)
    late = np.concatenate([np.zeros(RATE // 2), back])
    return np.asarray(late + np.random.default_rng(1).normal(0, 0.001, len(late)))


@pytest.mark.parametrize("played", TEXTS)
def test_announcements_that_begin_alike_are_told_apart(folder: Path, played: str) -> None:
    heard = telephone(load(folder / f"{played}.wav"))
    likenesses = {name: Passages(folder / f"{name}.wav").likeness(heard) for name in TEXTS}
    assert likenesses.pop(played) > HEARD + 0.1
    assert all(value < HEARD for value in likenesses.values()), likenesses
    counts = {name: Passages(folder / f"{name}.wav").count(heard) for name in TEXTS}
    assert max(counts, key=lambda name: counts[name]) == played


def test_one_that_breaks_off_was_not_heard_and_its_end_is_known_a_moment_before(folder: Path) -> None:
    whole = load(folder / "closed.wav")
    passages = Passages(folder / "closed.wav")
    assert passages.likeness(telephone(whole[: len(whole) // 2])) < HEARD
    assert passages.ends_in(telephone(whole[: -RATE // 2])) > HEARD
    assert passages.ends_in(telephone(whole[: -2 * RATE])) < HEARD


def test_silence_is_not_heard(folder: Path) -> None:
    quiet = np.full(RATE * 5, 8 / 32768)
    assert is_silent(quiet)
    assert Passages(folder / "greeting.wav").likeness(quiet) == 0.0
    assert not is_silent(telephone(load(folder / "greeting.wav")))


def test_an_even_tone_tells_nothing(tmp_path: Path, folder: Path) -> None:
    soundfile.write(tmp_path / "tone.wav", np.sin(np.arange(RATE * 3) * 0.3) * 0.1, RATE, subtype="PCM_16")
    assert not Passages(tmp_path / "tone.wav").tells
    assert Passages(folder / "greeting.wav").tells
