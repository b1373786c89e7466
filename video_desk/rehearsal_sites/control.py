"""The back door of the rehearsal: the ledger is read and begun again, cards are put, switches are turned. Only with the token."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, request

from contact_center.web.practice import as_json, only_with_the_token
from video_desk.rehearsal_sites.apply import send_invitation
from video_desk.rehearsal_sites.faults import Switch
from video_desk.rehearsal_sites.model import Start
from video_desk.rehearsal_sites.reader import Trouble
from video_desk.rehearsal_sites.site import here

blueprint = Blueprint("control", __name__, url_prefix="/control")
only_with_the_token(blueprint, lambda: here().control)


class Put(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose card is put on the reader; nobody's takes it away."""

    person: str = ""
    trouble: Trouble = ""


class Defect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an application comes back."""

    application_id: str
    reason: str = "顔写真に不備がありました（顔の一部が画像からはみ出している）。"


@blueprint.errorhandler(KeyError)
def not_known(error: KeyError) -> tuple[str, int]:
    """No such part, person, card or application."""
    return f"not known: {error.args[0]}", 404


@blueprint.get("/ledger")
@blueprint.get("/ledger/<part>")
def ledger(part: str = "") -> Response:
    """The truth, or a part of it."""
    return Response(here().ledger.as_json(part), mimetype="application/json")


@blueprint.post("/reset")
def reset() -> Response:
    """Begin a rehearsal: a new ledger, no visits, an empty reader, no faults. The body is a `Start`."""
    site = here()
    site.ledger.reset(msgspec.json.decode(request.get_data() or b"{}", type=Start))
    site.visits.clear()
    site.reader.clear()
    site.faults.set([])
    return as_json({})


@blueprint.get("/faults")
def faults() -> Response:
    """The faults that are on."""
    return as_json(here().faults.on())


@blueprint.post("/faults")
def turn() -> Response:
    """Put these faults on and all others off. The body is a list of `Switch`."""
    here().faults.set(msgspec.json.decode(request.get_data(), type=list[Switch]))
    return faults()


@blueprint.post("/rules")
def rules() -> Response:
    """Change some of the rules; the body names them."""
    here().ledger.rule(msgspec.json.decode(request.get_data(), type=dict[str, Any]))
    return as_json(here().ledger.rules)


@blueprint.post("/card")
def card() -> Response:
    """Put a card on the reader, or take it. The body is a `Put`."""
    asked = msgspec.json.decode(request.get_data(), type=Put)
    here().reader.put(asked.person, asked.trouble)
    return as_json(asked)


@blueprint.post("/people/<person>")
def person(person: str) -> Response:
    """Make a resident another one in some respect; the body names what."""
    return as_json(here().ledger.alter(person, msgspec.json.decode(request.get_data(), type=dict[str, Any])))


@blueprint.post("/defect")
def defect() -> Response:
    """Send an application back: the applicant gets a mail with a new personal URL. The body is a `Defect`."""
    asked = msgspec.json.decode(request.get_data(), type=Defect)
    found = here().ledger.send_back(asked.application_id, asked.reason)
    text = "申請内容に不備がありましたので、お手数ですが再度申請をお願いします。\n\n"
    text += f"申請受付番号：{found.number}\n不備の内容：{asked.reason}\n"
    send_invitation(found.application_id, found.contact_name, found.mail, "申請内容不備のお知らせ", text)
    return as_json(found)
