"""The endpoint of the settings: whether it may be asked, by whom it was, and asking it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.errors import Conflict, NotAllowed, Unavailable
from contact_center.identity import Actor
from contact_center.settings import Settings
from faq_engine.settings import (
    DRAFT_ABROAD,
    DRAFT_COUNTRY,
    DRAFT_KEY,
    DRAFT_MODEL,
    DRAFT_RETENTION,
    DRAFT_TIMEOUT,
    DRAFT_URL,
)

QUIET = 5.0
"""Seconds without a word after which an endpoint is given up."""

LONGEST = 1200
"""Tokens of an answer."""

HOME = "JP"
_NEAR = ("127.0.0.1", "localhost", "::1")


class Endpoint:
    """An OpenAI-compatible endpoint."""

    def __init__(self, settings: Settings, clock: Clock, audit: AuditTrail) -> None:
        self._settings = settings
        self._clock = clock
        self._audit = audit

    @property
    def is_on(self) -> bool:
        """Whether there is one, and its provider has declared country and retention."""
        return all(self._settings[one] for one in (DRAFT_URL, DRAFT_MODEL, DRAFT_COUNTRY, DRAFT_RETENTION))

    def permit(self, actor: Actor, city: str, act: str, subject: str, text: str) -> str:
        """Refuse what may not be sent, and put the asking on the audit trail; where to, in words.

        :param city: whose articles they are; empty: all cities'.
        :param text: what will be sent of a person's words; only its length is kept.
        :raises Conflict: where drafts are off.
        :raises NotAllowed: where the city allows no endpoint in that country.
        :raises Unavailable: where the address is neither encrypted nor on this machine.
        """
        settings = self._settings
        if not self.is_on:
            raise Conflict("下書きは使われていません。検索の結果から案内してください。")
        abroad = {one.strip() for one in settings[DRAFT_ABROAD].split(",")}
        if settings[DRAFT_COUNTRY].upper() != HOME and city not in abroad - {""}:
            raise NotAllowed("この市は、国外で処理する下書きを認めていません。検索の結果から案内してください。")
        address = urlsplit(settings[DRAFT_URL])
        if address.scheme != "https" and address.hostname not in _NEAR:
            raise Unavailable("下書きの接続先が暗号化されていません。設定の faq.draft_url を https にしてください。")
        detail = {"endpoint": address.hostname, "country": settings[DRAFT_COUNTRY], "characters": len(text)}
        self._audit.record(Act(actor.word, act, subject, detail))
        return f"{address.hostname}（{settings[DRAFT_COUNTRY]}・{settings[DRAFT_RETENTION]}）"

    def ask(self, messages: list[dict[str, str]]) -> Iterator[str]:
        """What the model says, piece by piece.

        :raises TimeoutError: where it takes too long.
        :raises Unavailable: where the endpoint refuses, breaks off, or talks nonsense.
        """
        # The client is loaded by who asks, not by every page.
        import httpx2
        import openai

        try:
            yield from self._stream(openai, messages)
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise TimeoutError from error
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise Unavailable("下書きの接続先が応えません。") from error

    def _stream(self, openai: Any, messages: list[dict[str, str]]) -> Iterator[str]:
        settings = self._settings
        until = self._clock.monotonic() + settings[DRAFT_TIMEOUT]
        with openai.OpenAI(
            base_url=settings[DRAFT_URL], api_key=settings[DRAFT_KEY] or "none", max_retries=0,
            timeout=openai.Timeout(QUIET, connect=3.0),
        ) as client:  # fmt: skip
            answer = client.chat.completions.create(
                model=settings[DRAFT_MODEL], messages=messages, stream=True, temperature=0, max_tokens=LONGEST
            )
            for chunk in cast("Iterator[Any]", answer):
                if self._clock.monotonic() > until:
                    raise TimeoutError
                for choice in chunk.choices:
                    if choice.delta.content:
                        yield choice.delta.content
