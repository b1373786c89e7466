"""What stands in a report: compiled from the kernel's and the features' sections, counted twice before it is believed."""

from __future__ import annotations

import calendar
import re
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from contact_center.clock import day_of
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.features import resolve
from contact_center.house import House
from contact_center.reports.figures import counted, folded
from contact_center.reports.sections import KERNEL_SECTIONS, RULES, Days, Scope, Table
from contact_center.settings import SERVICE_LEVEL

MONTHLY, YEARLY = "monthly", "yearly"
KINDS = {MONTHLY: "月次報告書", YEARLY: "年度完了報告書"}


def scope_of(kind: str, city: str, period: str) -> Scope:
    """The days of a period.

    :param period: `2026-11`, or of a yearly report the fiscal year `2026` (from April).
    :raises BadInput: where it is none.
    """
    try:
        if kind == YEARLY:
            year = int(period)
            return Scope(city, *(Days(date(one, 4, 1), date(one + 1, 3, 31)) for one in (year, year - 1, year - 1)))
        first = date.fromisoformat(f"{period}-01")
    except ValueError as error:
        raise BadInput("期間は、月次なら 2026-11、年度なら 2026 のように書いてください。") from error
    before = (first - timedelta(days=1)).replace(day=1)
    return Scope(city, *(_month(one) for one in (first, before, first.replace(year=first.year - 1))))


def period_of(kind: str, first: date) -> str:
    """What `scope_of` reads."""
    return str(first.year) if kind == YEARLY else f"{first:%Y-%m}"


def _month(first: date) -> Days:
    return Days(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def compile_report(house: House, session: Session, kind: str, scope: Scope) -> dict[str, Any]:
    """Everything that the report says, as JSON can hold it.

    :raises NotFound: where there is no such city.
    :raises Conflict: where what was folded from events differs from what the tables say; nobody is given such a report.
    """
    city = next((one for one in house.directory.cities(session) if one.id == scope.city), None)
    if city is None:
        raise NotFound("知らない市です: %(unknown)s", unknown=scope.city)
    house_of = frozenset((scope.city,))
    fold = folded(session, scope.days.first, scope.days.last, house_of)
    tables = counted(session, scope.days.first, scope.days.last, house_of, house.settings[SERVICE_LEVEL])
    if fold != tables:
        what = _difference(asdict(fold), asdict(tables))
        raise Conflict("二通りの数え方が一致しません（%(what)s）。管理者に知らせてください。", what=what)
    found = [(id, title, function) for id, title, function in KERNEL_SECTIONS]
    found += [(one.id, one.title, resolve(one.function)) for feature in house.features for one in feature.report_sections]
    sections = [
        {"id": id, "title": title, "tables": [_as_json(table) for table in function(house, session, scope)]}
        for id, title, function in sorted(found, key=lambda one: one[1])
    ]
    return {
        "title": f"{city.name} {KINDS[kind]}", "city": scope.city, "city_name": city.name, "kind": kind,
        "first": scope.days.first.isoformat(), "last": scope.days.last.isoformat(),
        "made_on": day_of(house.clock.now()).isoformat(), "sections": sections, "rules": list(RULES),
        "values": _values(sections),
    }  # fmt: skip


def _difference(fold: dict[str, Any], tables: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value} / {tables[name]}" for name, value in fold.items() if value != tables[name])[:300]


def _as_json(table: Table) -> dict[str, Any]:
    return {
        "title": table.title, "columns": [asdict(one) for one in table.columns], "rows": [list(row) for row in table.rows],
        "bars": table.bars, "note": table.note,
    }  # fmt: skip


def _values(sections: list[dict[str, Any]]) -> dict[str, Any]:
    """Each number by a name, for the named cells of a city's own form: `着信_今回`, `曜日別_月曜日_応答`.

    A row's name is enough where its table only compares spans; else the table's title stands before it.
    """
    values: dict[str, Any] = {}
    for section in sections:
        title = ""
        for table in section["tables"]:
            title = table["title"] or title
            compares = table["columns"][0]["name"] == "項目"
            numbers = [n for n, column in enumerate(table["columns"]) if column["kind"] != "text"]
            texts = [n for n in range(len(table["columns"])) if n not in numbers]
            for row in table["rows"]:
                words = "_".join(str(row[n]) for n in texts)
                for n in numbers:
                    name = "_".join(([] if compares else [title]) + [words, table["columns"][n]["name"]])
                    values.setdefault(re.sub(r"\W", "", name), row[n])
    return values


def drafted(contents: dict[str, Any]) -> str:
    """A first text of analysis, from the numbers alone; whoever signs makes it theirs."""
    values = contents["values"]

    def change(name: str) -> str:
        difference = values.get(f"{name}_前回との差")
        return "" if difference is None else f"（前回より{difference:+,}件）" if difference else "（前回と同じ）"

    arrived, answered = values.get("着信_今回") or 0, values.get("応答_今回") or 0
    lines = [f"着信は{arrived:,}件{change('着信')}、応答は{answered:,}件{change('応答')}でした。"]
    rate, before = values.get("応答率_今回"), values.get("応答率_前回")
    if rate is not None:
        compared = f"（前回 {before:.1%}）" if before is not None else ""
        lines.append(f"応答率は{rate:.1%}{compared}、平均待ちは{values.get('平均待ち_今回') or 0:.0f}秒でした。")
    tables = [table for section in contents["sections"] if section["id"] == "subjects" for table in section["tables"]]
    subjects: list[Any] = tables[0]["rows"] if tables else []
    most = [row for row in subjects if row[1]][:3]
    if most:
        lines.append("多かったのは、" + "、".join(f"{row[0]}（{row[1]:,}件）" for row in most) + "です。")
    grown = sorted((row for row in subjects if row[3] > 0), key=lambda row: -row[3])[:3]
    if grown:
        lines.append("前回より増えたのは、" + "、".join(f"{row[0]}（{row[3]:+,}件）" for row in grown) + "です。")
    missing = values.get("見つからなかった_今回")
    if missing:
        lines.append(f"FAQに答えがなかった質問は{missing:,}件で、記事の追加を進めます。")
    return "\n".join(lines)
