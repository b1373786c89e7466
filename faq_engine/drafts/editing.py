"""Drafts for editors: an answer in やさしい日本語 or English, or a first version of an article that agents have missed.

Nothing of it is published by itself: it fills a form, or becomes a draft that is marked as unsourced until a person takes that off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import msgspec

from contact_center.errors import Unavailable
from contact_center.identity import Actor
from faq_engine.drafts.endpoint import Endpoint
from faq_engine.drafts.masking import mask_out
from faq_engine.drafts.prompt import Given
from faq_engine.search.analysis import Analyzer

Task = Literal["easy", "english", "article"]
TASKS: dict[Task, str] = {
    "easy": "記事を、やさしい日本語に書きかえます。短い文にし、漢字には（ ）で読みを付けます。内容は足しも引きもしません。",
    "english": "Translate question and answer into plain English. Add nothing and leave nothing out.",
    "article": "質問に答えるFAQの案を、与えられた記事にあることだけで書きます。はじめの二行は読み上げられる文にします。",
}
FORM = '答えは次の形のJSON一つだけを出力します: {"question": "…", "answer": "…"}。{counter} のような印はそのまま写します。'


class Written(msgspec.Struct, frozen=True):
    """What a model has written, for a person to check."""

    question: str
    answer: str


class Assistant:
    """Asks a model on an editor's behalf."""

    def __init__(self, endpoint: Endpoint, analyzer: Analyzer) -> None:
        self._endpoint = endpoint
        self._analyzer = analyzer

    def write(self, actor: Actor, city: str, task: Task, question: str, answer: str, articles: Sequence[Given] = ()) -> Written:
        """A draft of that kind.

        :raises Unavailable: where the endpoint is away, slow, or says nothing that can be used.
        """
        # An article that is not published yet may hold what an editor has copied from a call.
        masked = mask_out("\n\n".join((question, answer)), self._analyzer)
        question, _, answer = masked.text.partition("\n\n")
        self._endpoint.permit(actor, city, "faq.assist", f"task:{task}", masked.text)
        data = {
            "task": task, "question": question, "answer": answer,
            "articles": [{"id": a.code, "question": a.question, "answer": a.answer} for a in articles],
        }  # fmt: skip
        messages = [
            {"role": "system", "content": TASKS[task] + FORM}, {"role": "user", "content": json.dumps(data, ensure_ascii=False)},
        ]  # fmt: skip
        try:
            said = "".join(self._endpoint.ask(messages)).strip().removeprefix("```json").removesuffix("```")
            written = msgspec.json.decode(said.encode(), type=Written)
        except (TimeoutError, msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise Unavailable("下書きの接続先が、使える文を返しませんでした。") from error
        return Written(masked.restore(written.question), masked.restore(written.answer))
