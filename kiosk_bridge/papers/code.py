"""The code on the card's application form: it opens the application site with the 23 digits of the application filled in (IZ-11).

Only that is accepted: whoever lays another code under the camera leads the kiosk nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import zxingcpp

from kiosk_bridge.addresses import leads_to
from kiosk_bridge.papers.flat import Picture, enhance, flatten

DIGITS = re.compile(r"[0-9]{23}")
"""An application id (申請書ID)."""


QR = zxingcpp.barcode_formats_from_str("QRCode")


class NotAForm(Exception):
    """What was read is no application form's code; `reason` is `none`, `several`, `other_host` or `no_id`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Form:
    """An application form.

    :param id: its 23 digits.
    :param address: what its code opens: a page of the application site with the digits filled in.
    """

    id: str
    address: str


def read_form(picture: Picture, hosts: Iterable[str]) -> Form:
    """The form that lies under the camera.

    :param hosts: of the application site, as its forms name it.
    :raises NotAForm: where there is no such code, or more than one.
    """
    for seen in (picture, flatten(picture), enhance(picture)):
        texts = {one.text for one in zxingcpp.read_barcodes(seen, formats=QR) if one.valid}
        if len(texts) > 1:
            raise NotAForm("several")
        if texts:
            address = texts.pop().strip()
            return Form(application_id(address, hosts), address)
    raise NotAForm("none")


def application_id(text: str, hosts: Iterable[str]) -> str:
    """The 23 digits that a code holds.

    :raises NotAForm: for an address of another site, or one without exactly one such number.
    """
    if not leads_to(text, hosts):
        raise NotAForm("other_host")
    parts = urlsplit(text)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise NotAForm("other_host")
    found = {value for _, value in parse_qsl(parts.query) if DIGITS.fullmatch(value)}
    found |= {part for part in parts.path.split("/") if DIGITS.fullmatch(part)}
    if len(found) != 1:
        raise NotAForm("no_id")
    return found.pop()
