"""ぴったりサービス: find a city's procedure, fill in its form, sign it, send it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import abort, redirect, request

from video_desk.rehearsal_sites.door import known, typed, visit
from video_desk.rehearsal_sites.japanese import from_iso, is_mail
from video_desk.rehearsal_sites.portal.flow import ask_card, blueprint, card_said, screen, signed_in
from video_desk.rehearsal_sites.site import here

CITIES = {"見本県": ("見本市", "例示町"), "練習県": ("練習市", "試験村")}
PROCEDURES = {
    "childcare": ("保育施設等の利用申込", "妊娠・出産／子育て"),
    "allowance": ("児童手当等の現況届", "妊娠・出産／子育て"),
    "moving": ("転出届・転入（転居）予約", "引越し"),
    "disaster": ("罹災証明書の発行申請", "災害"),
}
FIELDS = {
    "applicant": "氏名", "mail": "メールアドレス", "phone": "電話番号", "moment": "発生日・希望日", "time": "連絡を希望する時間",
    "reason": "申請の理由", "relation": "本人との続柄", "members": "世帯の人数", "wishes": "希望する連絡方法", "colour": "封筒の色",
    "note": "備考", "paper": "添付書類",
}  # fmt: skip
REASONS = ("新規", "変更", "更新", "その他")
RELATIONS = ("本人", "配偶者", "子", "父母", "その他")
WISHES = ("電話", "メール", "郵送")
LARGEST_PAPER = 5 * 1024 * 1024


def _place(city: str, procedure: str) -> dict[str, str]:
    if procedure not in PROCEDURES or not any(city in cities for cities in CITIES.values()):
        abort(404)
    name, group = PROCEDURES[procedure]
    return {"city": city, "procedure": procedure, "name": name, "group": group}


@blueprint.get("/services")
def services() -> str:
    """Search by prefecture, city and words; nobody needs to have signed in."""
    prefecture, city, words = (request.args.get(name, "") for name in ("prefecture", "city", "words"))
    wrong = ""
    found: list[tuple[str, str, str]] = []
    if city and city not in CITIES.get(prefecture, ()):
        wrong = "都道府県と市区町村の組み合わせが正しくありません。"
    elif city:
        found = [(key, name, group) for key, (name, group) in PROCEDURES.items() if words in name + group]
        wrong = "" if found else "条件に一致する手続きが見つかりませんでした。"
    elif prefecture:
        wrong = "市区町村を選択してください。"
    return screen("services", cities=CITIES, asked=request.args, found=found, wrong=wrong)


@blueprint.get("/services/<city>/<procedure>")
def procedure(city: str, procedure: str) -> str:
    """What a procedure is about."""
    return screen("procedure", place=_place(city, procedure))


@blueprint.get("/services/<city>/<procedure>/form")
def form(city: str, procedure: str) -> str:
    """The form, with the name of whoever has signed in."""
    person = signed_in()
    return _form(_place(city, procedure), {"applicant": person.name})


def _form(place: dict[str, str], had: dict[str, str], wrong: str = "") -> str:
    choices = {"reasons": REASONS, "relations": RELATIONS, "wishes": WISHES}
    return screen("form", place=place, had=had, wrong=wrong, names=FIELDS, **choices)


@blueprint.post("/services/<city>/<procedure>/form")
def form_typed(city: str, procedure: str) -> str:
    """Look at what was typed, and show it once more."""
    signed_in()
    place = _place(city, procedure)
    given = {name: typed(name) for name in FIELDS if name not in ("wishes", "paper")}
    given["wishes"] = "、".join(one for one in request.form.getlist("wishes") if one in WISHES)
    sent = request.files.get("paper")
    paper = sent.read() if sent else b""
    if wrong := _wrong(given, paper):
        return _form(place, given, wrong)
    if sent is not None and paper:
        given["paper"] = f"{sent.filename}（{len(paper)}バイト、SHA-256 {hashlib.sha256(paper).hexdigest()}）"
    visit().data["filing"] = {"place": place, "given": given}
    return screen("form_confirm", place=place, given=given, names=FIELDS)


def _wrong(given: dict[str, str], paper: bytes) -> str:
    if not given["applicant"]:
        return "氏名を入力してください。"
    if not is_mail(given["mail"]):
        return "メールアドレスを正しく入力してください。"
    if not re.fullmatch(r"[0-9]{10,11}", given["phone"].replace("-", "")):
        return "電話番号は半角数字で入力してください。"
    if from_iso(given["moment"]) is None:
        return "発生日・希望日を入力してください。"
    if given["reason"] not in REASONS:
        return "申請の理由を選択してください。"
    if given["relation"] not in RELATIONS:
        return "本人との続柄を選択してください。"
    if len(given["note"]) > 500:
        return "備考は500文字以内で入力してください。"
    return "添付書類は5MB以下のファイルを選択してください。" if len(paper) > LARGEST_PAPER else ""


@blueprint.route("/sign", methods=["GET", "POST"])
def sign() -> Any:
    """Ask for the signature; the card must be that of whoever has signed in."""
    person = signed_in()
    place = known("filing")["filing"]["place"]
    return screen("sign", place=place, card=ask_card("sign", person.id))


@blueprint.post("/sign/done")
def signed() -> Any:
    """What the card software answered; with a right answer the form is sent."""
    person = signed_in()
    filing = known("filing")["filing"]
    if card_said("sign") != person.id:
        return redirect("/portal/sign")
    del visit().data["filing"]
    place = filing["place"]
    done = here().ledger.file(person.id, place["city"], place["name"], filing["given"])
    return screen("receipt", filing=done)
