"""健康保険証利用申込: apply for it, see how far it is, see what is registered."""

from __future__ import annotations

from flask import request

from video_desk.rehearsal_sites.door import typed
from video_desk.rehearsal_sites.japanese import era_day
from video_desk.rehearsal_sites.model import Denied
from video_desk.rehearsal_sites.portal.flow import blueprint, screen, signed_in
from video_desk.rehearsal_sites.site import here


@blueprint.get("/insurance")
def insurance() -> str:
    """How far it is; nobody has to have applied."""
    person = signed_in()
    return screen("insurance", state=here().ledger.insurance(person.id))


@blueprint.route("/insurance/apply", methods=["GET", "POST"])
def insurance_apply() -> str:
    """Terms, and the button; an application cannot be taken back here."""
    person, ledger = signed_in(), here().ledger
    if ledger.insurance(person.id) != "none":
        raise Denied("健康保険証としての利用は既に申し込まれています。")
    if request.method == "GET":
        return screen("insurance_apply")
    if not typed("agree"):
        return screen("insurance_apply", wrong="利用規約等をご確認のうえ、「同意する」にチェックを入れてください。")
    ledger.insure(person.id)
    text = "健康保険証利用の申込を受け付けました。登録の完了までしばらくお待ちください。"
    return screen("message", title="申込を受け付けました", text=text, link="トップへ戻る")


@blueprint.get("/insurance/view")
def insurance_view() -> str:
    """What is registered.

    :raises Denied: where nothing is yet.
    """
    person, ledger = signed_in(), here().ledger
    if ledger.insurance(person.id) != "done":
        raise Denied("健康保険証情報は、利用登録の完了後に確認できます。")
    return screen("insurance_view", birthday=era_day(person.birthday), number=f"{int(person.application_id[8:16]):08}")
