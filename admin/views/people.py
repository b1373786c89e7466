"""Who works here, what they may do, where they are signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from contact_center.identity import ROLES, passwords
from contact_center.web import actor, house, permission, sensitive


def add_to(blueprint: Blueprint) -> None:
    """Open these pages."""
    rule = blueprint.add_url_rule
    rule("/people", "people", everybody)
    rule("/people", "people_add", add, methods=["POST"])
    rule("/people/<account>", "person", one)
    rule("/people/<account>/rights", "people_change", change, methods=["POST"])
    rule("/people/<account>/training", "people_train", train, methods=["POST"])
    rule("/people/<account>/password", "people_password", password, methods=["POST"])
    rule("/people/<account>/unlock", "people_unlock", unlock, methods=["POST"])
    rule("/people/<account>/factors", "people_factors", factors, methods=["POST"])
    rule("/people/<account>/leave", "people_leave", leave, methods=["POST"])
    rule("/sessions/<int:id>/end", "session_end", end_session, methods=["POST"])


def _choices() -> dict[str, Any]:
    with house().database.reading() as session:
        cities, menus = house().directory.cities(session), house().directory.menus(session)
    return {"roles": ROLES, "cities": [(c.id, c.name) for c in cities], "menus": [(m.id, m.name) for m in menus]}


def _cities() -> list[str]:
    known = {id for id, _ in _choices()["cities"]}
    return [id for id in request.form.getlist("city") if id in known]


def _back(account: str) -> Any:
    return redirect(url_for("office.person", account=account))


@permission("admin.people")
def everybody() -> Any:
    """Everybody who has not left, and who is signed in."""
    people = house().people.all()
    return render_template(
        "admin/people.html", people=people, sessions=house().sessions.of(), now=house().clock.now(), **_choices()
    )


@permission("admin.people")
@sensitive
def add() -> Any:
    """Make somebody known; the first password is shown once."""
    form, made_up = request.form, passwords.made_up_password()
    account = form.get("account", "").strip()
    house().people.add(actor().word, account, form.get("name", ""), made_up, form.getlist("role"), _cities())
    return render_template("admin/password.html", account=account, password=made_up)


@permission("admin.people")
def one(account: str) -> Any:
    """One person."""
    person = house().people.named(account)
    return render_template(
        "admin/person.html", person=person, sessions=[row for row, _ in house().sessions.of(person.id)],
        factors=house().factors.of(person.id), now=house().clock.now(), **_choices(),
    )  # fmt: skip


@permission("admin.people")
@sensitive
def change(account: str) -> Any:
    """Other roles and cities; whoever it is signs in anew."""
    house().people.change(actor().word, account, request.form.getlist("role"), _cities())
    return _back(account)


@permission("admin.people")
@sensitive
def train(account: str) -> Any:
    """For which menus somebody is trained; their seat serves what follows from it at once."""
    known = {id for id, _ in _choices()["menus"]}
    menus = [id for id in request.form.getlist("menu") if id in known]
    house().people.train(actor().word, account, None if request.form.get("all") else menus)
    return _back(account)


@permission("admin.people")
@sensitive
def password(account: str) -> Any:
    """A new password, shown once; every sign-in of theirs ends."""
    made_up = passwords.made_up_password()
    house().people.set_password(actor().word, account, made_up)
    return render_template("admin/password.html", account=account, password=made_up)


@permission("admin.people")
@sensitive
def unlock(account: str) -> Any:
    """Let somebody try again who has mistyped too often."""
    house().people.unlock(actor().word, account)
    return _back(account)


@permission("admin.people")
@sensitive
def factors(account: str) -> Any:
    """Somebody has lost their keys: they enrol anew at the next sign-in."""
    house().factors.remove_all(actor().word, house().people.named(account).id)
    return _back(account)


@permission("admin.people")
@sensitive
def leave(account: str) -> Any:
    """Somebody has left; their account is nobody's for ever."""
    house().people.leave(actor().word, account)
    return redirect(url_for("office.people"))


@permission("admin.people")
def end_session(id: int) -> Any:
    """End anybody's sign-in; socket and phone go within a second."""
    house().sessions.end(actor().word, id)
    return _back(house().people.named(request.form.get("account", "")).account)
