"""What every request passes, whichever site it is for: switches, the visit, the end of a visit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, request

from video_desk.rehearsal_sites.model import Face
from video_desk.rehearsal_sites.site import here
from video_desk.rehearsal_sites.visits import Visit

ELSEWHERE = "http://elsewhere.invalid/"
"""Where hostile pages lead: a name that can never be found."""

_CAUGHT = ".caught"


class Expired(Exception):
    """The visit is not known any more, or somebody came here by another way than through the pages before."""


def visit() -> Visit:
    """Whose request this is."""
    found: Visit = g.visit
    return found


def typed(name: str) -> str:
    """A field of the form, without blanks around it."""
    return request.form.get(name, "").strip()


def known(*needs: str) -> dict[str, Any]:
    """What is known of the visitor by now.

    :param needs: what must be known on this page.
    :raises Expired: where it is not.
    """
    data = visit().data
    if any(need not in data for need in needs):
        raise Expired
    return data


def join(blueprint: Blueprint, face: Face) -> None:
    """Let a site's requests pass what all of them pass."""

    def admit() -> Any:
        site, faults = here(), here().faults
        if request.endpoint == face + _CAUGHT:
            return None
        if (slow := faults.meets("slow", face)) is not None:
            site.clock.sleep(slow.seconds)
        if faults.meets("maintenance", face) is not None:
            return render_template("shared/maintenance.html", face=face), 503
        if faults.meets("error_500", face) is not None:
            return render_template("shared/error.html", face=face), 500
        rules = site.ledger.rules
        minutes = rules.apply_idle_minutes if face == "apply" else rules.portal_idle_minutes
        if face != "client":
            g.visit = site.visits.of(face, request.cookies.get(f"{face}_sid", ""), minutes * 60)
        if request.method == "GET" and (hostile := faults.meets("hostile", face)) is not None:
            return render_template("shared/hostile.html", face=face, tricks=hostile.tricks, elsewhere=ELSEWHERE)
        if "visit" in g and faults.meets("timeout", face) is not None:
            g.visit.forget()
            raise Expired
        return None

    def answered(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        if "visit" in g:
            response.set_cookie(f"{face}_sid", g.visit.id, path=f"/{face}", httponly=True, samesite="Lax")
        return response

    def caught() -> tuple[str, int]:
        trick, outcome = request.form.get("trick", "")[:20], request.form.get("outcome", "")[:60]
        here().ledger.caught(face, trick, outcome)
        return "", 204

    blueprint.before_request(admit)
    blueprint.after_request(answered)
    blueprint.add_url_rule("/caught", "caught", caught, methods=["POST"])
