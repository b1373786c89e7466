"""The record of acts: looked through and handed out for an inspection or an incident (NB-18, TO-10). Looking is an act, too."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from contact_center.audit import Act, Search
from contact_center.clock import TOKYO
from contact_center.errors import BadInput
from contact_center.web import actor, house, permission, sensitive

PAGE, MOST = 100, 100_000
"""Records on a page, and in a file."""

THING = re.compile(r"[a-z_]{1,30}(:[A-Za-z0-9._:-]{1,80})?")

HEADINGS = ("番号", "時刻", "だれ", "操作", "対象", "内訳", "前の印", "印")


def add_to(blueprint: Blueprint) -> None:
    """Open these pages."""
    blueprint.add_url_rule("/audit", "audit", look)
    blueprint.add_url_rule("/audit.csv", "audit_file", as_file, methods=["POST"])


def _day(text: str, after: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), TOKYO)
    except ValueError as error:
        raise BadInput("日付は 2026-11-23 のように書いてください。") from error


def _thing(text: str) -> str:
    """A thing's or an actor's word; nothing else may get into the record of who has looked for what."""
    if text and not THING.fullmatch(text):
        raise BadInput("「だれ」「対象」は、person:3 や contact:4711 のように書いてください。")
    return text


def _asked() -> tuple[dict[str, str], Search]:
    words = {name: request.values.get(name, "").strip()[:120] for name in ("actor", "act", "subject", "first", "last")}
    return words, Search(
        _thing(words["actor"]), words["act"], _thing(words["subject"]), _day(words["first"]), _day(words["last"], 1)
    )


def _on_record(act: str, words: dict[str, str]) -> None:
    asked = {name: value for name, value in words.items() if value}
    house().audit.record(Act(actor().word, act, "audit", asked))


@permission("audit.read")
def look() -> Any:
    """The newest records that fit, a hundred at a time."""
    words, search = _asked()
    before = request.args.get("before", type=int)
    _on_record("audit.look", words)
    rows = house().audit.find(search, PAGE, before)
    names = {f"person:{one.id}": one.name for one in house().people.ever()}
    return render_template("admin/audit.html", words=words, rows=rows, names=names, more=len(rows) == PAGE)


@permission("audit.read")
@sensitive
def as_file() -> Any:
    """What fits, the oldest first, as a table for an inspection; the marks let anybody hold it against the trail."""
    words, search = _asked()
    _on_record("audit.export", words)
    rows = house().audit.find(search, MOST + 1)
    if len(rows) > MOST:
        raise BadInput("10万件を超えます。期間や操作を絞ってください。")
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(HEADINGS)
    for row in reversed(rows):
        detail = "; ".join(f"{name}={value}" for name, value in sorted(row.detail.items()))
        cells = (row.id, row.at.astimezone(TOKYO).isoformat(), row.actor, row.act, row.subject, detail, row.previous, row.hash)
        # A cell that begins like a formula would be one in a spreadsheet.
        write.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) else cell for cell in cells])
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
