"""What the sample does in the hub, the switchboard, the worker and at the shell. Each leaves a mark that a test can see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from contact_center.house import House
from contact_center.messages import Done, Message
from sample.feature import GREETING, Ask, SampleAsked


def ask(hub: Any, actor: Any, message: Ask) -> Iterator[Message]:
    """Answer, and say that somebody has asked."""
    with hub.house.database.session_scope() as session:
        hub.house.log.append(session, SampleAsked(actor=actor.word, question=message.question))
    yield Done(to=message.TYPE, ref=None, result={"answer": hub.house.settings[GREETING]})


def react(switchboard: Any, recorded: Any) -> None:
    """The switchboard has seen it."""
    (switchboard.house.settings.home / "tmp" / "sample-reaction").write_text(recorded.event.question)


def tick(house: House, _id: int | None) -> None:
    """The worker has ticked."""
    (house.settings.home / "tmp" / "sample-task").write_text("ticked")


@click.command()
@click.pass_obj
def command(context: Any) -> None:
    """Say what the sample says."""
    context.show({"greeting": context.house().settings[GREETING]}, context.house().settings[GREETING])
