"""公金受取口座: one bank account for each person, registered, changed, deleted and looked at."""

from __future__ import annotations

import re
from typing import Any

from flask import redirect

from video_desk.rehearsal_sites.door import known, typed, visit
from video_desk.rehearsal_sites.japanese import era_day, katakana
from video_desk.rehearsal_sites.model import Person
from video_desk.rehearsal_sites.portal.flow import blueprint, screen, signed_in
from video_desk.rehearsal_sites.site import here

BANKS = ("見本銀行（9991）", "練習銀行（9992）", "例示信用金庫（9993）", "見本市農業協同組合（9994）", "れんしゅう郵便銀行（9999）")
KINDS = ("普通", "当座")
_FIELDS = ("bank", "branch", "kind", "number", "holder")


@blueprint.get("/account")
def account() -> str:
    """What is registered, and what can be done."""
    person = signed_in()
    return screen("account", account=here().ledger.accounts.get(person.id))


@blueprint.get("/account/edit")
def account_edit() -> str:
    """The form, filled with what is registered."""
    person = signed_in()
    return _form(person, here().ledger.accounts.get(person.id))


def _form(person: Person, had: Any, wrong: str = "") -> str:
    changes = person.id in here().ledger.accounts
    shown = {"banks": BANKS, "kinds": KINDS, "birthday": era_day(person.birthday), "changes": changes}
    return screen("account_edit", had=had, wrong=wrong, **shown)


@blueprint.post("/account/edit")
def account_typed() -> str:
    """Look at what was typed, and show it once more."""
    person = signed_in()
    given = {name: typed(name) for name in _FIELDS}
    if wrong := _wrong(given, person):
        return _form(person, {**given, "own": typed("own")}, wrong)
    given["holder"] = katakana(given["holder"])
    visit().data["account"] = given
    return screen("account_confirm", given=given, changes=person.id in here().ledger.accounts)


def _wrong(given: dict[str, str], person: Person) -> str:
    if given["bank"] not in BANKS:
        return "金融機関を選択してください。"
    if not re.fullmatch(r"[0-9]{3}", given["branch"]):
        return "支店番号は半角数字3桁で入力してください。"
    if given["kind"] not in KINDS:
        return "口座種別を選択してください。"
    if not re.fullmatch(r"[0-9]{7}", given["number"]):
        return "口座番号は半角数字7桁で入力してください（7桁に満たない場合は先頭に0を付けてください）。"
    if not katakana(given["holder"]):
        return "口座名義は全角カタカナで入力してください。"
    if not typed("own"):
        return "口座名義人が本人であることを確認し、チェックを入れてください。"
    if katakana(given["holder"]) != katakana(person.kana):
        return "口座名義が、ログインしている方の氏名（カナ）と一致しません。登録できるのは本人名義の口座のみです。"
    return ""


@blueprint.post("/account/register")
def account_register() -> Any:
    """The last button; the other button of its page leads back to the form."""
    person = signed_in()
    given = known("account")["account"]
    if typed("fix"):
        return _form(person, {**given, "own": ""})
    changed = person.id in here().ledger.accounts
    here().ledger.register(person.id, visit().data.pop("account"))
    what = "変更" if changed else "登録"
    text = f"公金受取口座の{what}を受け付けました。口座の確認が完了するまで数日かかることがあります。"
    return screen("message", title=f"{what}が完了しました", text=text, link="トップへ戻る")


@blueprint.post("/account/delete")
def account_delete() -> Any:
    """Delete it; the page has asked before, with a window of the browser."""
    person = signed_in()
    if person.id not in here().ledger.accounts:
        return redirect("/portal/account")
    here().ledger.unregister(person.id)
    return screen("message", title="削除が完了しました", text="公金受取口座の登録を削除しました。", link="トップへ戻る")
