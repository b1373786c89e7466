"""Personal data: opaque in memory, masked where it must not be kept, one form of a telephone number."""

import json
import pickle
import random
from datetime import date
from pathlib import Path

import pytest

from contact_center.personal import Keyring, Personal, e164, mask
from contact_center.personal.keyring import KeyErased
from contact_center.personal.masking import MASKED
from contact_center.personal.telephone import national


def test_a_personal_value_has_no_text_form() -> None:
    value = Personal("09012345678")
    for spill in (str, "{}".format, lambda v: f"{v}", "x{0}".format, json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            spill(value)
    assert "0901" not in repr(value)
    assert value.reveal() == "09012345678"


@pytest.mark.parametrize(
    "written",
    [
        "123456789012", "１２３４５６７８９０１２", "1234 5678 9012", "1234-5678-9012", "１２３４　５６７８　９０１２",
        "一二三四五六七八九〇一二",
        "1234／5678／9012", "1234/5678:9012", "1234)(5678)[9012", "1234の5678の9012",
        "1234_5678=9012", "1234\u200b5678\u200b9012",
        "壱弐参四五六七八九〇壱弐", "いちにさんよんごろくななはちきゅうぜろいちに", "1234、5678、9012",
        "1234と5678と9012", "1234、次が5678、最後9012", "123456、後半は789012",
        "千二百三十四 五千六百七十八 九千十二", "٠١٢٣٤٥٦٧٨٩٠١", "1234😀5678😀9012", "1 2 3 4 5 6 7 8 9 0 1 2",
    ],
)  # fmt: skip
def test_twelve_digits_are_masked_in_any_writing(written: str) -> None:
    assert mask(f"番号は{written}です") == f"番号は{MASKED}です"


def test_random_runs_of_twelve_digits_never_survive() -> None:
    dice = random.Random(4711)
    for _ in range(200):
        digits = [dice.choice("0123456789０１２３４５６７８９〇一二三四五六七八九") for _ in range(12)]
        text = "".join(d + dice.choice(["", "", " ", "-", "　", "ー"]) for d in digits)
        kept = mask(f"お客様の番号 {text}。折り返し希望")
        assert MASKED in kept
        assert not any(d in kept for d in "0123456789０１２３４５６７８９")


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        ("暗証番号は1234とのこと", "1234"), ("暗証番号：１２３４", "１２３４"), ("PIN 0 9 1 5", "0 9 1 5"),
        ("暗証番号は一二三四", "一二三四"), ("署名用パスワードはABC123DEFです", "ABC123DEF"),
        ("1234でロックしたとのこと", "1234"), ("4桁は 1 2 3 4", "1 2 3 4"), ("暗証番号４桁は０９１５", "０９１５"),
        ("暗証番号は、いちにさんよん", "いちにさんよん"), ("ピンはイチ・ニ・サン・ヨン", "イチ・ニ・サン・ヨン"),
        ("1234が暗証番号だそうです", "1234"), ("暗証番号を忘れた。たぶん1234", "1234"), ("ＰＩＮ\n1234", "1234"),
        ("利用者証明用は4321", "4321"), ("署名用パスワード：ひらがなでなく SAKURA2024", "SAKURA2024"), ("4ケタは0815", "0815"),
        ("暗唱番号は1234", "1234"), ("暗証番号は千二百三十四", "千二百三十四"), ("ロックされた。1234で3回", "1234"),
    ],
)  # fmt: skip
def test_a_pin_is_masked_beside_the_word_for_it(written: str, secret: str) -> None:
    assert secret not in mask(written)
    assert MASKED in mask(written)


@pytest.mark.parametrize(
    "text",
    [
        "暗証番号を3回間違えてロック", "暗証番号の再設定は市民課0559990100へ", "ロック解除は千葉市へ", "暗証番号は5階の1234番窓口",
        "2026年に暗証番号がロック", "暗証番号の相談は 0559-99-0100 へ",
        "暗証番号をいつにしたかご記憶がない", "暗証番号の再設定にいくとご本人",
        "暗証番号の再設定、2026年11月から", "パスワードを忘れた。市民課 0559-99-0100",
        "09012345678に電話", "0559990100にしてください",
        "電話は 03-1234-5678", "11月24日10時30分に2名", "5年ごと、1,000円", "2026/11/21 10:30", "2026-11-21 10:30 来庁",
    ],
)  # fmt: skip
def test_ordinary_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("0312345678", "+81312345678"), ("090-1234-5678", "+819012345678"), ("+819012345678", "+819012345678"),
        ("819012345678", "+819012345678"), ("05012345678", "+815012345678"), ("anonymous", None), ("", None),
        ("110", None), ("Coin line/payphone", None),
    ],
)  # fmt: skip
def test_a_telephone_number_has_one_form(written: str, one_form: str | None) -> None:
    assert e164(written) == one_form


def test_a_number_is_dialled_as_it_came() -> None:
    assert national("+819012345678") == "09012345678"


def test_a_value_opens_only_where_it_belongs(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    key, sealed = ring.seal(b"secret", "contact", date(2026, 11, 24), b"contact/1/note")
    assert ring.open(key, sealed, b"contact/1/note") == b"secret"
    with pytest.raises(KeyErased):
        ring.open(key, sealed, b"contact/2/note")


def test_a_destroyed_key_takes_every_copy_with_it(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    key, sealed = ring.seal(b"secret", "contact", date(2026, 11, 24), b"x")
    ring.destroy(key)
    with pytest.raises(KeyErased):
        ring.open(key, sealed, b"x")
    with pytest.raises(KeyErased):
        Keyring(tmp_path / "keys").open(key, sealed, b"x")


def test_two_processes_that_want_the_first_key_get_the_same(tmp_path: Path) -> None:
    rings = [Keyring(tmp_path / "keys") for _ in range(2)]
    key, sealed = rings[0].seal(b"a", "contact", date(2026, 11, 24), b"x")
    assert rings[1].seal(b"b", "contact", date(2026, 11, 24), b"x")[0] == key
    assert rings[1].open(key, sealed, b"x") == b"a"
    assert rings[0].index("number:+81") == rings[1].index("number:+81")
