"""What the centre is to hear of sessions that are over: in its order, and told again where the link was lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from contact_center.errors import MadoguchiError, Unavailable


class Untold:
    """One kiosk's.

    :param ask: tells the centre one thing, and waits for its answer.
    """

    def __init__(self, ask: Callable[..., Awaitable[Any]]) -> None:
        self._ask = ask
        self._all: deque[tuple[str, dict[str, Any]]] = deque()
        self._telling = asyncio.Lock()

    def over(self, session: int, how: str) -> None:
        """A session has ended."""
        self._all.append(("kiosk.end", {"session": session, "how": how}))

    def wiped(self, session: int, complete: bool, seconds: float = 0.0) -> None:
        """Its folder and processes were removed.

        :param complete: whether nothing was left.
        :param seconds: that it took.
        """
        self._all.append(("kiosk.wiped", {"session": session, "complete": complete, "seconds": round(seconds, 2)}))

    async def tell(self) -> None:
        """Tell all of it.

        :raises Unavailable: where the link is lost; the rest is told when somebody asks for it anew.
        """
        async with self._telling:
            while self._all:
                word, values = self._all[0]
                try:
                    await self._ask(word, **values)
                except Unavailable:
                    raise
                except MadoguchiError:
                    # The centre does not know that session any more: what comes after it is told all the same.
                    pass
                self._all.popleft()
