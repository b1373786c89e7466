"""`madoguchi faq …`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from admin.cli.context import Context
from contact_center.errors import BadInput

FORMS = ("sentence", "words", "kana", "typo", "romaji")


@click.group()
def faq() -> None:
    """Articles, their search and its measures."""


@faq.command("load")
@click.pass_obj
def load(context: Context) -> None:
    """Put the articles that come with the product into the centre, to be confirmed by its cities."""
    from faq_engine.shipped import load

    new = load(context.house())
    context.show(
        {"new": new}, f"{new}件を読み込みました。出典未確認の記事は下書きです。ほかは、市の確認で公開されます（/faq/city）。"
    )


@faq.command("rebuild")
@click.pass_obj
def rebuild(context: Context) -> None:
    """Let every process build its index anew from the database."""
    from faq_engine.model import ChangeRow

    with context.house().database.session_scope() as session:
        session.add(ChangeRow(publication_id=None))
    context.show({"rebuilt": True}, "次の検索から、どの画面でも索引が作り直されます。")


_FILE = click.Path(path_type=Path)


@faq.command("eval")
@click.option("--corpus", type=_FILE, help='Articles as JSON: {id: "Question: …\\nAnswer: …"}.')
@click.option("--queries", type=_FILE, help="Queries as JSON: {id: text}.")
@click.option("--qrels", type=_FILE, help="Judgements as JSON: {query: {id: grade}}.")
@click.option(
    "--own", type=click.Choice(FORMS), help="Instead of files: the product's own articles and judged situations, asked so."
)
@click.option("--engine", "engines", multiple=True, help="Only this engine; may be given more than once.")
@click.option("--kana", is_flag=True, help="Ask as if typed in hiragana without conversion.")
@click.pass_obj
def evaluate(
    context: Context,
    corpus: Path | None,
    queries: Path | None,
    qrels: Path | None,
    own: str | None,
    engines: tuple[str, ...],
    kana: bool,
) -> None:
    """Ask every engine the judged queries: nDCG@10, MRR, hits, and how long it takes."""
    from faq_engine import evaluate as measuring
    from faq_engine.evaluate import Measure, evaluate, in_kana
    from faq_engine.search import ENGINES, Analyzer, engine_named

    if own is None and (corpus is None or queries is None or qrels is None):
        raise BadInput("--corpus・--queries・--qrels の三つか、--own を指定してください。")
    chosen = {name: engine_named(name) for name in engines or ENGINES}
    analyzer = Analyzer()
    judged = measuring.own(own) if own else measuring.read_judged(corpus, queries, qrels)  # type: ignore[arg-type]
    results = [
        evaluate(name, engine, analyzer, judged, (lambda text: in_kana(analyzer, text)) if kana else (lambda text: text))
        for name, engine in chosen.items()
    ]

    def cell(measure: Measure) -> str:
        return f"{measure.mean:.3f} ({measure.low:.3f}-{measure.high:.3f})"

    rows: list[tuple[Any, ...]] = [
        (
            one.engine, one.queries, cell(one.ndcg), cell(one.mrr), *(cell(hit) for hit in one.hit.values()),
            f"{one.p50_ms:.2f}", f"{one.p95_ms:.2f}",
        )
        for one in results
    ]  # fmt: skip
    headings = ("検索", "質問", "nDCG@10", "MRR", "1位", "3位まで", "10位まで", "p50 (ms)", "p95 (ms)")
    context.table([one.as_dict() for one in results], headings, rows)


@faq.command("draft-eval")
@click.option("--statements", type=_FILE, help="Judged statements as JSON; the product's own where none is given.")
@click.option("--own", type=click.Choice(["tuned", "kept-back"]), default="kept-back", help="Which of the product's own.")
@click.pass_obj
def draft_eval(context: Context, statements: Path | None, own: str) -> None:
    """How many false sentences the checks of drafts let through, and how many true ones; and silence where no article answers."""
    from faq_engine.drafts.evaluate import abstention, evaluate, read_statements

    rows = evaluate(read_statements(statements, own))
    silent = abstention()
    table: list[tuple[Any, ...]] = [
        (row.kind, row.count, row.accepted, f"{row.rate:.1%}", f"{row.low:.1%}-{row.high:.1%}") for row in rows
    ]
    table.append(("unanswerable", silent.count, silent.accepted, f"{silent.rate:.1%}", f"{silent.low:.1%}-{silent.high:.1%}"))
    result = [row.as_dict() for row in (*rows, silent)]
    context.table(result, ("種類", "文", "通した数", "割合", "95%区間"), table)
