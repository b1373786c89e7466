"""What a channel declares, and loading it.

A channel is a folder with a `feature.py` that holds one `Feature`, and one line under `contact_center.features` in
setup.cfg. What is heavy is given as a dotted name (`package.module:name`) and loaded by the process that needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal

from contact_center.errors import SettingsError
from contact_center.messages import Message
from contact_center.settings import Setting

GROUP = "contact_center.features"


@dataclass(frozen=True)
class Permission:
    """A right by name; `roles` are those that hold it from the start."""

    name: str
    sentence: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """A panel of the console: its fragment is loaded from `url`, its script exports `mount(console)`.

    :param slot: where it stands.
    :param hotkey: the key (with Alt) that moves there.
    :param menus: ids of menus with which it is of use; empty: all.
    """

    id: str
    title: str
    url: str
    script: str
    slot: Literal["card", "main", "side", "bar"]
    hotkey: str
    permission: str
    menus: tuple[str, ...] = ()
    position: int = 100
    """Where it stands among the others of its slot; the first is shown when the console opens."""


@dataclass(frozen=True)
class Door:
    """A page where people with a right begin; who has one door goes through it at once."""

    title: str
    url: str
    permission: str
    position: int
    """Where it stands among the others; whoever has several begins with the first."""

    begins: bool = True
    """Whether people begin their day here; else it only stands in the navigation."""


@dataclass(frozen=True)
class HubHandler:
    """Who answers a message of the hub: `(hub, actor, message) -> iterator of messages`, in a pool of threads."""

    message: type[Message]
    permission: str
    function: str
    anywhere: bool = False
    """Whether it may also be said from a page that does not hold its person's seat, such as the supervisor's."""

    slow: bool = False
    """Whether it waits for the network: what its page says meanwhile is not kept waiting; its replies come as they are made."""


@dataclass(frozen=True)
class Reaction:
    """What the switchboard does after an event: `(switchboard, recorded) -> Deferred | None`; or the hub, whose watching thread
    calls it: `(hub, recorded) -> None`.
    """

    event: type[Any]
    function: str


@dataclass(frozen=True)
class Task:
    """Work of the worker: `(house, id) -> None`. The message carries only an id, the work lies in a table.

    :param every: seconds between runs, or None where it is only sent.
    :param queue: the name of the `Queue` whose processes run it; empty: the worker that does all that is short.
    """

    name: str
    permission: str
    function: str
    every: float | None = None
    queue: str = ""


@dataclass(frozen=True)
class Queue:
    """Processes of their own for tasks that take long.

    :param at_once: how many of its tasks run at once on this machine; 0: none here, another machine runs them.
    :param jobs: a process ends after so many tasks and a fresh one takes its place.
    :param warm_up: what each process does at its start: `(house) -> None`.
    :param wanted: whether this centre has such work at all: `(settings) -> bool`; where not, no process waits for it.
    """

    name: str
    at_once: Setting[int]
    jobs: int
    warm_up: str
    wanted: str


@dataclass(frozen=True)
class Command:
    """A command of `madoguchi`; `function` is a click command. `operator` is who may sit at the machine's shell."""

    name: str
    permission: str
    function: str


@dataclass(frozen=True)
class Finding:
    """What the doctor found of one part, and what to do where it is not good (Japanese)."""

    part: str
    good: bool
    sentence: str


@dataclass(frozen=True)
class HealthCheck:
    """A check of `madoguchi doctor`: `(house) -> iterable of Finding`."""

    name: str
    function: str


@dataclass(frozen=True)
class PersonalData:
    """A kind of personal data: for what, how long, who answers for it (TO-07).

    :param owner: kind of the thing it belongs to, such as `contact`.
    :param field: its name there.
    :param days: setting that says after how many days it is erased.
    """

    owner: str
    field: str
    purpose: str
    days: Setting[int]
    responsible: str


@dataclass(frozen=True)
class ReportSection:
    """A section of the reports: `(house, session, scope) -> tables` (contact_center/reports/sections.py)."""

    id: str
    title: str
    function: str


@dataclass(frozen=True)
class Awaiting:
    """A list of what waits for the city's staff: `(session, city) -> rows`."""

    id: str
    title: str
    function: str


@dataclass(frozen=True)
class DemoScene:
    """A scene of `make demo`: `(stage) -> None`, played in order of `position`."""

    id: str
    title: str
    position: int
    function: str


@dataclass(frozen=True, kw_only=True)
class Feature:
    """All a channel adds to the house."""

    name: str
    title: str
    settings: tuple[Setting[Any], ...] = ()
    permissions: tuple[Permission, ...] = ()
    events: tuple[type[Any], ...] = ()
    blueprint: str | None = None
    doors: tuple[Door, ...] = ()
    panels: tuple[Panel, ...] = ()
    hub_handlers: tuple[HubHandler, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    hub_reactions: tuple[Reaction, ...] = ()
    tasks: tuple[Task, ...] = ()
    queues: tuple[Queue, ...] = ()
    commands: tuple[Command, ...] = ()
    health: tuple[HealthCheck, ...] = ()
    awaiting: tuple[Awaiting, ...] = ()
    report_sections: tuple[ReportSection, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    demo_scenes: tuple[DemoScene, ...] = ()
    demo_settings: str | None = None
    """What the demo's settings say further, as TOML: `(free_port) -> text`."""

    processes: str | None = None
    """Further processes on this machine, such as a practice endpoint: `(settings) -> [(name, command)]`."""

    service: str | None = None
    """What its views, handlers and tasks share, made once in a process that asks for it: `(house) -> object`."""

    warm_up: str | None = None
    """What a web process does in the background at its start, so that nobody's first request waits for it: `(house) -> None`."""

    owners: str | None = None
    """Of whom it keeps personal values: `(session, contact, city) -> iterable of Owner`, for one contact, or for all of a city."""

    board: str | None = None
    """What it adds to the board of consoles, under its own name: `(house, session, actor, event) -> leaves`. Without an event
    all of them; with one of its own events those that it has changed, None for what is gone.
    """

    migrations: str | None = None
    """Package of its alembic revisions, a branch of their own; None where it has no tables."""

    @property
    def package(self) -> str:
        """The package that holds templates, static files and locale."""
        return self.name


def load_features() -> tuple[Feature, ...]:
    """Every installed feature, by name.

    :raises SettingsError: where one cannot be loaded or two share a name.
    """
    found: dict[str, Feature] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        feature = entry.load()
        if not isinstance(feature, Feature) or feature.name != entry.name:
            raise SettingsError("機能「%(name)s」の feature.py は同じ名前の Feature を一つ置いてください。", name=entry.name)
        if found.get(feature.name, feature) is not feature:
            raise SettingsError("機能「%(name)s」が二つ登録されています。", name=feature.name)
        found[feature.name] = feature
    return tuple(found.values())


def check_permissions(features: Iterable[Feature], declared: Iterable[Permission]) -> None:
    """Closed unless opened: every panel, message, task and command names a declared permission.

    :raises SettingsError: naming what has none; the process does not start.
    """
    names = {permission.name for permission in declared}
    # Only an enrolled device sends some messages; whoever has a shell on the machine is the operator.
    further = {"message": {"device"}, "command": {"operator"}}
    for feature in features:
        things: list[tuple[str, str]] = [(f"panel {p.id}", p.permission) for p in feature.panels]
        things += [(f"door {d.url}", d.permission) for d in feature.doors]
        things += [(f"message {h.message.TYPE}", h.permission) for h in feature.hub_handlers]
        things += [(f"task {t.name}", t.permission) for t in feature.tasks]
        things += [(f"command {c.name}", c.permission) for c in feature.commands]
        for thing, permission in things:
            if permission not in names | further.get(thing.split()[0], set()):
                raise SettingsError(
                    "%(feature)s の %(thing)s に、宣言された権限がありません（%(permission)s）。feature.py に書いてください。",
                    feature=feature.name, thing=thing, permission=permission or "-",
                )  # fmt: skip


def resolve(dotted: str) -> Any:
    """Load `package.module:name`."""
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)
