"""Articles as rows of a sheet, xlsx or CSV, and back: the form in which cities hand them in and get them (TO-12)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from contact_center.errors import BadInput
from faq_engine.content import Content

COLUMNS = {
    "code": "記号", "question": "質問", "answer": "回答", "easy": "やさしい日本語", "english_question": "質問（英語）",
    "english": "回答（英語）", "keywords": "キーワード", "category": "分類", "menu": "メニュー", "department": "担当課",
    "audience": "見せる相手", "sources": "出典", "valid_from": "有効開始日", "valid_until": "有効期限", "checked": "確認日",
    "unsourced": "出典未確認",
}  # fmt: skip
"""The columns of a sheet by the field they hold; the headings are part of the file's format."""

AUDIENCES = {"public": "だれにでも", "agent": "オペレーター"}
MOST_ROWS = 2000
MOST_UNPACKED = 50_000_000
"""Bytes that a workbook may have once it is unpacked."""

_LISTS = ("keywords", "sources")
_DAYS = ("valid_from", "valid_until", "checked")
_FORMULA = ("=", "+", "-", "@")
_WIDTHS = {"question": 40, "answer": 70, "easy": 40, "english": 40, "sources": 40, "why": 40}


def as_row(code: str, content: Content) -> dict[str, str]:
    """An article as the cells of a row."""
    row: dict[str, str] = {"code": code}
    for field in list(COLUMNS)[1:]:
        value = getattr(content, field)
        if field in _LISTS:
            row[field] = "\n".join(value)
        elif field == "audience":
            row[field] = AUDIENCES[value]
        elif field == "unsourced":
            row[field] = "はい" if value else ""
        else:
            row[field] = "" if value is None else str(value)
    return row


def content_of(row: Mapping[str, str]) -> Content:
    """What the cells of a row say.

    :raises BadInput: naming the column that cannot be read.
    """
    audience = {word: code for code, word in AUDIENCES.items()}.get(row.get("audience", "") or AUDIENCES["public"])
    if audience is None:
        raise BadInput("「見せる相手」は「だれにでも」か「オペレーター」と書いてください。")
    texts = {name: row.get(name, "").strip() for name in ("category", "menu", "department", "english_question", "english", "easy")}
    return Content(
        question=row.get("question", "").strip(), answer=row.get("answer", "").strip(), **texts,  # type: ignore[arg-type]
        keywords=_lines(row, "keywords"), sources=_lines(row, "sources"), audience=audience,  # type: ignore[arg-type]
        valid_from=_day(row, "valid_from"), valid_until=_day(row, "valid_until"), checked=_day(row, "checked"),
        unsourced=row.get("unsourced", "").strip() == "はい",
    )  # fmt: skip


def _lines(row: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in row.get(name, "").splitlines() if line.strip())


def _day(row: Mapping[str, str], name: str) -> date | None:
    text = row.get(name, "").strip().replace("/", "-")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("「%(column)s」は 2026-11-24 の形で書いてください。", column=COLUMNS[name]) from error


# -- writing ------------------------------------------------------------------------------------------------------------------


def to_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV that Excel opens as it is meant: UTF-8 with a mark; a cell that would be a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS.values())
    writer.writerows([_harmless(row.get(field, "")) for field in COLUMNS] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


def to_xlsx(sheets: Mapping[str, tuple[Sequence[str], Sequence[str], Iterable[Mapping[str, Any]]]]) -> bytes:
    """A workbook.

    :param sheets: name of a sheet to its fields, their headings, and its rows.
    """
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, (fields, headings, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(headings))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in rows:
            sheet.append(["" for _ in fields])
            for column, field in enumerate(fields, start=1):
                cell = sheet.cell(sheet.max_row, column)
                # A text is a text, whatever it begins with: never a formula.
                cell.value, cell.data_type = str(row.get(field, "")), "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column, field in enumerate(fields, start=1):
            sheet.column_dimensions[sheet.cell(1, column).column_letter].width = _WIDTHS.get(field, 16)
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# -- reading ------------------------------------------------------------------------------------------------------------------


def read(data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a sheet by field; the first row names the columns, in any order.

    :raises BadInput: where it is no such file.
    """
    lines = _of_xlsx(data) if name.lower().endswith(".xlsx") else _of_csv(data)
    if not lines:
        raise BadInput("ファイルに行がありません。一行目に列の名前、二行目から記事を書いてください。")
    fields = {heading: field for field, heading in COLUMNS.items()}
    headings = [cell.strip() for cell in lines[0]]
    unknown = [one for one in headings if one and one not in fields]
    if unknown or not {"記号", "質問", "回答"} <= set(headings):
        known = "、".join(COLUMNS.values())
        raise BadInput(
            "一行目の列の名前を確かめてください（%(unknown)s）。使えるのは %(known)s です。",
            unknown="、".join(unknown),
            known=known,
        )
    if len(lines) - 1 > MOST_ROWS:
        raise BadInput("一度に読み込めるのは%(most)s行までです。分けて読み込んでください。", most=MOST_ROWS)
    return [
        {fields[heading]: cell for heading, cell in zip(headings, line, strict=False) if heading}
        for line in lines[1:] if any(cell.strip() for cell in line)
    ]  # fmt: skip


def _of_csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            lines = list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
        return [[cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell for cell in line] for line in lines]
    raise BadInput("CSVの文字を読めません。UTF-8（BOM付き）かシフトJISで保存してください。")


def _of_xlsx(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise BadInput("ファイルが大きすぎます。記事の行だけにして、分けて読み込んでください。")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book["FAQ"] if "FAQ" in book.sheetnames else book[book.sheetnames[0]]
        return [[_text(cell) for cell in line] for line in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadInput("xlsxとして読めません。Excelで開き、xlsx形式で保存し直してください。") from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)
