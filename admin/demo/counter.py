"""The scenes at the counter: a card application, then a Mynaportal procedure, from the resident's touch to the last thing wiped."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from admin.demo.kiosk import Operator, begins, control, kiosk, ledger, put_card, put_paper
from admin.demo.stage import Stage
from contact_center.errors import Unavailable
from kiosk_bridge.rehearsal import Kiosk

AGENT_SAYS = "はい、マイナンバーカードの窓口でございます。お手伝いします。"
ACCOUNT = (("#branch", "001"), ("#number", "0001234"))


def applies(stage: Stage, operator: Operator, who: dict[str, Any]) -> str:
    """A card application, page by page; the reception number."""
    page, resident = operator.page, operator.kiosk
    page.check("#dk-steps input[data-step=age]")
    put_paper(stage, who["application_id"])
    page.click("#dk-devices button[data-what=read]")
    page.click("#dk-devices button[data-what=fill]")
    page.wait_for_selector("#dk-steps input[data-step=form]:checked")
    stage.say("申請書のQRコードを読み、23けたの申請書IDがページに入りました")
    page.click("#dk-keys button[data-does=ask_keep]")
    resident.touches("screen.yes")
    page.wait_for_selector("#dk-follow:not([hidden])")
    page.fill("#dk-follow input[name=name]", who["name"])
    page.fill("#dk-follow input[name=phone]", "09012345678")
    page.click("#dk-follow button")
    page.wait_for_selector("#dk-mail:not([hidden])")
    mail = page.inner_text("#dk-mail-address")
    stage.say(f"不備のときの連絡先を、本人の同意を得て預かりました。この申請だけのメールアドレス: {mail}")
    operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    operator.clicks("input[name=agree]", "input[name=agree]:checked")
    operator.clicks("form[action='/apply/terms'] button", "#name")
    operator.writes("#name", who["name"])
    operator.writes("#mail", mail)
    operator.writes("#again", mail)
    operator.clicks("form button", "form[action='/apply/send'] button")
    operator.clicks("form[action='/apply/send'] button", "main strong")
    page.check("#dk-steps input[data-step=mail]")

    def opened() -> bool:
        page.click("#dk-mailed")
        with suppress(Unavailable):
            return bool(resident.where("a.key[href='/apply/photo']", 2.0))
        return False

    stage.wait(opened, 30, "メールが届きません")
    stage.say("メールで届いたURLを開き、写真の画面まで進みました")
    operator.clicks("a.key[href='/apply/photo']", "#photo")
    page.click("#dk-devices button[data-what=guide]")
    page.click("#dk-devices button[data-what=shoot]")
    page.click("#dk-devices button[data-what=put]")
    page.wait_for_selector("#dk-steps input[data-step=photo]:checked")
    operator.clicks("form[action='/apply/photo'] button", "form[action='/apply/photo/keep'] button")
    operator.clicks("form[action='/apply/photo/keep'] button", "form[action='/apply/details'] button")
    stage.say("写真を撮り、確かめて、ファイルを作らずにページに入れました")
    operator.clicks("a[href='/apply/details?by=date']", "input[name=birthday]")
    operator.clicks("input[name=birthday]", "input[name=birthday]:focus")
    page.wait_for_selector("#dk-date:not([hidden])")
    page.fill("#dk-date-input", who["birthday"])
    page.click("#dk-date button")
    operator.clicks("form[action='/apply/details'] button", "form[action='/apply/register'] button")
    page.check("#dk-steps input[data-step=birthday]")
    page.click("#dk-keys button[data-does=ask_yes]")
    resident.touches("screen.yes")
    page.wait_for_selector("#dk-steps input[data-step=read-back]:checked")
    operator.clicks("form[action='/apply/register'] button", ".number")
    page.check("#dk-steps input[data-step=receipt]")
    return str(ledger(stage, "applications")[-1]["number"])


def ends(stage: Stage, page: Any, stand: Kiosk) -> None:
    """The resident takes their card and ends it by their touch, all is wiped, and the operator writes down how it ended."""
    put_card(stage)
    page.click("#dk-keys button[data-does=ask_end]")
    stand.sees("#ask button[data-word='end.finish']")
    stand.touches("end.finish")
    stand.sees("body[data-screen=wiped] h1")
    page.wait_for_selector("#presence[data-state=wrapping]")
    page.locator("#dk-control", has_text="消えました").wait_for()
    stage.say("住民が終わりに触れ、端末の情報はすべて消えました: " + page.inner_text("#dk-control"))
    page.select_option("#dk-ends select", "done")
    page.fill("#dk-ends input", "見本 花子")
    page.click("#dk-ends button")
    page.wait_for_selector("#dk-ends .dk-listed")
    page.check("#categories input[value=new]", force=True)
    page.check("#outcomes input[value=faq]", force=True)
    page.wait_for_selector("#finish:not([disabled])")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#presence[data-state=available]")


def registers_account(stage: Stage, operator: Operator, who: dict[str, Any]) -> None:
    """An account for public payments: the resident signs in by their PIN, the operator fills in, the resident says yes."""
    page, resident = operator.page, operator.kiosk
    control(stage, "card", person=who["id"])
    put_card(stage, expires="2031-01-01", left={"user": 3, "signature": 5, "entry": 3})
    page.click("#dk-devices button[data-device=card]")
    page.wait_for_selector("#dk-steps input[data-step=card]:checked")
    resident.where("iframe")

    def hidden() -> bool:
        # What stands in the frame comes a moment after the frame.
        resident.presses("iframe")
        page.wait_for_timeout(500)
        return bool(page.locator("#dk-veil:not([hidden])").count())

    stage.wait(hidden, 20, "暗証番号の欄が出ません")
    resident.types(str(who["card"]["pin"]) + "\r")
    page.wait_for_selector("#dk-veil", state="hidden")
    stage.say("住民が暗証番号を自分で押しました。そのあいだ、オペレーターには画面も音も届きませんでした")
    page.check("#dk-steps input[data-step=pin]")
    operator.is_allowed()
    operator.clicks("a[href='/portal/account']", "a[href='/portal/account/edit']")
    operator.clicks("a[href='/portal/account/edit']", "#bank")
    operator.clicks("#bank", "#bank:open")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    resident.where("#bank:not(:open):has(option:nth-child(2):checked)")
    for field, text in (*ACCOUNT, ("#holder", who["kana"])):
        operator.writes(field, text)
    operator.clicks("input[name=kind]", "input[name=kind]:checked")
    operator.clicks("input[name=own]", "input[name=own]:checked")
    operator.clicks("form[action='/portal/account/edit'] button", "form[action='/portal/account/register'] button:not([name])")
    page.check("#dk-steps input[data-step=account]")
    page.click("#dk-keys button[data-does=ask_same]")
    page.fill("#dk-same-left", who["name"])
    page.fill("#dk-same-right", who["kana"])
    page.click("#dk-same button")
    resident.touches("same.same")
    page.wait_for_selector("#dk-steps input[data-step=same]:checked")
    stage.say("ログインしている方と口座の名義を両方の画面に並べ、住民が「同じです」に触れました")
    page.click("#dk-keys button[data-does=ask_yes]")
    resident.touches("screen.yes")
    page.wait_for_selector("#dk-steps input[data-step=read-back]:checked")
    register = "form[action='/portal/account/register']"
    operator.clicks(f"{register} button:not([name])", f"body:not(:has({register}))")
    operator.clicks("form[action='/portal/logout'] button", "body:not(:has(form[action='/portal/logout']))")
    stage.wait(lambda: who["id"] in ledger(stage, "accounts"), 10, "口座が登録されていません")

    def signed_out() -> bool:
        # The key goes once the kiosk has found it so.
        page.evaluate("document.querySelector('#dk-keys button[data-does=check_signed_out]')?.click()")
        return bool(page.locator("#dk-steps input[data-step=log-out]:checked").count())

    stage.wait(signed_out, 20, "ログアウトできません")
    stage.say("公金受取口座が登録され、ログアウトしたことを端末が確かめました")


def play(stage: Stage) -> None:
    """Play them.

    :raises Unavailable: naming the step that did not come to pass.
    """
    who = next(one for one in ledger(stage, "people") if one["id"] == "hanako")
    page = stage.page(stage.browser(stage.voice("counter", AGENT_SAYS)))
    stage.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    stage.take_seat(page)
    stand = kiosk(stage)
    try:
        stage.say("窓口の端末を登録し、動かしました。住民が「申し込む」に触れ、同意し、申告しました")
        begins(stand, "new", "new_with_form")
        operator = Operator(stage, page, stand)
        operator.answers()
        stage.say("映像と声がつながりました: " + stand.sees("#who:not(:empty)"))
        operator.opens()
        operator.is_allowed()
        stage.say("住民の許しを得て、オペレーターが住民のブラウザーを操作します")
        number = applies(stage, operator, who)
        stage.say(f"申請が受け付けられました。申請受付番号 {number}")
        ends(stage, page, stand)
        stage.say("次の住民がマイナポータルの公金受取口座に触れました")
        begins(stand, "account")
        operator.answers()
        operator.opens()
        registers_account(stage, operator, who)
        ends(stage, page, stand)
        page.click("#leave-seat")
        page.wait_for_selector("#take-seat:not([hidden])")
    finally:
        stand.close()
        page.context.close()
