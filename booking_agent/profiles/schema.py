"""What stands in a profile. docs/booking-profile.md is the reference, docs/tutorial-add-a-site.md the way to write one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

KINDS = ("field", "press", "button", "link", "text", "name", "css")
Kind = Literal["field", "press", "button", "link", "text", "name", "css"]

FACTS = ("day", "time", "counter", "people", "name", "number", "service")
"""What a page can show of a booking; each is named in a profile by the heading that stands before it."""

VERBS = ("open", "click", "hold", "fill", "type", "choose", "tick", "untick", "see", "mail")


@dataclass(frozen=True)
class Locator:
    """Which one element is meant: what a person reads there, or where that does not do, a CSS selector.

    :param part: whether the words may be a part of what stands there (`~` before them).
    :param place: the how many-th of `of` elements, from 1; 0 where there is exactly one.
    :param within: a CSS selector of what it stands in.
    """

    kind: Kind
    text: str
    part: bool = False
    place: int = 0
    of: int = 0
    within: str = ""

    def __str__(self) -> str:
        return f"{self.kind}「{self.text}」" + (f"[{self.place}/{self.of}]" if self.place else "")


_WITHIN = re.compile(r"\s+in\s+(css:)?(?P<within>[^\s].*)$")
_PLACE = re.compile(r"\[(\d+)/(\d+)\]$")


def locator(written: str, usual: Kind) -> Locator:
    """A locator as it is written in a profile: `[kind:][~]words[n/m][ in css-selector]`.

    :param usual: the kind where none is written.
    """
    within, place, of = "", 0, 0
    if (found := _WITHIN.search(written)) is not None:
        within, written = found["within"], written[: found.start()]
    kind, _, rest = written.partition(":")
    if kind in KINDS and rest:
        usual, written = kind, rest  # type: ignore[assignment]
    if (found := _PLACE.search(written)) is not None and usual != "css":
        place, of, written = int(found[1]), int(found[2]), written[: found.start()]
    return Locator(usual, written.removeprefix("~"), written.startswith("~"), place, of, within)


class Mailed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The booking goes on from a mail: its first `url` is opened, or its `code` is typed `into` a field. Each is a regular
    expression; of a group, the group is taken.
    """

    url: str = ""
    code: str = ""
    into: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is done; exactly one verb.

    :param open: an address, relative to the site's.
    :param click: a button or link.
    :param hold: the same, where the site keeps the slot from then on.
    :param fill: fields and what is written into each.
    :param type: the same, key by key, for fields that listen to keys.
    :param choose: list boxes and the option of each.
    :param tick: a box or radio button, or several; `untick` likewise.
    :param see: words that must stand on the page before anything further is done.
    :param mail: what is awaited in the mailbox.
    :param when: only where this was answered with yes: a question's `set`, `many` (more than one person), or a field that is known.
    :param unless: only where it was not.
    :param maybe: a click that is done only where its button is there, such as the OK of a message in the way.
    :param dialog: what is answered to a question of the browser that this step brings up.
    """

    open: str = ""
    click: str = ""
    hold: str = ""
    fill: dict[str, str] = {}
    type: dict[str, str] = {}
    choose: dict[str, str] = {}
    tick: str | list[str] = ""
    untick: str | list[str] = ""
    see: str = ""
    mail: Mailed | None = None
    when: str = ""
    unless: str = ""
    maybe: bool = False
    dialog: Literal["", "ok", "cancel"] = ""

    def __post_init__(self) -> None:
        if len([verb for verb in VERBS if getattr(self, verb)]) != 1:
            raise ValueError("one step has exactly one of " + ", ".join(VERBS))

    @property
    def verb(self) -> str:
        """Which one it is."""
        return next(verb for verb in VERBS if getattr(self, verb))

    def templates(self) -> Iterator[str]:
        """All texts in which values may stand."""
        for given in (self.fill, self.type, self.choose):
            yield from given
            yield from given.values()
        for said in (self.tick, self.untick):
            yield from [said] if isinstance(said, str) else said
        yield from (self.open, self.click, self.hold, self.see)


Marks = dict[Literal["free", "few", "full", "closed"], list[str]]


class Reads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a cell says its day and time only in an attribute, such as the address that it leads to.

    :param attribute: its name; of the cell or of anything in it.
    :param pattern: a regular expression; its groups are `date`, or `year`, `month`, `day`, and `time`, or `hour` and `minute`.
    """

    attribute: str
    pattern: str


class View(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where days or times are shown.

    :param cells: CSS selector of what holds a day or a time each; or of the list box whose options are such.
    :param month: where a month is headed with its year; needed where cells hold only the number of the day.
    :param next: leads to the next month or week; `previous` back.
    :param marks: signs, alternative texts or classes beyond the usual ones.
    :param marked: whether cells without any sign are closed although they can be clicked.
    :param chosen: what is shown as chosen after the click; exactly one, and it must say the time that was clicked.
    :param heading: where the page says to which day the times belong.
    :param reads: see `Reads`.
    :param back: leads from the times back to the days, where they are not on one page.
    """

    cells: str
    month: str = ""
    next: str = ""
    previous: str = ""
    marks: Marks = {}
    marked: bool = False
    chosen: str = ""
    heading: str = ""
    reads: Reads | None = None
    back: str = ""


class Done(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the site says that it is done.

    :param see: words that then stand on the page.
    :param shows: facts beyond, or in place of, the profile's own.
    """

    see: str
    shows: dict[str, str] = {}


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a booking whose answer was lost can be found without its number.

    :param mail: a regular expression whose group is the number, in the mail that the site sends when it is done.
    :param shows: regular expressions whose group is the `day`, the `time` or the `counter` in that mail; a mail that
        shows day and time proves the booking.
    :param already: the site lets nobody begin who holds a reservation: whether `book.enter` is let through tells.
    """

    mail: str = ""
    shows: dict[Literal["day", "time", "counter"], str] = {}
    already: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way through the site.

    :param enter: until days can be chosen, or until the reservation is shown.
    :param fill: from the chosen time to the page on which the site shows everything once more.
    :param shows: the facts on that page, beyond or in place of the profile's own; those that are named must be there.
    :param commit: the last button, and what the site asks after it; the last step is the one that hands in.
    :param holds: minutes for which the site keeps the chosen time; 0 where it does not.
    """

    enter: list[Step] = []
    fill: list[Step] = []
    shows: dict[str, str] = {}
    commit: list[Step] = []
    done: Done | None = None
    holds: int = 0

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step with the name of its part."""
        for part in ("enter", "fill", "commit"):
            for step in getattr(self, part):
                yield part, step


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What follows from an answer: booking is not possible (`stop` says why and what to do), something is to be brought, a flag is
    set for `when`.
    """

    stop: str = ""
    bring: list[str] = []
    set: str = ""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decides, asked before any slot is shown."""

    ask: str
    yes: Answer = Answer()
    no: Answer = Answer()


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many requests our side may make of the site in so many seconds, all seats together."""

    requests: Annotated[int, Meta(ge=10)] = 100
    seconds: Annotated[int, Meta(ge=10)] = 120


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the city has decided, in days: the first and last day that can be booked, counted from today; until how many days before
    the day a booking can be changed or cancelled on the site.
    """

    first: Annotated[int, Meta(ge=0)] = 1
    last: Annotated[int, Meta(ge=0, le=400)] = 60
    change_until: Annotated[int, Meta(ge=0)] = 0


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address at which slots can be read without working the page.

    :param address: relative to the site's; beside the values of a look it knows `{counter_id}`, and `{month:…}` or `{day:…}`.
    :param each: JMESPath of the JSON answer that gives a list of `{day, time, mark}`; empty where the answer is a page that shows
        what `days` or `times` of the profile describe.
    """

    address: str
    each: str = ""


class Lane(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The read-only lane for slots: only addresses that change nothing.

    :param days: with `{month:…}` it is asked month by month, else once.
    :param times: of one day, where they are not among the days already.
    :param open: an address that has to be opened first.
    :param counters: what `{counter_id}` is for each of the profile's counters, in their order.
    """

    days: Reading
    times: Reading | None = None
    open: str = ""
    counters: list[str] = []


Texts = list[str]
ERRORS = ("taken", "outside", "already", "mismatch", "refused", "busy", "stopped", "ended", "none")


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site.

    :param site: its id, as its file is named.
    :param start: the address of its first page.
    :param by: whether it can be booked by web; else `instead` tells the operator what to do.
    :param consent: the city's written consent to be operated by us: by whom and when.
    :param office: whom at the city to telephone where a booking's outcome cannot be looked up: name and number.
    :param counters: names of the counters as the site writes them; empty where there is only one and it is not chosen.
    :param mailbox: whose mailbox gets mailed codes and addresses: the resident's own, the desk's; none is needed, or none because
        the city's staff sign-in is used to book for others.
    :param questions: what decides, before any slot is shown.
    :param bring: what everybody brings.
    :param facts: the headings behind which the site shows day, time, counter, people, name and number of a booking.
    :param errors: words by which the site says what went wrong, beyond the usual ones.
    :param look: until days are shown, without any person's data; absent where the site shows none without.
    :param lane: a faster way to the same days and times as `look` shows, see `Lane`.
    :param proof: see `Proof`.
    :param find: from the first page until a reservation is shown.
    :param ignore: parts of addresses of requests that never end.
    :param release: gives a kept slot back, from wherever the flow stands.
    """

    site: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{1,38}$")]
    city: str
    title: str
    start: str = ""
    by: Literal["web", "phone", "line"] = "web"
    instead: str = ""
    consent: str = ""
    office: str = ""
    counters: list[str] = []
    most: Annotated[int, Meta(ge=1, le=20)] = 1
    window: Window = Window()
    budget: Budget = Budget()
    mailbox: Literal["none", "resident", "desk", "staff"] = "none"
    questions: list[Question] = []
    bring: list[str] = []
    facts: dict[str, str] = {}
    errors: dict[str, Texts] = {}
    days: View | None = None
    times: View | None = None
    look: list[Step] = []
    lane: Lane | None = None
    book: Flow | None = None
    proof: Proof = Proof()
    find: Flow | None = None
    change: Flow | None = None
    cancel: Flow | None = None
    release: list[Step] = []
    ignore: list[str] = []

    def flows(self) -> Iterator[tuple[str, Flow]]:
        """The flows that the site offers."""
        for name in ("book", "find", "change", "cancel"):
            if (flow := getattr(self, name)) is not None:
                yield name, flow

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step with the name of its flow and part."""
        for part in ("look", "release"):
            for step in getattr(self, part):
                yield part, step
        for name, flow in self.flows():
            for part, step in flow.steps():
                yield f"{name}.{part}", step

    def uses(self, what: str, value: str) -> bool:
        """Whether the way to the days of a flow asks for the `counter` or the number of `people`."""
        steps = self.flow(what).enter or (self.look if what == "book" else [])
        return any("{" + value in text for step in steps for text in step.templates())

    def flow(self, what: str) -> Flow:
        """The flow of that name.

        :raises KeyError: where the site does not offer it.
        """
        found = dict(self.flows()).get(what)
        if found is None:
            raise KeyError(what)
        return found
