"""The mails of the application site: all stand in the ledger, and go out only where an office was named."""

from __future__ import annotations

import argparse
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage

from video_desk.rehearsal_sites.ledger import Ledger
from video_desk.rehearsal_sites.model import Mail

SENDER = "shinsei-renshu@kojinbango.example"
_FOOT = """
――――――――――――――――――
これは練習用の申請サイトが作成したメールです。実際の申請は行われません。
このメールは送信専用です。返信はできません。
"""


@dataclass(frozen=True)
class Office:
    """Where mails are handed in."""

    host: str
    port: int

    @classmethod
    def named(cls, text: str) -> Office:
        """The office of `HOST:PORT`.

        :raises argparse.ArgumentTypeError: where it is not written so.
        """
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal():
            raise argparse.ArgumentTypeError(f"not HOST:PORT: {text}")
        return cls(host, int(port))


class Postman:
    """Writes down every mail, and sends it if there is an office."""

    def __init__(self, ledger: Ledger, office: Office | None) -> None:
        self._ledger, self._office = ledger, office

    def send(self, to: str, subject: str, text: str, url: str = "") -> None:
        """Send a mail; the visitor is told the same whether it was taken or not, as sites do."""
        mail = Mail(at=self._ledger.now(), to=to, subject=f"【練習用】{subject}", text=text + _FOOT, url=url)
        self._ledger.post(mail)
        if self._office is None:
            return
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = SENDER, mail.to, mail.subject
        letter.set_content(mail.text)
        try:
            with smtplib.SMTP(self._office.host, self._office.port, timeout=10) as office:
                office.send_message(letter)
            mail.state = "sent"
        except (OSError, smtplib.SMTPException):
            mail.state = "refused"
