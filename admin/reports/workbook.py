"""A report as a workbook: a sheet for each section, with charts; and a city's own form, filled by its named cells."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from contact_center.errors import BadInput

FORMATS = {
    "count": "#,##0", "share": "0.0%", "seconds": '[>=60]#,##0"秒";0"秒"', "minutes": '#,##0"分"',
}  # fmt: skip
SIGNED = {
    "count": "+#,##0;-#,##0;0", "share": "+0.0%;-0.0%;0.0%", "seconds": '+0"秒";-0"秒";0"秒"',
    "minutes": '+#,##0"分";-#,##0"分";0"分"',
}  # fmt: skip
HEAD = PatternFill("solid", fgColor="E8F1FE")
THIN = Side(style="thin", color="B3B3B3")
LINES = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CHART_ROWS = 16
"""Rows of the sheet that a chart takes."""


def workbook(contents: dict[str, Any], analysis: str) -> bytes:
    """The report as xlsx."""
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    cover.title = "表紙"
    _text(cover, 1, 1, contents["title"]).font = Font(bold=True, size=16)
    _text(cover, 2, 1, f"{contents['first']} から {contents['last']} まで")
    _text(cover, 3, 1, f"作成日 {contents['made_on']}")
    _text(cover, 5, 1, "⑬ 分析・改善").font = Font(bold=True, size=13)
    row = 6
    for line in analysis.splitlines():
        _text(cover, row, 1, line)
        row += 1
    _text(cover, row + 1, 1, "数え方").font = Font(bold=True, size=13)
    for n, rule in enumerate(contents["rules"], start=row + 2):
        _text(cover, n, 1, rule)
    cover.column_dimensions["A"].width = 110
    for section in contents["sections"]:
        _section(book.create_sheet(section["title"].replace("/", "・")[:31]), section)
    names = book.create_sheet("名前付きの値")
    _row(names, 1, ["名前", "値"], head=True)
    for n, (name, value) in enumerate(contents["values"].items(), start=2):
        _text(names, n, 1, name)
        names.cell(n, 2, value)
    names.column_dimensions["A"].width = 50
    return _bytes(book)


def filled(form: Path, contents: dict[str, Any], analysis: str) -> bytes:
    """A city's own form with its named cells filled; what it names and we do not know stays as it is.

    :raises BadInput: where the form cannot be read.
    """
    try:
        book = load_workbook(form)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput("市の様式 %(form)s を開けません。xlsxで保存し直してください。", form=form.name) from error
    first = date.fromisoformat(contents["first"])
    values = {**contents["values"], "市": contents["city_name"], "年": first.year, "月": first.month, "分析": analysis,
              "作成日": contents["made_on"]}  # fmt: skip
    names = [(name, one) for name, one in book.defined_names.items()]
    names += [(name, one) for sheet in book.worksheets for name, one in sheet.defined_names.items()]
    for name, one in names:
        if name not in values:
            continue
        for sheet, place in one.destinations:
            cell = book[sheet][place.replace("$", "")]
            cell.value = values[name]
    return _bytes(book)


def _section(sheet: Worksheet, section: dict[str, Any]) -> None:
    _text(sheet, 1, 1, section["title"]).font = Font(bold=True, size=14)
    row = 3
    for table in section["tables"]:
        columns = table["columns"]
        if table["title"]:
            _text(sheet, row, 1, table["title"]).font = Font(bold=True, size=12)
            row += 1
        _row(sheet, row, [one["name"] for one in columns], head=True)
        top = row
        for values in table["rows"] or [["（ありません）", *[""] * (len(columns) - 1)]]:
            row += 1
            for n, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
                is_text = column["kind"] == "text" or isinstance(value, str)
                cell = _text(sheet, row, n, value) if is_text else sheet.cell(row, n, value)
                cell.border = LINES
                cell.number_format = (SIGNED if column["signed"] else FORMATS).get(column["kind"], "General")
        row += 1
        if table["note"]:
            _text(sheet, row, 1, table["note"]).font = Font(size=9, color="595959")
            row += 1
        if table["bars"] >= 0 and table["rows"]:
            row = _chart(sheet, table, top, row)
        row += 1
    sheet.column_dimensions["A"].width = 34
    for n in range(2, 14):
        sheet.column_dimensions[get_column_letter(n)].width = 14
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def _chart(sheet: Worksheet, table: dict[str, Any], top: int, row: int) -> int:
    bottom, column = top + len(table["rows"]), table["bars"] + 1
    chart = BarChart()
    chart.type, chart.title, chart.legend = "bar", table["title"] or table["columns"][table["bars"]]["name"], None
    chart.add_data(Reference(sheet, min_col=column, min_row=top + 1, max_row=bottom))
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=bottom))
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.width, chart.height = 24, max(5.0, min(0.5 * CHART_ROWS, 0.8 * len(table["rows"]) + 2))
    sheet.add_chart(chart, f"A{row + 1}")
    return row + int(chart.height * 2) + 2


def _row(sheet: Worksheet, row: int, words: list[str], head: bool = False) -> None:
    for n, word in enumerate(words, start=1):
        cell = _text(sheet, row, n, word)
        cell.border = LINES
        if head:
            cell.font, cell.fill = Font(bold=True), HEAD


def _text(sheet: Worksheet, row: int, column: int, text: Any) -> Any:
    """A text is a text, whatever it begins with: never a formula."""
    cell = sheet.cell(row, column)
    cell.value, cell.data_type = str(text), "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _bytes(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
