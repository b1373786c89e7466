"""Reading procedures. What is wrong is said with the file and the procedure that it stands in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from contact_center.errors import BadInput
from video_desk import languages

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
Site = Literal["application", "portal", ""]
"""Which outside site it needs; their addresses are settings, so that training uses the practice sites."""

Declaration = Literal["mine", "child"]
Device = Literal["camera", "papers", "card"]
Guard = Literal["application_id", "asked_city", "photo", "card", "answered", "logged_out"]
"""What a step waits for that is not the operator's to say."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the checklist.

    :param say: what the operator says or does.
    :param touch: the resident's own touch that it waits for.
    :param guard: what must be true before it is done.
    :param unless: a fact for which it is left out, such as `under_one` (no photo under one year).
    """

    id: Word
    say: str
    touch: Literal["", "yes", "same"] = ""
    guard: Guard | Literal[""] = ""
    unless: Literal["", "under_one"] = ""


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that residents come for.

    :param topic: the key of the kiosk's words under which it is offered; those of `new…` share a screen of their own.
    :param names: what its key says, by language, where the kiosk's words have no such topic.
    :param declares: the self-declarations that it needs; of these the resident chooses whose matter it is (NB-07, NB-09).
    :param outcomes: how it may end, for the monthly report.
    """

    id: Word
    title: str
    topic: Word
    site: Site
    declares: tuple[Declaration, ...]
    devices: tuple[Device, ...]
    outcomes: tuple[Word, ...]
    step: tuple[Step, ...]
    names: dict[str, str] = msgspec.field(default_factory=dict)

    def steps(self, facts: frozenset[str] = frozenset()) -> tuple[Step, ...]:
        """The checklist for a resident of whom these facts hold."""
        return tuple(step for step in self.step if step.unless not in facts)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    procedure: tuple[Procedure, ...]


def load(text: str, name: str) -> tuple[Procedure, ...]:
    """The procedures of a file.

    :param name: of the file, for words about what is wrong.
    :raises BadInput: naming the procedure and what is wrong with it.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), _File).procedure
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput("手続きのファイル %(name)s を直してください: %(why)s", name=name, why=error) from error
    for kind, ids in (("procedure", [one.id for one in found]), *((one.id, [step.id for step in one.step]) for one in found)):
        twice = next((id for id in ids if ids.count(id) > 1), None)
        if twice is not None:
            raise BadInput("手続きのファイル %(name)s の %(kind)s に「%(id)s」が二つあります。", name=name, kind=kind, id=twice)
    for one in found:
        if not languages.has_topic(one.topic) and "ja" not in one.names:
            raise BadInput("手続き「%(id)s」の names に、端末に出す名前（ja、ほかの言語も）を書いてください。", id=one.id)
        if one.site == "portal" and one.step[-1].guard != "logged_out":
            # Whoever comes next must not find the former one's account open (748 accounts of others were registered so in 2023).
            raise BadInput('手続き「%(id)s」の最後の手順には guard = "logged_out" が必要です。', id=one.id)
    return found


@cache
def standard() -> tuple[Procedure, ...]:
    """The procedures that are shipped."""
    return load(files("video_desk.procedures").joinpath("standard.toml").read_text("utf-8"), "standard.toml")


def of_file(path: Path) -> tuple[Procedure, ...]:
    """The procedures of a city's own file.

    :raises BadInput: where it cannot be read or used.
    """
    try:
        return load(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("手続きのファイル %(path)s を読めません。", path=path) from error
