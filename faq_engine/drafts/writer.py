"""Asking a model, and letting through only what the articles say.

What leaves the machine is the masked question and published text; each asking is on the audit trail before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contact_center.errors import Unavailable
from contact_center.identity import Actor
from faq_engine.drafts import prompt
from faq_engine.drafts.checks import Checker, whole
from faq_engine.drafts.endpoint import Endpoint
from faq_engine.drafts.masking import mask_out
from faq_engine.drafts.prompt import Given
from faq_engine.search.analysis import Analyzer

MOST_SENTENCES = 5


@dataclass(frozen=True)
class Sentence:
    """A sentence that an article bears out.

    :param verbatim: it is the article's own, in the place of a model's wording that could not be checked.
    """

    text: str
    code: str
    edition: int
    quote: str
    verbatim: bool = False


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
    """Writes drafts of answers."""

    def __init__(self, endpoint: Endpoint, analyzer: Analyzer) -> None:
        self._endpoint = endpoint
        self._analyzer = analyzer
        self._checker = Checker(analyzer)

    def write(self, actor: Actor, city: str, contact: int | None, question: str, articles: list[Given]) -> Draft:
        """Begin a draft.

        :raises MadoguchiError: where nothing may be sent (see `Endpoint.permit`).
        """
        masked = mask_out(question, self._analyzer)
        subject = f"contact:{contact}" if contact else f"city:{city}"
        where = self._endpoint.permit(actor, city, "faq.draft", subject, masked.text)
        said = self._endpoint.ask(prompt.messages(masked.text, articles))
        return Draft(masked.text, where, self._checked(said, {one.code: one for one in articles}, masked.restore))

    def _checked(
        self, said: Iterator[str], articles: dict[str, Given], restore: Callable[[str], str]
    ) -> Iterator[Sentence | Ending]:
        kept = dropped = 0
        given_up, read = "", set[str]()
        lines = prompt.sentences(said)
        while kept < MOST_SENTENCES:
            try:
                line = next(lines)
            except StopIteration:
                break
            except TimeoutError:
                given_up = "slow"
                break
            except Unavailable:
                given_up = "provider"
                break
            article = articles.get(line.article) if line is not None else None
            if line is None or article is None or article.edition != line.edition:
                dropped += 1
                continue
            told = whole(line.quote, article.answer)
            borne_out = self._checker.bears_out(line, article)
            dropped += not borne_out
            # What the model pointed at is true, whatever it made of it: the article's own sentence is shown, once.
            if borne_out or (told and told not in read):
                kept += 1
                text = restore(line.text) if borne_out else told
                yield Sentence(text, article.code, article.edition, line.quote, verbatim=not borne_out)
            read.add(told)
        yield Ending(kept, dropped, given_up)
