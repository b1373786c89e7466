"""The mails of the sites: each goes by SMTP to the practice post office, and into the ledger."""

from __future__ import annotations

import smtplib
import threading
from email.message import EmailMessage

from booking_agent.rehearsal_site.faults import Faults
from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.model import Face, Mail

SENDER = "mihon-shi-yoyaku@yoyaku.example"
_FOOT = """
――――――――――――――――――
このメールは送信専用です。返信はできません。
見本市　市民課　マイナンバーカード担当
"""


class Postman:
    """Sends what the faces write.

    :param smtp_port: of the post office on this machine.
    """

    def __init__(self, ledger: Ledger, faults: Faults, smtp_port: int) -> None:
        self._ledger, self._faults, self._port = ledger, faults, smtp_port

    def send(self, face: Face, to: str, subject: str, text: str) -> None:
        """Send a mail, unless a switch delays or loses it; the visitor is told the same in every case, as sites do."""
        mail = Mail(self._ledger.now(), face, to, subject, text + _FOOT)
        self._ledger.mails.append(mail)
        if self._faults.meets("mail_never", face) is not None:
            mail.state = "never"
            return
        delay = self._faults.meets("mail_delayed", face)
        if delay is None:
            self._deliver(mail)
        else:
            later = threading.Timer(delay, self._deliver, [mail])
            later.daemon = True
            later.start()

    def _deliver(self, mail: Mail) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = SENDER, mail.to, mail.subject
        # The sites of cities still write mails in the charset of the old mobile phones; it has another wave dash than the pages.
        letter.set_content(mail.text.replace("～", "〜"), charset="iso-2022-jp")
        try:
            with smtplib.SMTP("127.0.0.1", self._port, timeout=10) as office:
                office.send_message(letter)
            mail.state = "sent"
        except (OSError, smtplib.SMTPException):
            mail.state = "refused"
