"""What a site says when something goes wrong, read as a reason."""

from __future__ import annotations

from booking_agent.driver.trouble import Reason
from booking_agent.japanese import plain

USUAL: dict[str, tuple[str, ...]] = {
    "taken": (
        "他の方が先に", "満員になりました", "満席になりました", "予約が埋まりました", "様の予約が登録",
        "ご希望の時間は予約できませんでした", "選択された時間は予約できません", "選択した時間は予約できません",
        "空きがなくなりました", "no longer available", "already booked", "already been taken",
    ),
    "already": ("すでに予約が登録", "既に予約が登録", "すでに予約されて", "既に予約されて", "重複して予約"),
    "mismatch": ("一致しません", "パスワードが違い", "パスワードが正しくありません", "登録されていません"),
    "outside": ("受付期間外", "受付期間を過ぎ", "予約の受付期間", "期限を過ぎて"),
    "none": ("該当する予約", "予約が見つかりません", "予約情報がありません", "予約はありません"),
    "ended": ("期限が切れました", "有効期限", "セッション", "タイムアウト", "画面遷移エラー", "session expired"),
    "stopped": ("メンテナンス", "サービスを停止", "休止して", "停止中", "maintenance"),
    "busy": ("アクセスが集中", "混み合って", "混雑して", "通信エラー", "時間をおいて", "しばらくしてから", "too many requests"),
    "refused": (
        "入力してください", "入力されていない", "必須項目", "正しくありません", "選択してください", "使用できない文字",
        "エラーが発生しました",
    ),
}  # fmt: skip
"""What a profile need not say. They are looked for only where something else was expected to stand."""

_REASONS = {"none": Reason.MISMATCH, "refused": Reason.REFUSED}

WEAK = (Reason.REFUSED, Reason.BUSY, Reason.ENDED)
"""Reasons whose usual words may stand on a page though nothing is wrong."""


def read_said(words: str, own: dict[str, list[str]], before: str) -> tuple[Reason | None, str]:
    """The reason that a page's words give, and the words that gave it.

    :param own: what the profile says beyond the usual; it goes before it.
    :param before: what stood there before the last press; of the weak reasons only words that are new count.
    """
    said, stood = plain(words), plain(before)
    for source in (own, USUAL):
        for name, texts in source.items():
            reason = _REASONS.get(name) or Reason(name)
            for text in texts:
                if plain(text) in said and not (reason in WEAK and plain(text) in stood):
                    return reason, text
    return None, ""


def is_none(words: str, own: dict[str, list[str]]) -> bool:
    """Whether the page says that there is no such reservation."""
    said = plain(words)
    return any(plain(text) in said for text in (*own.get("none", ()), *USUAL["none"]))
