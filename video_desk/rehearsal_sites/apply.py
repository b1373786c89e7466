"""The practice application for a card, from the id of the form to the reception number."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request

from video_desk.rehearsal_sites.door import Expired, join, known, typed, visit
from video_desk.rehearsal_sites.japanese import era_day, era_years, from_era, from_iso, is_mail
from video_desk.rehearsal_sites.model import Denied
from video_desk.rehearsal_sites.numbers import misread
from video_desk.rehearsal_sites.photos import check
from video_desk.rehearsal_sites.site import here

blueprint = Blueprint("apply", __name__, url_prefix="/apply")
join(blueprint, "apply")

SIGN_FROM = 15
"""Years of age from which the signature certificate is issued."""


def send_invitation(application_id: str, contact_name: str, mail: str, subject: str, text: str) -> None:
    """Mail somebody a new personal URL, below some words."""
    site = here()
    url = f"{site.url}/apply/continue?k={site.ledger.invite(application_id, contact_name, mail)}"
    hours = f"{site.ledger.rules.mailed_hours:g}"
    foot = f"\n下記の申請者専用WEBサイトから申請の手続きをお願いします（有効期限は{hours}時間です）。\n{url}\n"
    site.postman.send(mail, subject, f"{contact_name} 様\n\n{text}{foot}", url)


def screen(name: str, step: int = 0, **values: Any) -> str:
    """A page, with the place in the six steps that it has."""
    data = visit().data
    idle = here().ledger.rules.apply_idle_minutes
    return render_template(f"apply/{name}.html", face="apply", step=step, data=data, typed=request.form, idle=idle, **values)


@blueprint.errorhandler(Expired)
def expired(error: Expired) -> str:
    """The visit is over; it is said on a page like any other."""
    said = "一定時間操作がなかったため、または画面の操作が正しくないため、処理を中断しました。"
    return screen(
        "message", title="タイムアウト", text=f"{said}お手数ですが、メールに記載のURLまたは最初の画面からやり直してください。"
    )


@blueprint.errorhandler(Denied)
def denied(error: Denied) -> str:
    """The site says no on a page that leads no further."""
    return screen("message", title="受け付けできません", text=str(error))


# -- the form's id and the mail address --------------------------------------------------------------------------------


@blueprint.get("/timeout")
def timeout() -> str:
    """Where the page itself goes when its time is over."""
    visit().forget()
    raise Expired


@blueprint.get("/<application_id>")
def by_path(application_id: str) -> Any:
    """The form's QR, with the id as a folder."""
    if not application_id.isdecimal():
        abort(404)
    return redirect(f"/apply/?id={application_id}")


@blueprint.get("/")
def top() -> str:
    """The first page; whatever was begun is forgotten. An id that comes from the form's QR is filled in and locked."""
    visit().forget()
    given = request.args.get("id", "")
    if given:
        if wrong := misread(given):
            raise Denied(wrong)
        here().ledger.applicant(given)
        visit().data |= {"id": given, "locked": True}
    return screen("top")


@blueprint.get("/terms")
def terms() -> str:
    """The terms, before which nothing goes on."""
    return screen("terms", 1)


@blueprint.post("/terms")
def agree() -> Any:
    """Consent, by a tick."""
    if not typed("agree"):
        return screen("terms", 1, wrong="利用規約をご確認のうえ、「同意する」にチェックを入れてください。")
    visit().data["agreed"] = True
    return redirect("/apply/mail")


@blueprint.get("/mail")
def mail() -> str:
    """Ask for the id, a name for mails and an address."""
    known("agreed")
    return screen("mail", 2, had=visit().data)


@blueprint.post("/mail")
def mail_typed() -> str:
    """Look at what was typed, and show it once more."""
    data = known("agreed")
    had = {name: typed(name) for name in ("id", "name", "mail", "again")}
    if data.get("locked"):
        # A locked field can be opened with the browser's own tools; what the QR said is what counts.
        had["id"] = data["id"]
    if wrong := _wrong(had):
        return screen("mail", 2, had=had, wrong=wrong)
    data |= had
    return screen("mail_confirm", 2)


def _wrong(had: dict[str, str]) -> str:
    if not (had["id"] and had["name"] and had["mail"]):
        return "申請書ID、メール連絡用氏名、メールアドレスは必ず入力してください。"
    if wrong := misread(had["id"]):
        return wrong
    try:
        here().ledger.applicant(had["id"])
    except Denied as no:
        return str(no)
    if len(had["name"]) > 30:
        return "メール連絡用氏名は30文字以内で入力してください。"
    if not is_mail(had["mail"]):
        return "メールアドレスを正しく入力してください。"
    return "" if had["mail"] == had["again"] else "メールアドレスとメールアドレス（確認用）が一致していません。"


@blueprint.post("/send")
def send() -> str:
    """Mail the personal URL; here the first half ends."""
    data = known("agreed", "id", "name", "mail", "again")
    who = here().ledger.applicant(data["id"])
    text = "マイナンバーカードの申請手続きの受付を開始しました。申請はまだ完了していません。\n"
    send_invitation(data["id"], data["name"], data["mail"], "申請情報登録URLのご案内", text)
    here().ledger.act(who.id, "mail_registered")
    to = data["mail"]
    visit().forget()
    return screen("sent", 3, to=to)


# -- photo, birthday, options ------------------------------------------------------------------------------------------


@blueprint.get("/continue")
def personal() -> str:
    """The mailed URL, in whichever browser."""
    visit().forget()
    key = request.args.get("k", "")
    invited = here().ledger.invited(key)
    visit().data |= {"key": key, "id": invited.application_id, "name": invited.contact_name}
    return screen("personal", 4)


@blueprint.get("/photo")
def photo() -> str:
    """Ask for the photo."""
    known("key")
    return screen("photo", 4)


@blueprint.post("/photo")
def photo_sent() -> Any:
    """Take the photo, or the word that the applicant is too young for one."""
    data = known("key")
    here().ledger.invited(data["key"])
    if typed("no_photo"):
        data |= {"photo": None, "picture": b"", "checked": True}
        return redirect("/apply/details")
    sent = request.files.get("photo")
    try:
        picture = sent.read() if sent else b""
        data |= {"photo": check(picture), "picture": picture, "checked": False}
    except Denied as no:
        here().ledger.act(here().ledger.applicant(data["id"]).id, "photo_refused")
        return screen("photo", 4, wrong=str(no))
    return screen("photo_check", 4, preview=_preview(picture))


def _preview(picture: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()


@blueprint.post("/photo/keep")
def photo_kept() -> Any:
    """The photo is the right one."""
    known("key", "photo")["checked"] = True
    return redirect("/apply/details")


@blueprint.get("/details")
def details() -> str:
    """Ask for the birthday and the options."""
    data = known("key", "photo", "checked")
    if not data["checked"]:
        return photo()
    return _details()


def _details(wrong: str = "") -> str:
    ledger = here().ledger
    by = request.values.get("by", ledger.rules.birth_input)
    return screen("details", 5, by=by, years=era_years(ledger.today()), today=ledger.today(), wrong=wrong)


@blueprint.post("/details")
def details_typed() -> str:
    """Look at what was typed, and show everything once more."""
    data, ledger = known("key", "photo", "checked"), here().ledger
    if not data["checked"]:
        raise Expired
    by_list = "year" in request.form
    birthday = from_era(typed("year"), typed("month"), typed("day")) if by_list else from_iso(typed("birthday"))
    who = ledger.applicant(data["id"])
    if birthday is None or birthday > ledger.today():
        return _details("生年月日を正しく入力してください。")
    if birthday != who.birthday:
        return _details("入力された生年月日は、申請書IDの申請者の生年月日と一致しません。")
    age = who.age(ledger.today())
    if data["photo"] is None and age >= 1:
        wrong = "顔写真の登録を省略できるのは、申請日時点で1歳未満の方に限られます。顔写真を登録してください。"
        return screen("photo", 4, wrong=wrong)
    data |= {
        "birthday": birthday, "braille": bool(typed("braille")), "no_user": bool(typed("no_user")),
        "no_sign": bool(typed("no_sign")) or age < SIGN_FROM,
    }  # fmt: skip
    # A card that is issued before the first birthday carries no photo, even if one was sent.
    data["unused"] = data["photo"] is not None and age < 1
    return _confirm(data, young=age < SIGN_FROM)


def _confirm(data: dict[str, Any], young: bool) -> str:
    shown = "" if data["photo"] is None or data["unused"] else _preview(data["picture"])
    return screen("confirm", 5, preview=shown, birthday=era_day(data["birthday"]), young=young)


@blueprint.post("/register")
def register() -> str:
    """The last button."""
    data, ledger = known("key", "photo", "birthday"), here().ledger
    used = None if data["unused"] else data["photo"]
    birthday: date = data["birthday"]
    done = ledger.apply(data["key"], used, birthday, data["no_sign"], data["no_user"], data["braille"])
    text = f"{done.contact_name} 様\n\nマイナンバーカードの申請を受け付けました。\n\n申請受付番号：{done.number}\n"
    here().postman.send(done.mail, "申請受付完了のお知らせ", text)
    # The picture is destroyed here: from now on only its size and its digest are known.
    visit().forget()
    return screen("done", 6, number=done.number, at=done.at)
