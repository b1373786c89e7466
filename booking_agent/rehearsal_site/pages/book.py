"""From the number of the postcard to the number of the reservation."""

from __future__ import annotations

import re
from datetime import timedelta
from secrets import randbelow, token_urlsafe
from typing import Any

from flask import render_template, request

from booking_agent.rehearsal_site.face import Expired, commit, mixed_up, visit
from booking_agent.rehearsal_site.japanese import from_digits, in_the_old_set, is_katakana, is_wide
from booking_agent.rehearsal_site.model import Reason, Wish
from booking_agent.rehearsal_site.pages.flow import FACE, asked, blueprint, chosen, handed_in, message, rules, screen, typed
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import CITY, SENTENCES

URL_MINUTES = 30
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


@blueprint.get("/")
def top() -> str:
    """The first page; whatever was begun is forgotten."""
    site = here()
    site.ledger.release(visit().data.get("hold", ""))
    visit().data.clear()
    return screen("top", last=site.ledger.window(FACE)[1])


@blueprint.get("/staff")
def staff() -> str:
    """Where the city's people sign in to book for others."""
    return screen("staff")


@blueprint.post("/staff")
def staff_signs_in() -> str:
    """Their account and password; from then on no mail is asked for."""
    handed_in()
    if here().ledger.staff.get(typed("account")) != typed("password"):
        return screen("staff", wrong="アカウントまたはパスワードが正しくありません。")
    visit().staff = True
    return top()


@blueprint.get("/renewal")
def renewal() -> str:
    """The other site of the city, on which nobody fetches a card."""
    return message("電子証明書の更新の予約", "電子証明書の更新の予約は、電話でのみ受け付けています。（電話 0000-00-0000）")


@blueprint.get("/new")
def new() -> str:
    """Begin a booking."""
    visit().data.clear()
    visit().data["flow"] = "book"
    return screen("number")


@blueprint.post("/number")
def number() -> str:
    """The postcard's number and the birthday, each in the one form that is taken."""
    data, ledger = handed_in("flow"), here().ledger
    card = typed("card").upper()
    if "-" in card or not re.fullmatch(r"[A-Z0-9]{3}[0-9]{6}", card, re.ASCII):
        return screen("number", wrong="製造番号は、ハイフン（-）を除いた半角英数字9桁で入力してください。")
    birthday = from_digits(typed("birthday"))
    if birthday is None:
        return screen("number", wrong="生年月日は、西暦の半角数字8桁で入力してください。（例：昭和55年4月1日の場合 19800401）")
    person = ledger.known(card, birthday)
    if person is None:
        return screen("number", wrong=SENTENCES[Reason.UNKNOWN])
    if rules().one_each and ledger.booked(card):
        return screen("number", wrong=SENTENCES[Reason.ALREADY])
    data |= {"person": card, "under_15": person.under_15, "people": 1}
    return screen("people") if rules().largest_party > 1 else screen("consent")


@blueprint.post("/people")
def people() -> str:
    """How many come together."""
    data = handed_in("person")
    data["people"] = int(typed("people")) if typed("people").isdecimal() else 0
    if not 1 <= data["people"] <= rules().largest_party:
        return screen("people", wrong="予約人数を選択してください。")
    return screen("consent")


@blueprint.post("/consent")
def consent() -> str:
    """The conditions are accepted."""
    handed_in("person")
    if not typed("agree"):
        return screen("consent", wrong="同意いただけない場合は予約できません。")
    if visit().staff:
        # Who books at the city's desk needs nobody's mail.
        visit().data["mail"] = ""
        return screen("counter")
    return screen("mail")


@blueprint.post("/mail")
def mail() -> str:
    """The address, twice; the booking goes on from the mail."""
    data, site = handed_in("person"), here()
    to = typed("mail")
    if not _MAIL.fullmatch(to):
        return screen("mail", wrong="メールアドレスの形式が正しくありません。")
    if typed("again") != to:
        return screen("mail", wrong="確認用のメールアドレスが一致しません。")
    data["mail"] = to
    if rules().mailed == "code":
        data["code"] = f"{randbelow(10**6):06}"
        text = f"認証コードをお知らせします。\n\n認証コード：{data['code']}\n\n予約サイトの画面に入力してください。\n"
    else:
        key = token_urlsafe(18)
        site.mailed[key] = site.ledger.now() + timedelta(minutes=URL_MINUTES), dict(data)
        url = f"{request.host_url}pages/continue?k={key}"
        text = f"下記のURLから予約手続きを続けてください。\n（有効期限：{URL_MINUTES}分）\n\n{url}\n\n※予約は完了していません。\n"
    site.postman.send(FACE, to, f"【{CITY}】マイナンバーカード受取予約　手続きのご案内", text)
    return screen("sent")


@blueprint.get("/continue")
def go_on() -> str:
    """The mailed URL, in whatever browser it is opened."""
    site = here()
    until, former = site.mailed.get(request.args.get("k", ""), (None, {}))
    if until is None or site.ledger.now() > until:
        return message("URLの有効期限切れ", "URLの有効期限が切れているか、URLが正しくありません。最初からやり直してください。")
    visit().data.clear()
    visit().data |= former
    return screen("counter")


@blueprint.post("/code")
def code() -> str:
    """The mailed code."""
    data = handed_in("code")
    return screen("counter") if typed("code") == data["code"] else screen("sent", wrong="認証コードが正しくありません。")


@blueprint.post("/applicant")
def applicant() -> str:
    """Who comes, in full-width letters and three boxes."""
    data = handed_in("slot", "mail")
    names = ["family", "given", "family_kana", "given_kana", "phone1", "phone2", "phone3"] + ["guardian"] * data["under_15"]
    given = {name: typed(name) for name in names}
    if wrong := wrong_applicant(given):
        return screen("applicant", wrong=wrong, chosen=chosen(data["slot"]))
    data["given"] = given
    data["slot"] = mixed_up(asked(data), data["slot"])
    return screen("confirm", chosen=chosen(data["slot"]))


def wrong_applicant(given: dict[str, str]) -> str:
    """What is wrong with the applicant's form, in a sentence; empty where nothing is."""
    if not all(given.values()):
        return "入力されていない項目があります。"
    written = [given[name] for name in ("family", "given", "guardian") if name in given]
    if not all(is_wide(text) for text in written):
        return "氏名は全角で入力してください。"
    if not all(in_the_old_set(text) for text in written):
        return "氏名に使用できない文字（環境依存文字）が含まれています。"
    if not (is_katakana(given["family_kana"]) and is_katakana(given["given_kana"])):
        return "フリガナは全角カタカナで入力してください。"
    if not all(re.fullmatch(r"[0-9]{2,5}", given[box]) for box in ("phone1", "phone2", "phone3")):
        return "電話番号は半角数字で入力してください。"
    return ""


@blueprint.post("/register")
def register() -> Any:
    """The last button of a booking; the other button of its page leads back to the form."""
    data = handed_in("given", "slot")
    if "fix" in request.form:
        return screen("applicant", given=data["given"], chosen=chosen(data["slot"]))
    if data["flow"] != "book":
        raise Expired
    given = {**data["given"], "mail": data["mail"]}
    wish = Wish(face=FACE, what="book", person=data["person"], slot=data["slot"], people=data["people"], given=given)
    done = commit(wish)
    finish(done.number, "予約が完了しました", data["mail"])
    return render_template("pages/done.html", title="予約の完了", number=done.number, chosen=chosen(done.slot), people=done.people)


def finish(number: str, subject: str, to: str) -> None:
    """Send the mail that ends a flow, where an address is known, and forget what was typed."""
    site = here()
    slot = chosen(site.ledger.reservations[number].slot)
    text = f"予約番号：{number}\n受取窓口：{slot['counter']}\n日時：{slot['day']} {slot['time']}\n"
    if to:
        site.postman.send(FACE, to, f"【{CITY}】{subject}", text)
    visit().data.clear()
