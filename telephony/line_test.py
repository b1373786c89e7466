"""The line test: each line is phoned through the carrier, as a resident would, and what is heard is compared.

A telephone of our own on this machine dials the line's public number over the trunk, and the carrier sends the call back as it
sends every other. One call so proves the way out, the way in, the number, the hours, the announcement and its sound. Whoever
waits in a queue or sits at a seat is not to notice: the telephone hangs up as the last announcement ends.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from contact_center.directory import LineView
from contact_center.errors import Conflict, MadoguchiError
from contact_center.house import House
from contact_center.personal.telephone import national
from contact_center.speech.hearing import HEARD, Samples
from telephony.hours import CLOSED_BY_HAND, OPEN, OUT_OF_HOURS, what_a_caller_hears
from telephony.pbx import render
from telephony.pbx.oneshot import queue_members
from telephony.pbx.trunk import NOT_NEEDED, REGISTERED, answers_now, trunk_state
from telephony.probe import Call, Probe
from telephony.prompts import notice_name
from telephony.settings import RTP_FIRST, RTP_LAST
from telephony.softphone.passages import Passages, is_silent

GREETING, CLOSED, EMERGENCY, BUSY, NOBODY, FALLBACK = "greeting", "closed", "emergency", "busy", "nobody", "fallback"
SPOKEN = (GREETING, CLOSED, EMERGENCY, BUSY, NOBODY)
"""The announcements by which a line says how it is; one of them is heard in every call that no seat has answered."""

WORDS = {
    GREETING: "受付の案内", CLOSED: "時間外の案内", EMERGENCY: "臨時休止の案内", BUSY: "話中の案内", NOBODY: "担当者不在の案内",
    FALLBACK: "転送", "notice": "臨時の案内",
}  # fmt: skip
"""What people call them."""

ABSENT = ("4", "5")
"""The device states of a member whose phone is not registered, as Asterisk numbers them."""


class LineFault(MadoguchiError):
    """What is wrong with a line, and what to do."""

    code = "line_fault"
    status = 503


class CarrierAway(LineFault):
    """The carrier does not answer at all: no line can be reached."""

    code = "carrier_away"


class NotRegistered(LineFault):
    """The carrier refuses our registration, or has none."""

    code = "not_registered"


class NotApplied(LineFault):
    """Asterisk does not know the line yet, or an announcement is missing."""

    code = "not_applied"


class Refused(LineFault):
    """The carrier has refused the call."""

    code = "refused"


class NotDelivered(LineFault):
    """The carrier took the call, but it never came in and was answered."""

    code = "not_delivered"


class Silent(LineFault):
    """The line has answered, and not a sound was heard."""

    code = "silent"


class Wrong(LineFault):
    """Something else was heard than what the line is to say now."""

    code = "wrong"


@dataclass(frozen=True)
class Promise:
    """What a caller of a line is to hear at a moment: announcements one after the other; where it is forwarded, those that follow
    when nobody answers there."""

    names: tuple[str, ...]
    paths: tuple[Path, ...]

    @property
    def words(self) -> str:
        """What people call it."""
        return "＋".join(WORDS[name] for name in self.names)


@dataclass(frozen=True)
class Result:
    """What became of one line.

    :param likeness: of the announcement that was least like what was to be heard, 0 to 1.
    :param seconds: from dialling to the answer; None where nobody answered.
    """

    line: str
    name: str
    number: str
    expected: Promise
    heard: bool
    likeness: float
    seconds: float | None
    fault: LineFault | None

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "line": self.line, "name": self.name, "number": self.number, "expected": list(self.expected.names),
            "expected_ja": self.expected.words, "heard": self.heard, "likeness": round(self.likeness, 2),
            "seconds": None if self.seconds is None else round(self.seconds, 2), "good": self.fault is None,
            "code": self.fault.code if self.fault else "good", "verdict": self.fault.sentence() if self.fault else "正常です。",
        }  # fmt: skip


def line_test(house: House, line: str | None = None) -> Iterator[Result]:
    """Phone a line, or every one, one after the other; a result as soon as it is there.

    :raises NotFound: for a line that is not in the directory.
    :raises Conflict: where a test is running already.
    :raises Unavailable: where Asterisk or our telephone does not work, so that nothing can be said of any line.
    """
    with house.database.reading() as session:
        views = house.directory.lines(session) if line is None else [house.directory.line(session, line)]
    known = render.console(house, "dialplan show from-probe")
    # Asked now and not within the next ten seconds, Asterisk knows in three whether the carrier is there.
    render.console(house, "pjsip qualify trunk")
    with _alone(house), closing(Probe(house)) as probe:
        away: LineFault | None = None
        for view in views:
            expected = promise(house, view, house.clock.now())
            missing = _missing(view, expected, known)
            if away is not None or missing is not None:
                result = _result(view, expected, missing or away)
            else:
                result = _phone(house, probe, view, expected)
                if isinstance(result.fault, Silent | Wrong) or (isinstance(result.fault, CarrierAway) and answers_now(house)):
                    # A line that is out of order is so twice; a machine that was busy for a second is not.
                    result = _phone(house, probe, view, promise(house, view, house.clock.now()))
                # Where the carrier itself is away, the next line would wait as long for the same answer.
                away = result.fault if isinstance(result.fault, CarrierAway | NotRegistered) else None
            _keep(house, result)
            yield result


def fallback_test(house: House, line: str | None = None) -> Iterator[Result]:
    """Dial the number to which a line, or each, is forwarded when nobody is there, until it rings; a result as soon as it is there.

    :raises Conflict: where a test is running already.
    :raises Unavailable: where Asterisk or our telephone does not work.
    """
    with house.database.reading() as session:
        views = [view for view in house.directory.lines(session) if view.line.fallback and line in (None, view.line.id)]
    with _alone(house), closing(Probe(house)) as probe:
        for view in views:
            call = probe.ring(f"{view.line.id}_fallback", lambda: not trunk_state(house).reachable)
            fault = _not_answered(house, call) if call.seconds is None else None
            result = _result(view, Promise((FALLBACK,), ()), fault, float(fault is None), call.seconds)
            yield replace(result, number=view.line.fallback or "")


def promise(house: House, view: LineView, at: datetime) -> Promise:
    """What a caller is to hear, by the same decisions as the dialplan's."""
    folder, line = render.places(house).prompts, view.line

    def said(*names: str) -> Promise:
        return Promise(names, tuple(folder / line.id / f"{name}.wav" for name in names))

    decision = what_a_caller_hears(house, line.id, at)["decision"]
    if decision != OPEN:
        return said({OUT_OF_HOURS: CLOSED, CLOSED_BY_HAND: EMERGENCY}[decision])
    members = [member for member in queue_members(house) if member["queue"] == line.pool_id]
    # A forwarded caller hears the announcement where nobody answers there either; the test is not forwarded.
    nobody = Promise((FALLBACK, NOBODY), said(NOBODY).paths) if line.fallback else said(NOBODY)
    if _callers(house, line.id) >= line.capacity + line.waiting_places:
        return said(BUSY)
    if not members:
        return nobody
    with house.database.reading() as session:
        notice = house.notices.of(session, line.id)
    opening = said(GREETING)
    if notice is not None and notice.since <= at < notice.until:
        path = folder / "notices" / f"{notice_name(notice.text)}.wav"
        opening = Promise((*opening.names, "notice"), (*opening.paths, path))
    if all(member["status"] in ABSENT for member in members):
        return Promise(opening.names + nobody.names, opening.paths + nobody.paths)
    return opening


def _callers(house: House, line: str) -> int:
    """How many callers the line has now, as the dialplan counts them."""
    rows = (row.split() for row in render.console(house, "group show channels").splitlines())
    return sum(row[1:3] == [line, "line"] for row in rows)


def _missing(view: LineView, expected: Promise, known: str) -> LineFault | None:
    if f"'{national(view.number)}'" not in known:
        return NotApplied("この回線は、まだAsteriskに反映されていません。madoguchi asterisk apply を実行してください。")
    if not all(path.exists() for path in expected.paths):
        return NotApplied("案内の音声がまだありません。madoguchi asterisk apply を実行してください。")
    if not all(Passages(path).tells for path in expected.paths):
        return NotApplied("案内の録音が無音か、変化のない音なので、聞き比べられません。recordings の録音を確かめてください。")
    return None


def _phone(house: House, probe: Probe, view: LineView, expected: Promise) -> Result:
    prompts = [Passages(path) for path in expected.paths]
    call = probe.call(national(view.number), prompts, lambda: not trunk_state(house).reachable)
    if call.seconds is None:
        return _result(view, expected, _not_answered(house, call))
    score = _score(expected, call)
    if score < HEARD:
        # The line may have been opened or closed, or its last agent have left, while the telephone rang.
        later = promise(house, view, house.clock.now())
        if later != expected and not _missing(view, later, f"'{national(view.number)}'"):
            expected, score = later, _score(later, call)
    fault = _misheard(house, view, expected, call.sound) if score < HEARD else None
    return _result(view, expected, fault, score, call.seconds)


def _result(view: LineView, expected: Promise, fault: LineFault | None, score: float = 0.0, seconds: float | None = None) -> Result:
    line = view.line
    return Result(line.id, line.name, view.number, expected, score >= HEARD, score, seconds, fault)


def _score(expected: Promise, call: Call) -> float:
    return min(Passages(path).likeness(call.sound) for path in expected.paths)


def _not_answered(house: House, call: Call) -> LineFault:
    state = trunk_state(house)
    if not state.reachable:
        return CarrierAway("電話会社に届きません。電話会社の機器の電源とケーブル、trunk.host と trunk.port を確かめてください。")
    if state.registration not in (NOT_NEEDED, REGISTERED):
        return NotRegistered(
            "電話会社に登録されていません（%(state)s）。trunk.user と trunk.password を確かめてください。"
            "合っていれば、電話会社に問い合わせてください。",
            state=state.registration,
        )  # fmt: skip
    if call.cause in (0, 408, 480):
        return NotDelivered(
            "電話会社は発信を受けましたが、センターに着信しません。この番号の着信先がこのセンターになっているか、電話会社に確かめてください。"
        )
    if call.cause == 486:
        return Refused("話し中でした。チャネルが空いているか、自分の番号への発信が許されているかを、電話会社に確かめてください。")
    return Refused(
        "電話会社が発信を断りました（SIP %(cause)s）。番号の契約と発信の制限を、電話会社に確かめてください。", cause=call.cause
    )


def _misheard(house: House, view: LineView, expected: Promise, sound: Samples) -> LineFault:
    if is_silent(sound):
        settings = house.settings
        return Silent(
            "つながりましたが、音が聞こえません。ルーターやファイアウォールがUDP %(first)s～%(last)s を通すか、"
            "telephony.media_address を確かめてください。",
            first=settings[RTP_FIRST], last=settings[RTP_LAST],
        )  # fmt: skip
    folder = render.places(house).prompts / view.line.id
    others = {name: folder / f"{name}.wav" for name in SPOKEN if name not in expected.names}
    found = {name: Passages(path).count(sound) for name, path in others.items() if path.exists()}
    best = max(found, key=lambda name: found[name], default="")
    # All begin alike, and a longer one is not heard to its end: the one that goes on longest was played.
    if best and found[best] > max(Passages(path).count(sound) for path in expected.paths):
        return Wrong(
            "%(expected)sのはずが、%(heard)sが流れました。受付時間と臨時休止を確かめ、"
            "madoguchi asterisk apply を実行してください。",
            expected=expected.words, heard=WORDS[best],
        )  # fmt: skip
    return Wrong(
        "%(expected)sが聞き取れません。電話をかけて聞いてください。別の所につながるなら着信先を電話会社に、"
        "音が途切れるなら通信経路を確かめてください。",
        expected=expected.words,
    )  # fmt: skip


# -- what is kept ---------------------------------------------------------------------------------------------------------


def last(house: House) -> dict[str, Any] | None:
    """The last result of each line, for a page: {"at", "lines"}; None where nothing was tested yet."""
    try:
        kept: dict[str, Any] = json.loads(_kept(house).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return kept


def _keep(house: House, result: Result) -> None:
    at = house.clock.now().isoformat(timespec="seconds")
    with house.database.reading() as session:
        known = [view.line.id for view in house.directory.lines(session)]
    rows = {row["line"]: row for row in (last(house) or {"lines": []})["lines"]}
    rows[result.line] = {"at": at, **result.as_dict()}
    kept = {"at": at, "lines": [rows[line] for line in known if line in rows]}
    # A full disk does not keep the supervisor from the result itself.
    with suppress(OSError):
        fresh = _kept(house).with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(_kept(house))


def _kept(house: House) -> Path:
    return house.settings.home / "run" / "line-test.json"


@contextmanager
def _alone(house: House) -> Iterator[None]:
    """Two tests at once would hear each other as a busy line."""
    with (house.settings.home / "run" / "line-test.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("回線の点検はもう動いています。終わるのを待ってください。") from error
        yield
