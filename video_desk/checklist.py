"""The procedure's steps: what the operator ticks, what only the resident's touch or the kiosk can (NB-11)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contact_center.errors import BadInput, Conflict
from contact_center.house import House
from contact_center.identity import Actor
from video_desk.events import DeskMoved
from video_desk.model import DeskSession
from video_desk.procedures import Procedure

FACTS = ("under_one",)
"""What an operator may say of a resident that changes the steps."""


def _moved(house: House, session: Session, row: DeskSession, actor: str) -> None:
    house.log.append(session, DeskMoved(city=row.city, contact=row.contact_id, actor=actor, session=row.id))


def tick(house: House, session: Session, row: DeskSession, procedure: Procedure, actor: Actor, id: str, done: bool) -> None:
    """The operator has done a step, or takes it back.

    :raises BadInput: where the procedure has no such step.
    :raises Conflict: where it is not the operator's to say, or something stands before it that is not.
    """
    steps = procedure.steps(frozenset(row.facts))
    step = next((one for one in steps if one.id == id), None)
    if step is None:
        raise BadInput("この手続きに、その手順はありません。")
    if done and (step.guard or step.touch):
        raise Conflict("この手順は、端末か利用者のタッチで済みになります。")
    if done:
        for earlier in steps[: steps.index(step)]:
            if (earlier.guard or earlier.touch) and earlier.id not in row.steps:
                raise Conflict("先に「%(step)s」を済ませてください。", step=earlier.say)
    row.steps = [one for one in row.steps if one != id] + ([id] if done else [])
    _moved(house, session, row, actor.word)


def met(house: House, session: Session, row: DeskSession, procedure: Procedure, word: str) -> None:
    """What a step waits for has come to pass: the next one that waits for it is done."""
    for step in procedure.steps(frozenset(row.facts)):
        if word in (step.guard, step.touch) and step.id not in row.steps:
            row.steps = [*row.steps, step.id]
            _moved(house, session, row, "resident")
            return


def say_fact(house: House, session: Session, row: DeskSession, actor: Actor, fact: str, holds: bool) -> None:
    """Something holds of this resident, or does not.

    :raises BadInput: where no step depends on it.
    """
    if fact not in FACTS:
        raise BadInput("その条件で変わる手順はありません。")
    row.facts = [one for one in row.facts if one != fact] + ([fact] if holds else [])
    _moved(house, session, row, actor.word)
