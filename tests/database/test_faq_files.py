"""Editions that are delivered, sheets in and out, documents and their receipts."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from faq_engine import documents, exchange, sheets
from faq_engine.content import Content, Document
from faq_engine.model import Article, EditionRow, FileRow, Revision
from tests.conftest import MORNING, person
from tests.database.faq_table import CITY, Desk


@pytest.fixture
def table(house: House) -> Desk:
    return Desk(house)


def editions(table: Desk) -> list[EditionRow]:
    with table.house.database.reading() as session:
        return table.faq.editions.listed(session, CITY)


def cells(data: bytes, sheet: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True))


@pytest.mark.requirement("IZ-06", "TO-12")
def test_an_edition_is_frozen_numbered_and_delivered_with_its_changes_and_digest(table: Desk) -> None:
    table.publish("fee", "手数料はいくらですか。", "千円です。")
    gone = table.publish("old", "旧い制度は何ですか。", "終わりました。")
    boss = table.boss
    assert table.faq.editions.make(boss, CITY, "初めての納品") == 1
    with pytest.raises(BadInput, match="変わったところがありません"):
        table.faq.editions.make(boss, CITY, "")
    fee = next(article for article in (table.article(1), table.article(2)) if article.code == "fee")
    table.do("write", table.editor, fee.id, 1, Content(question="手数料はいくらですか。", answer="八百円です。"), "料金改定")
    table.to_city(fee.id)
    table.confirm()
    table.do("withdraw", boss, gone, "制度が終わった")
    table.publish("new", "新しい制度は何ですか。", "始まりました。")
    assert table.faq.editions.make(boss, CITY, "") == 2
    second, first = editions(table)
    with table.house.database.reading() as session:
        files = {
            (row.number, kind): table.faq.editions.file(session, table.city, row.id, kind)
            for row in (first, second) for kind in ("xlsx", "pdf")
        }  # fmt: skip
    for file in files.values():
        assert hashlib.sha256(file.data).hexdigest() == file.sha256
    assert files[1, "pdf"].data.startswith(b"%PDF-")
    # What was delivered first still says what it said then.
    assert ("fee", "手数料はいくらですか。", "千円です。") in [row[:3] for row in cells(files[1, "xlsx"].data, "FAQ")]
    changes = {row[1]: (row[0], *row[3:]) for row in cells(files[2, "xlsx"].data, "改訂表")[1:]}
    assert changes["fee"] == ("改訂", "2", "editor", "2026-11-24", "料金改定", "千円です。", "八百円です。")
    assert (changes["old"][0], changes["new"][0]) == ("廃止", "追加")


def test_an_edition_of_another_city_is_not_handed_out(table: Desk) -> None:
    table.publish("fee", "手数料はいくらですか。", "千円です。")
    table.faq.editions.make(table.boss, CITY, "")
    stranger = person(table.house, "stranger", "city_staff")
    object.__setattr__(stranger, "cities", frozenset({"elsewhere"}))
    [row] = editions(table)
    with table.house.database.reading() as session, pytest.raises(NotFound):
        table.faq.editions.file(session, stranger, row.id, "pdf")


LINE = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=40).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=LINE, answer=st.lists(LINE, min_size=1, max_size=4).map("\n".join), keywords=st.lists(LINE, max_size=3))
def test_a_sheet_that_is_handed_in_again_changes_nothing(question: str, answer: str, keywords: list[str]) -> None:
    content = Content(question=question, answer=answer, keywords=tuple(keywords))
    row = sheets.as_row("a-b", content)
    for name, data in (
        ("x.csv", sheets.to_csv([row])),
        ("x.xlsx", sheets.to_xlsx({"FAQ": (tuple(sheets.COLUMNS), tuple(sheets.COLUMNS.values()), [row])})),
    ):
        [read] = sheets.read(data, name)
        again = sheets.content_of(read)
        assert (again.question, again.answer.splitlines(), again.keywords) == (question, answer.splitlines(), tuple(keywords))


def test_no_cell_of_a_sheet_is_a_formula_when_it_is_opened() -> None:
    row = sheets.as_row("a-b", Content(question='=HYPERLINK("http://x","y")', answer="-1+2"))
    book = load_workbook(io.BytesIO(sheets.to_xlsx({"FAQ": (tuple(sheets.COLUMNS), tuple(sheets.COLUMNS.values()), [row])})))
    assert {cell.data_type for line in book["FAQ"].iter_rows() for cell in line if cell.value} == {"s"}
    line = list(csv.reader(io.StringIO(sheets.to_csv([row]).decode("utf-8-sig"))))[1]
    assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]


HEAD = {"code": "", "question": "", "answer": ""}


def sheet(*rows: dict[str, str]) -> list[dict[str, str]]:
    return [{**HEAD, **row} for row in rows]


KNOWN = exchange.Known(frozenset({"pin", "fee"}), frozenset({"card"}), frozenset({"citizens"}))


def plan(table: Desk, rows: list[dict[str, str]]) -> exchange.Plan:
    with table.house.database.reading() as session:
        return exchange.plan(session, table.editor, "", rows, KNOWN)


def apply(table: Desk, planned: exchange.Plan, mark: str) -> int:
    with table.house.database.session_scope() as session:
        return exchange.apply(session, table.faq.workflow, table.editor, "", planned, mark, "表から")


@pytest.mark.requirement("TO-12")
def test_a_sheet_is_shown_line_by_line_and_then_taken_in_whole_or_not_at_all(table: Desk) -> None:
    table.publish("fee", "手数料はいくらですか。", "千円です。", category="loss")
    good = sheet(
        {"code": "fee", "question": "手数料はいくらですか。", "answer": "八百円です。"},
        {"code": "new-one", "question": "予約は要りますか。", "answer": "要ります。"},
    )
    bad = sheet(
        *good, {"code": "Bad Code", "question": "x", "answer": "x"}, {"code": "empty", "question": "x", "answer": ""},
        {"code": "new-one", "question": "y", "answer": "y"}, {"code": "day", "question": "x", "answer": "x", "valid_until": "来年"},
        {"code": "place", "question": "x", "answer": "{mayor}です"},
        {"code": "sort", "question": "x", "answer": "x", "category": "zzz"},
        {"code": "office", "question": "x", "answer": "x", "department": "xxx"},
        {"code": "number", "question": "x", "answer": "番号は123456789012です。"},
    )  # fmt: skip
    shown = plan(table, bad)
    assert [(line.number, line.effect) for line in shown] == [
        (2, "changed"), (3, "new"), (4, "refused"), (5, "refused"), (6, "refused"), (7, "refused"), (8, "refused"),
        (9, "refused"), (10, "refused"), (11, "refused"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="読み込めない行"):
        apply(table, shown, shown.mark)
    with table.house.database.reading() as session:
        assert session.query(Article).count() == 1
    shown = plan(table, good)
    assert apply(table, shown, shown.mark) == 2
    with table.house.database.reading() as session:
        newest = session.query(Revision).filter_by(article_id=1, number=2).one()
    # A column that the sheet does not have leaves what stands there.
    assert (newest.content["answer"], newest.content["category"]) == ("八百円です。", "loss")
    assert table.answer("fee") == "千円です。"
    assert plan(table, good).counts() == {"new": 0, "changed": 0, "same": 2, "refused": 0}


def test_a_sheet_is_shown_again_where_somebody_wrote_meanwhile(table: Desk) -> None:
    id = table.publish("fee", "手数料はいくらですか。", "千円です。")
    rows = sheet({"code": "fee", "question": "手数料はいくらですか。", "answer": "八百円です。"})
    seen = plan(table, rows).mark
    table.do("write", table.editor, id, 1, Content(question="手数料はいくらですか。", answer="七百円です。"), "先に")
    with pytest.raises(Conflict, match="もう一度"):
        apply(table, plan(table, rows), seen)
    assert table.article(id).newest == 2


@pytest.mark.parametrize(
    ("data", "name", "hint"),
    [
        (b"", "a.csv", "行がありません"), (b"PK\x03\x04broken", "a.xlsx", "xlsx"), (b"\x81", "a.csv", "文字"),
        ("記号,答え\na,b\n".encode(), "a.csv", "列の名前"),
        ("記号,質問,回答\n".encode() + b"a,b,c\n" * (sheets.MOST_ROWS + 1), "a.csv", "分けて"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused_with_what_to_do(data: bytes, name: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        sheets.read(data, name)


@pytest.mark.requirement("KQ-03")
def test_a_document_is_reviewed_confirmed_handed_out_and_received_in_its_newest_version(table: Desk) -> None:
    def version(data: bytes) -> Document:
        with table.house.database.session_scope() as session:
            file = documents.keep(session, "手引き.pdf", data)
            return Document(title="応対の手引き", sort="manual", file=file.sha256, filename=file.name)

    id = table.do("create", table.editor, "guide", "", version(b"%PDF one"), "初版")
    with table.house.database.reading() as session:
        assert documents.in_force(session, [CITY], MORNING) == []
    table.to_city(id)
    table.confirm()

    def handed_out() -> list[tuple[int, bytes]]:
        with table.house.database.reading() as session:
            held = documents.in_force(session, [CITY], MORNING)
            return [(r.number, session.get_one(FileRow, r.content["file"]).data) for _, r in held]

    assert handed_out() == [(1, b"%PDF one")]
    with table.house.database.session_scope() as session:
        documents.receive(session, table.agent, table.house.clock, 1)
        documents.receive(session, table.agent, table.house.clock, 1)
        got = documents.receipts(session, [1])[1]
        assert [who.account for _, who in got] == ["agent"]
        assert {one.account for one in documents.readers(session, frozenset({CITY}))} == {"agent", "boss"}
    table.do("write", table.editor, id, 1, version(b"%PDF two"), "改訂")
    table.to_city(id)
    table.confirm()
    assert handed_out() == [(2, b"%PDF two")]
    with table.house.database.session_scope() as session:
        assert documents.receipts(session, [2]) == {}
        with pytest.raises(NotFound):
            documents.receive(session, table.agent, table.house.clock, 1)
        with pytest.raises(BadInput, match="扱える"):
            documents.keep(session, "virus.exe", b"MZ")
