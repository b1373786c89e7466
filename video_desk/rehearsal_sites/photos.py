"""Whether a photo is one that the application site takes; it reads a JPEG's own headers and decodes no picture."""

from __future__ import annotations

import hashlib
import struct

from video_desk.rehearsal_sites.model import Denied, Photo

SMALLEST, LARGEST = 20 * 1024, 7 * 1024 * 1024
SHORTEST, LONGEST = 480, 6000
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers after which the size of the picture and the number of its colours stand."""

_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without anything behind them."""


def check(data: bytes) -> Photo:
    """What is kept of a photo that is taken.

    :raises Denied: saying why it is not.
    """
    if not data:
        raise Denied("アップロードする顔写真のファイルを選択してください。")
    if not data.startswith(b"\xff\xd8\xff"):
        raise Denied("ファイル形式が正しくありません。JPEG形式（拡張子 jpg、jpeg）の画像を選択してください。")
    if not SMALLEST <= len(data) <= LARGEST:
        raise Denied(f"ファイルサイズが正しくありません（{len(data) // 1024}KB）。20KB以上7MB以下の画像を選択してください。")
    found = _frame(data)
    if found is None or b"\xff\xd9" not in data[-65536:]:
        raise Denied("画像を読み込めません。ファイルが壊れている可能性があります。")
    width, height, colours = found
    if not (SHORTEST <= width <= LONGEST and SHORTEST <= height <= LONGEST):
        raise Denied(
            f"画像の大きさが正しくありません（幅{width}×高さ{height}）。幅・高さとも480～6000ピクセルの画像を選択してください。"
        )
    if colours != 3:
        raise Denied(
            "カラーモードが正しくありません。RGBカラーの画像を選択してください（CMYKカラー、白黒などは受け付けできません）。"
        )
    return Photo(len(data), width, height, hashlib.sha256(data).hexdigest())


def _frame(data: bytes) -> tuple[int, int, int] | None:
    """Width, height and number of colours; None where the headers cannot be read."""
    place = 2
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            # A marker may be preceded by any number of fill bytes.
            place += 1 if marker == 0xFF else 2
        elif marker in _FRAMES:
            height, width, colours = struct.unpack(">HHB", data[place + 5 : place + 10])
            return width, height, colours
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
