"""Searching the FAQ as the agent types: inside the engine, and from a key's request to its answer through nginx and web."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPSConnection
from importlib.resources import files
from itertools import cycle, islice
from typing import Any

from admin.demo.stage import Stage
from bench.measure import Aim, Findings, Spread, Table, ratio, whole_centre
from contact_center.settings import WEB_PORT
from contact_center.web import COOKIE
from faq_engine.content import Content, as_json
from faq_engine.model import Article, ChangeRow, Publication, Revision
from faq_engine.model import Stage as ArticleStage
from faq_engine.search import Analyzer, Entry, Finder, engine_named
from faq_engine.shipped import shipped

MEASURED = """Milliseconds. The articles are the product's own, again and again with other numbers and place names, until there are
2,000 and 20,000 of them in force for one city. Every judged situation is typed in every form; inside the engine each is one search,
analysis included, side by side with Whoosh on the same tokens. Over HTTP each form is typed key by key, every key a request through
nginx to the web process, as the panel makes it. An edit is timed from its commit to the first answer that has it, asked of all web
processes without a pause."""

FORMS = ("sentence", "words", "kana", "typo", "romaji")
SIZES = (2_000, 20_000)
ENGINE_AIM, KEY_AIM = {2_000: 2.0, 20_000: 5.0}, {2_000: 10.0, 20_000: 20.0}
EDIT_AIM = 100.0
WHOOSH_QUERIES = 60
TYPED = 40
EDITS = 20
CITY = "mihon"
CHUNK = 500


def run() -> Findings:
    """Measure both sizes."""
    found = {size: _measure(size) for size in SIZES}
    return _findings(found)


def _contents(size: int) -> Iterator[tuple[str, Content]]:
    """So many articles: the product's own, then the same with other numbers."""
    own = [(code, content) for code, content in shipped() if not content.unsourced]
    for n, (code, content) in enumerate(islice(cycle(own), size)):
        turn = n // len(own)
        if not turn:
            yield code, content
            continue
        change = lambda text, turn=turn: re.sub(r"\d+", lambda m: str(int(m.group()) + turn), text) + f"（{turn}番目の地区）"  # noqa: E731
        yield f"{code[:50]}-{turn}", Content(
            question=change(content.question), answer=change(content.answer), keywords=content.keywords, department="citizens"
        )


def _queries() -> list[str]:
    situations = json.loads(files("faq_engine").joinpath("judged", "situations.json").read_text("utf-8"))
    return [one[form] for one in situations for form in FORMS]


def _measure(size: int) -> dict[str, Any]:
    articles, queries = list(_contents(size)), _queries()
    analyzer = Analyzer()
    spreads: dict[str, Spread] = {}
    for name, asked in (("ranked", queries), ("whoosh", queries[:: max(1, len(queries) // WHOOSH_QUERIES)])):
        finder = Finder(analyzer, engine_named(name))
        finder.replace(Entry(code, c.question, c.answer, " ".join(c.keywords)) for code, c in articles)
        spreads[name] = Spread.of(_timed(finder, query) for query in asked)
    with whole_centre(web__workers=2) as on_stage:
        _fill(on_stage, articles)
        spreads["keys"], spreads["edit"], first = _over_http(on_stage, queries)
    return {"spreads": spreads, "first": first}


def _timed(finder: Finder, query: str) -> float:
    began = time.perf_counter()
    finder.search(query, 8)
    return (time.perf_counter() - began) * 1000


def _fill(on_stage: Stage, articles: Sequence[tuple[str, Content]]) -> None:
    now = on_stage.house.clock.now()
    for start in range(0, len(articles), CHUNK):
        with on_stage.house.database.session_scope() as session:
            for code, content in articles[start : start + CHUNK]:
                article = Article(code=code, city="", kind="article", newest=1, stage=ArticleStage.DONE)
                session.add(article)
                session.flush()
                revision = Revision(
                    article_id=article.id, number=1, content=as_json(content), made_at=now, made_by="operator", why="測定",
                    valid_until=None,
                )  # fmt: skip
                session.add(revision)
                session.flush()
                publication = Publication(city=CITY, code=code, revision_id=revision.id, since=now, until=None)
                session.add(publication)
                session.flush()
                session.add(ChangeRow(publication_id=publication.id))


class Typist:
    """An agent's panel: one connection that stays open, as a browser's does."""

    def __init__(self, on_stage: Stage) -> None:
        house = on_stage.house
        context = ssl.create_default_context(cafile=str(on_stage.home / "tls" / "authority.pem"))
        port = house.settings[WEB_PORT]
        self._page = f"https://localhost:{port}/console"
        self._connection = HTTPSConnection("localhost", port, context=context, timeout=120)
        self._cookie = f"{COOKIE}={house.sessions.sign_in('agent', on_stage.passwords['agent'])}"
        panel, form_cookie = self._ask("GET", "/faq/panel", None, {})
        self._cookie += "; " + form_cookie
        self._token = re.search(r'data-csrf="([^"]+)"', panel)[1]  # type: ignore[index]

    def types(self, text: str) -> dict[str, Any]:
        """One key: what the panel shows after it."""
        body = json.dumps({"typed": text, "city": CITY, "menu": "", "public": False})
        answer, _ = self._ask("POST", "/faq/search", body, {"X-CSRFToken": self._token, "Referer": self._page})
        found: dict[str, Any] = json.loads(answer)
        return found

    def _ask(self, method: str, path: str, body: str | None, more: dict[str, str]) -> tuple[str, str]:
        headers = {"Cookie": self._cookie, "Content-Type": "application/json", "Accept": "application/json, text/html", **more}
        self._connection.request(method, path, body.encode() if body else None, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:200]}")
        return text, (answer.headers.get("Set-Cookie") or "").partition(";")[0]


def _over_http(on_stage: Stage, queries: Sequence[str]) -> tuple[Spread, Spread, float]:
    typists = [Typist(on_stage) for _ in range(4)]
    began = time.perf_counter()
    for _ in range(6):
        # Every web process builds its index with its first search.
        for typist in typists:
            typist.types("予約")
    first = time.perf_counter() - began
    keys = []
    for query in queries[:: max(1, len(queries) // TYPED)]:
        for end in range(1, len(query) + 1):
            began = time.perf_counter()
            typists[0].types(query[:end])
            keys.append((time.perf_counter() - began) * 1000)
    edits = [_edit(on_stage, typists, n) for n in range(EDITS)]
    return Spread.of(keys), Spread.of(edits), round(first, 2)


def _edit(on_stage: Stage, typists: Sequence[Typist], n: int) -> float:
    """Milliseconds from the commit of a new article until each connection has had an answer with it."""
    word = f"特別番号{n}番の件"
    _fill(on_stage, [(f"edit-{n}", Content(question=f"{word}は何ですか。", answer="測定です。"))])
    began = time.perf_counter()
    for typist in typists:
        while not any(one["code"] == f"edit-{n}" for one in typist.types(word)["found"]):
            pass
    return (time.perf_counter() - began) * 1000


def _findings(found: dict[int, dict[str, Any]]) -> Findings:
    rows, aims = [], []
    for size, one in found.items():
        spreads = one["spreads"]
        for name, title in (
            ("ranked", "a search inside our engine"), ("whoosh", "the same inside Whoosh"), ("keys", "a key's request, answered"),
            ("edit", "an edit, in every web process"),
        ):  # fmt: skip
            rows.append((f"{size:,}: {title}", *spreads[name].cells(2)))
        aims += [
            Aim(f"{size:,} articles: p95 inside the engine under {ENGINE_AIM[size]:g} ms", f"{spreads['ranked'].p95:.2f} ms",
                spreads["ranked"].p95 < ENGINE_AIM[size]),
            Aim(f"{size:,} articles: p95 of a key's request under {KEY_AIM[size]:g} ms", f"{spreads['keys'].p95:.2f} ms",
                spreads["keys"].p95 < KEY_AIM[size]),
            Aim(f"{size:,} articles: an edit is seen everywhere within {EDIT_AIM:g} ms (p95)", f"{spreads['edit'].p95:.1f} ms",
                spreads["edit"].p95 < EDIT_AIM),
        ]  # fmt: skip
    figures = {str(size): {name: spread.__dict__ for name, spread in one["spreads"].items()} for size, one in found.items()}
    figures["whoosh_by_ours"] = {
        str(size): ratio(one["spreads"]["whoosh"].p95, one["spreads"]["ranked"].p95) for size, one in found.items()
    }
    figures["seconds_until_every_process_has_its_index"] = {str(size): one["first"] for size, one in found.items()}
    built = ", ".join(f"{size:,}: {one['first']:.1f} s" for size, one in found.items())
    tables = [Table("Milliseconds", ("", "median", "p95", "worst"), rows)]
    return Findings("The FAQ", MEASURED + f" Until both web processes had built their index: {built}.", tables, aims, figures)
