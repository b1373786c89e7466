"""Cells of a report as people read them."""

from __future__ import annotations

from typing import Any

NO_CHANGE = "±0"


def cell(value: Any, column: dict[str, Any]) -> str:
    """A cell in words: `1,234`, `95.1%`, `1分23秒`; a difference with its sign."""
    if value is None:
        return "-"
    kind, sign = column["kind"], "+" if column["signed"] else ""
    if kind == "share":
        return (f"{value * 100:+.1f}ポイント" if round(value, 3) else NO_CHANGE) if sign else f"{value:.1%}"
    if kind == "seconds":
        return _seconds(float(value), bool(sign))
    if sign and not value:
        return NO_CHANGE
    if kind == "minutes":
        return f"{value:{sign},}分"
    return f"{value:{sign},}" if kind == "count" else str(value)


def _seconds(value: float, signed: bool) -> str:
    whole = round(abs(value))
    if signed and not whole:
        return NO_CHANGE
    mark = ("+" if value > 0 else "-") if signed else ""
    minutes, seconds = divmod(whole, 60)
    return f"{mark}{minutes}分{seconds:02}秒" if minutes else f"{mark}{seconds}秒"


def part(value: Any, table: dict[str, Any]) -> float:
    """How long a bar is, 0 to 1, beside the longest of its table."""
    most = max((row[table["bars"]] or 0 for row in table["rows"]), default=0)
    return (value or 0) / most if most else 0.0
