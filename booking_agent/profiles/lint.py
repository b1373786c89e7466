"""What no schema sees in a profile: each finding with its place, so that its line can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jmespath

from booking_agent.profiles.schema import ERRORS, FACTS, Profile, Step
from booking_agent.profiles.values import COMPOSED, FIELDS, FILTERS, NOT_ASKED, STAFF, Template

_PLACE = re.compile(r"\[(\d+)/(\d+)\]$")


def lint(profile: Profile) -> Iterator[tuple[str, str]]:
    """What no schema sees: each finding with its place in the tree."""
    if profile.by != "web":
        if not profile.instead:
            yield "", "web で予約できないサイトには instead（オペレーターがすること）を書いてください"
        return
    for name in ("start", "consent", "book", "days"):
        if not getattr(profile, name):
            yield "", f"「{name}」がありません。書き足してください"
    if not profile.start.startswith(("http://", "https://")):
        yield ".start", "start は http:// か https:// で始めてください"
    for name in profile.facts:
        if name not in FACTS:
            yield ".facts", f"facts に「{name}」はありません。使えるのは {'・'.join(FACTS)}"
    for name in profile.errors:
        if name not in ERRORS:
            yield ".errors", f"errors に「{name}」はありません。使えるのは {'・'.join(ERRORS)}"
    for place, text in _texts(profile):
        for name, filters in Template(text).names():
            if name in STAFF and profile.mailbox != "staff":
                yield place, f"「{{{name}}}」を使うサイトには mailbox: staff を書いてください"
            elif name not in (*FIELDS, *COMPOSED, *NOT_ASKED, *STAFF):
                yield place, f"「{{{name}}}」という値はありません。使えるのは {'・'.join([*FIELDS, *COMPOSED, *NOT_ASKED, *STAFF])}"
            for one in filters:
                if one not in FILTERS:
                    yield place, f"「|{one}」という書き方はありません。使えるのは {'・'.join(FILTERS)}"
        if text.count("{") != text.count("}"):
            yield place, "{ と } の数が合いません"
        if (found := _PLACE.search(text)) is not None and not 1 <= int(found[1]) <= int(found[2]):
            yield place, f"{found[0]} は「{found[2]}個のうち{found[1]}番目」です。1から{found[2]}までの番号にしてください"
    for name, flow in profile.flows():
        shown = {**profile.facts, **flow.shows}
        if name == "find":
            if not flow.enter:
                yield f".{name}", "find には enter（予約が出るまでの手順）が必要です"
            continue
        if not flow.commit or flow.done is None:
            yield f".{name}", f"{name} には commit（最後のボタン）と done（終わったことを示す言葉）が必要です"
        for fact in ("day", "time"):
            if fact not in shown:
                yield (
                    f".{name}",
                    f"確認の画面で「{fact}」が読めないと予約できません。facts か {name}.shows に見出しを書いてください",
                )
        if len(profile.counters) > 1 and "counter" not in shown:
            yield f".{name}", "窓口が複数あるので、確認の画面の窓口の見出し（counter）が必要です"
    yield from _lane(profile)
    yield from _patterns(profile)
    if (profile.change or profile.cancel) and profile.find is None:
        yield "", "change と cancel には find（予約を出す手順）が必要です"
    if profile.mailbox in ("none", "staff") and any(step.mail for _, step in profile.steps()):
        yield "", "mail の手順があるので、mailbox に resident か desk を書いてください"


def _lane(profile: Profile) -> Iterator[tuple[str, str]]:
    lane = profile.lane
    if lane is None:
        return
    if not profile.look:
        yield ".lane", "lane は look の近道です。look（人の値なしで空きを見る手順）も書いてください"
    if lane.counters and len(lane.counters) != len(profile.counters):
        yield ".lane.counters", f"counters は{len(profile.counters)}個ですが、lane.counters は{len(lane.counters)}個です"
    if profile.times is not None and lane.times is None:
        yield ".lane", "times のあるサイトの lane には times も必要です"
    for name, reading, more in (("days", lane.days, ("month",)), ("times", lane.times, ("day",))):
        if reading is None:
            continue
        known = (*NOT_ASKED, "counter_id", *more)
        for value, _ in Template(reading.address).names():
            if value not in known:
                yield f".lane.{name}", f"「{{{value}}}」は lane では使えません。使えるのは {'・'.join(known)}"
        try:
            jmespath.compile(reading.each or "@")
        except jmespath.exceptions.JMESPathError:
            yield f".lane.{name}", f"each をJMESPathとして読めません（{reading.each}）"


def _patterns(profile: Profile) -> Iterator[tuple[str, str]]:
    """Regular expressions that are none, and selectors whose brackets do not close."""
    patterns: list[tuple[str, str]] = [(".proof", text) for text in (profile.proof.mail, *profile.proof.shows.values())]
    selectors: list[tuple[str, str]] = []
    for name, view in (("days", profile.days), ("times", profile.times)):
        if view is not None:
            patterns += [(f".{name}.reads", view.reads.pattern)] if view.reads else []
            selectors += [(f".{name}.{part}", getattr(view, part)) for part in ("cells", "month", "chosen", "heading")]
            selectors += [
                (f".{name}.{part}", text) for part in ("next", "previous") if (text := getattr(view, part)).startswith("css:")
            ]
    for place, step in _steps(profile):
        if step.mail is not None:
            patterns += [(place, text) for text in (step.mail.url, step.mail.code)]
    facts = [(".facts", profile.facts)]
    for name, flow in profile.flows():
        facts += [(f".{name}.shows", flow.shows), (f".{name}.done", flow.done.shows if flow.done else {})]
    for place, shows in facts:
        patterns += [(place, text.removeprefix("url:")) for text in shows.values() if text.startswith("url:")]
        selectors += [(place, text) for text in shows.values() if text.startswith("css:")]
    for place, text in patterns:
        try:
            groups = re.compile(text).groups
        except re.error as error:
            yield place, f"「{text}」を正規表現として読めません（{error}）"
        else:
            if text and place in (".facts", ".proof") and not groups:
                yield place, f"「{text}」には、読み取る所を示す ( ) が必要です"
    for place, text in selectors:
        if any(text.count(left) != text.count(right) for left, right in ("[]", "()")) or text.count('"') % 2:
            yield place, f"CSSセレクター「{text}」のかっこか引用符が閉じていません"


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    for place, step in _steps(profile):
        for text in step.templates():
            if text:
                yield place, text


def _steps(profile: Profile) -> Iterator[tuple[str, Step]]:
    """Each step with its place in the tree."""
    counts: dict[str, int] = {}
    for place, step in profile.steps():
        at = counts[place] = counts.get(place, -1) + 1
        yield f".{place}[{at}]", step
