"""The practice card reader and the card software's secretless half: it knows PINs, and never tells or keeps what was typed."""

from __future__ import annotations

import hmac
import re
import threading
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Literal

import msgspec

from video_desk.rehearsal_sites.ledger import Ledger
from video_desk.rehearsal_sites.model import TRIES, Card, Entry, Kind

Trouble = Literal["", "unreadable", "other_card"]
NAMES: dict[Kind, str] = {"user": "利用者証明用電子証明書", "sign": "署名用電子証明書"}
_SHAPES: dict[Kind, tuple[str, str]] = {
    "user": (r"[0-9]{4}", "暗証番号は数字4桁で入力してください。"),
    "sign": (r"[A-Za-z0-9]{6,16}", "暗証番号は英数字6文字から16文字で入力してください。"),
}
_TICKET_SECONDS = 3600


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the card software shows now.

    :param state: `ready` and `wrong` show the field; `right` brings `code`; all others are words only.
    :param code: for the portal, good once.
    """

    state: Literal["waiting", "unreadable", "unusable", "expired", "locked", "ready", "wrong", "malformed", "right", "ended"]
    words: str
    left: int | None = None
    entry: Entry = "iframe"
    code: str = ""


@dataclass
class _Ticket:
    kind: Kind
    person: str
    opened: float
    code: str = ""
    holder: str = ""


class Reader:
    """One reader, as a kiosk has it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.RLock()
        self._tickets: dict[str, _Ticket] = {}
        self.card, self.trouble = "", ""

    def put(self, person: str, trouble: Trouble = "") -> None:
        """Put the card of a resident on the reader; with an empty name, take it away.

        :raises KeyError: where there is no such person, or no card.
        """
        if person and self._ledger.people[person].card is None:
            raise KeyError(person)
        with self._lock:
            self.card, self.trouble = person, trouble
        self._ledger.act(person, "card_put" if person or trouble else "card_taken", trouble)

    def clear(self) -> None:
        """Begin anew, with an empty reader."""
        with self._lock:
            self._tickets.clear()
            self.card, self.trouble = "", ""

    def open(self, kind: Kind, person: str = "") -> str:
        """The ticket of a new request of the portal.

        :param person: whose card it must be; without one, anybody's.
        """
        now = self._ledger.clock.monotonic()
        ticket = token_urlsafe(16)
        with self._lock:
            self._tickets = {id: one for id, one in self._tickets.items() if one.opened > now - _TICKET_SECONDS}
            self._tickets[ticket] = _Ticket(kind, person, now)
        return ticket

    def kind(self, ticket: str) -> Kind:
        """Which PIN a ticket asks for."""
        with self._lock:
            return self._tickets[ticket].kind if ticket in self._tickets else "user"

    def state(self, ticket: str) -> State:
        """What is to be shown for a ticket now."""
        with self._lock:
            asked = self._tickets.get(ticket)
            if asked is None:
                return State(state="ended", words="この画面は有効期限が切れています。画面を開き直してください。")
            if self.trouble == "unreadable":
                return State(state="unreadable", words="カードを読み取れません。カードを置き直してください。")
            if self.trouble == "other_card":
                return State(state="unreadable", words="マイナンバーカードではないカードが置かれています。")
            if not self.card:
                return State(state="waiting", words="カードを置いてください。")
            return self._of_card(asked, self._ledger.people[self.card].card)

    def _of_card(self, asked: _Ticket, card: Card | None) -> State:
        rules, name = self._ledger.rules, NAMES[asked.kind]
        if asked.person and asked.person != self.card:
            return State(state="unusable", words="ログインしている方のマイナンバーカードではありません。")
        if card is None or card.face_only:
            return State(
                state="unusable", words="顔認証マイナンバーカードは、暗証番号の入力が必要なサービスではご利用になれません。"
            )
        if asked.kind == "sign" and not card.sign_pin:
            return State(state="unusable", words="このカードには署名用電子証明書が格納されていません。")
        left = card.left if asked.kind == "user" else card.sign_left
        if left == 0:
            said = f"{name}の暗証番号がロックされています。お住まいの市区町村の窓口で暗証番号の初期化を行ってください。"
            return State(state="locked", words=said, left=0)
        if (card.until if asked.kind == "user" else card.sign_until) < self._ledger.today():
            said = f"{name}の有効期限が切れています。お住まいの市区町村の窓口で電子証明書の更新手続きを行ってください。"
            return State(state="expired", words=said)
        entry = (rules.login_entry if asked.kind == "user" else rules.sign_entry) or card.entry
        shape = "数字4桁" if asked.kind == "user" else "英数字6～16文字"
        return State(state="ready", words=f"{name}の暗証番号（{shape}）を入力してください。", left=left, entry=entry)

    def verify(self, ticket: str, pin: str) -> State:
        """Try a PIN; what was typed is compared and forgotten."""
        with self._lock:
            before = self.state(ticket)
            if before.state != "ready":
                return before
            asked, who = self._tickets[ticket], self._ledger.people[self.card]
            shape, words = _SHAPES[asked.kind]
            if not re.fullmatch(shape, pin):
                return State(state="malformed", words=words, left=before.left, entry=before.entry)
            card = who.card
            assert card is not None
            right = card.pin if asked.kind == "user" else card.sign_pin
            # The public software turns small letters into capitals before it asks the card.
            good = hmac.compare_digest(pin.upper(), right.upper())
            left = TRIES[asked.kind] if good else (before.left or 1) - 1
            setattr(card, "left" if asked.kind == "user" else "sign_left", left)
            self._ledger.act(who.id, f"pin_{asked.kind}_{'right' if good else 'wrong' if left else 'locked'}")
            if good:
                asked.code, asked.holder = token_urlsafe(16), who.id
                return State(state="right", words="確認しました。しばらくお待ちください。", code=asked.code)
            if not left:
                return self.state(ticket)
            said = f"暗証番号が正しくありません。あと{left}回間違えるとロックされます。"
            return State(state="wrong", words=said, left=left, entry=before.entry)

    def redeem(self, ticket: str, code: str) -> str:
        """Whose PIN was right; empty where the code is not the one of the ticket. It is good once."""
        with self._lock:
            asked = self._tickets.get(ticket)
            if asked is None or not asked.code or not hmac.compare_digest(asked.code, code):
                return ""
            del self._tickets[ticket]
            return asked.holder
