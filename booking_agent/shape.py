"""What is typed for the caller, in one shape; each site's own is made from it by the profile."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import jaconv
import phonenumbers

from booking_agent.japanese import birthday
from booking_agent.profiles import FIELDS
from contact_center.errors import BadInput
from contact_center.personal.masking import MASKED, mask

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_KANA = re.compile(r"[ァ-ヴー・ 　]+")
LONGEST = 80
MAY_BE_EMPTY = ("remark", "mail")


def shaped(name: str, text: str, today: date) -> str:
    """A field's value.

    :param name: one of `FIELDS`.
    :raises BadInput: naming the field, and what is wrong with it; a My Number is refused wherever it is typed.
    """
    title = FIELDS[name].title
    typed = " ".join(text.split())[:LONGEST]
    if not typed:
        if name in MAY_BE_EMPTY:
            return ""
        raise BadInput("%(title)sを入れてください。", title=title)
    if name != "letter_password" and MASKED in mask(typed):
        raise BadInput("%(title)sに12桁の番号は入れないでください。マイナンバーは予約に使いません。", title=title)
    half = unicodedata.normalize("NFKC", typed)
    if name == "birthday":
        return birthday(half, today).isoformat()
    if name == "card":
        return re.sub(r"[\s-]", "", half).upper()
    if name == "number":
        return re.sub(r"\s", "", half)
    if name == "letter_id":
        return re.sub(r"\s", "", half)
    if name in ("family_kana", "given_kana"):
        kana = jaconv.hira2kata(jaconv.h2z(half))
        if not _KANA.fullmatch(kana):
            raise BadInput("%(title)sはかなで入れてください。", title=title)
        return kana
    if name == "phone":
        return _phone(half)
    if name == "mail":
        if not _MAIL.fullmatch(half):
            raise BadInput("メールアドレスの形が違います。")
        return half
    return typed


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "JP")
    except phonenumbers.NumberParseException as error:
        raise BadInput("電話番号を市外局番から入れてください。") from error
    if not phonenumbers.is_possible_number(number):
        raise BadInput("電話番号の桁数が違います。市外局番から入れてください。")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
