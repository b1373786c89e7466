"""The comparison of sounds tells a voice from another, through a telephone's codec and delay."""

import numpy as np

from contact_center.speech.hearing import HEARD, RATE, at_rate, likeness
from contact_center.speech.voice import speak


def spoken(text: str) -> np.ndarray:
    samples, rate = speak(text)
    return at_rate(samples, rate)


def telephone(samples: np.ndarray) -> np.ndarray:
    """Mu-law, noise, a little silence before."""
    quiet = samples * 0.3
    coded = np.sign(quiet) * np.log1p(255 * np.abs(quiet)) / np.log1p(255)
    rough = np.round(coded * 127) / 127
    back = np.sign(rough) * (np.expm1(np.abs(rough) * np.log1p(255)) / 255)
    noise = np.random.default_rng(1).normal(0, 0.001, len(back) + RATE)
    return noise + np.concatenate([np.zeros(RATE), back])


def test_what_was_said_is_heard_and_something_else_is_not() -> None:
    question = spoken("マイナンバーカードの受け取りを予約したいのですが、どうすればよいでしょうか。")
    answer = spoken("お電話ありがとうございます。担当の佐藤です。通知書はお手元にございますか。")
    assert likeness(question, telephone(question)) > HEARD
    assert likeness(question, telephone(answer)) < HEARD - 0.1
    assert likeness(question, np.zeros(RATE * 5)) == 0.0
