"""Asking a model, and letting through only what the articles say.

What leaves the machine is the masked question and published text; each asking is on the audit trail before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.errors import Conflict, NotAllowed, Unavailable
from contact_center.identity import Actor
from contact_center.settings import Settings
from faq_engine.drafts import prompt
from faq_engine.drafts.checks import Checker
from faq_engine.drafts.masking import mask_out
from faq_engine.drafts.prompt import Given
from faq_engine.search.analysis import Analyzer
from faq_engine.settings import (
    DRAFT_ABROAD,
    DRAFT_COUNTRY,
    DRAFT_KEY,
    DRAFT_MODEL,
    DRAFT_RETENTION,
    DRAFT_TIMEOUT,
    DRAFT_URL,
)

MOST_SENTENCES = 5
QUIET = 5.0
"""Seconds without a word after which an endpoint is given up."""

HOME = "JP"
_NEAR = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Sentence:
    """A sentence that an article bears out."""

    text: str
    code: str
    edition: int
    quote: str


@dataclass(frozen=True)
class Ending:
    """How a draft ended.

    :param dropped: sentences that no article bears out.
    :param given_up: why the rest did not come: `slow`, `provider` or nothing.
    """

    kept: int
    dropped: int
    given_up: str = ""


@dataclass(frozen=True)
class Draft:
    """A draft that is being written.

    :param sent: what has left the machine of the question.
    :param endpoint: where to, with its country and what its provider keeps.
    """

    sent: str
    endpoint: str
    parts: Iterator[Sentence | Ending]


class Drafter:
    """Writes drafts with the endpoint of the settings."""

    def __init__(self, settings: Settings, clock: Clock, audit: AuditTrail, analyzer: Analyzer) -> None:
        self._settings = settings
        self._clock = clock
        self._audit = audit
        self._analyzer = analyzer
        self._checker = Checker(analyzer)

    @property
    def is_on(self) -> bool:
        """Whether there is an endpoint, and its provider has declared country and retention."""
        return all(self._settings[one] for one in (DRAFT_URL, DRAFT_MODEL, DRAFT_COUNTRY, DRAFT_RETENTION))

    def write(self, actor: Actor, city: str, contact: int | None, question: str, articles: list[Given]) -> Draft:
        """Begin a draft.

        :raises Conflict: where drafts are off.
        :raises NotAllowed: where the city allows no endpoint in that country.
        :raises Unavailable: where the address is neither encrypted nor on this machine.
        """
        settings = self._settings
        if not self.is_on:
            raise Conflict("下書きは使われていません。検索の結果から案内してください。")
        abroad = {one.strip() for one in settings[DRAFT_ABROAD].split(",")}
        if settings[DRAFT_COUNTRY].upper() != HOME and city not in abroad:
            raise NotAllowed("この市は、国外で処理する下書きを認めていません。検索の結果から案内してください。")
        address = urlsplit(settings[DRAFT_URL])
        if address.scheme != "https" and address.hostname not in _NEAR:
            raise Unavailable("下書きの接続先が暗号化されていません。設定の faq.draft_url を https にしてください。")
        masked = mask_out(question, self._analyzer)
        detail = {"endpoint": address.hostname, "country": settings[DRAFT_COUNTRY], "characters": len(masked.text)}
        self._audit.record(Act(actor.word, "faq.draft", f"contact:{contact}" if contact else f"city:{city}", detail))
        said = self._ask(prompt.messages(masked.text, articles))
        where = f"{address.hostname}（{settings[DRAFT_COUNTRY]}・{settings[DRAFT_RETENTION]}）"
        return Draft(masked.text, where, self._checked(said, {one.code: one for one in articles}, masked.restore))

    def _checked(
        self, said: Iterator[str], articles: dict[str, Given], restore: Callable[[str], str]
    ) -> Iterator[Sentence | Ending]:
        # The client of an endpoint is loaded by who asks one, not by every page.
        import httpx2
        import openai

        kept = dropped = 0
        given_up = ""
        lines = prompt.sentences(said)
        while kept < MOST_SENTENCES:
            try:
                line = next(lines)
            except StopIteration:
                break
            except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException):
                given_up = "slow"
                break
            except (openai.OpenAIError, httpx2.HTTPError, ValueError, OSError):
                given_up = "provider"
                break
            article = articles.get(line.article) if line is not None else None
            if line is None or article is None or article.edition != line.edition or not self._checker.bears_out(line, article):
                dropped += 1
                continue
            kept += 1
            yield Sentence(restore(line.text), article.code, article.edition, line.quote)
        yield Ending(kept, dropped, given_up)

    def _ask(self, messages: list[dict[str, str]]) -> Iterator[str]:
        import openai

        settings = self._settings
        until = self._clock.monotonic() + settings[DRAFT_TIMEOUT]
        with openai.OpenAI(
            base_url=settings[DRAFT_URL], api_key=settings[DRAFT_KEY] or "none", max_retries=0,
            timeout=openai.Timeout(QUIET, connect=3.0),
        ) as client:  # fmt: skip
            answer = client.chat.completions.create(
                model=settings[DRAFT_MODEL], messages=cast("Any", messages), stream=True, temperature=0, max_tokens=1200
            )
            for chunk in cast("Iterator[Any]", answer):
                if self._clock.monotonic() > until:
                    raise TimeoutError
                for choice in chunk.choices:
                    if choice.delta.content:
                        yield choice.delta.content
