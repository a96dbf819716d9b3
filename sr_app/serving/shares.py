"""How much of the page one client may have at a time, and all together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Full(Exception):  # noqa: N818 - it is no error of the page
    """There is no share left: of one client, or of all."""


class Shares:
    """Requests that are being answered, by kind and client.

    Args:
        most: kind -> (of one client, of all).
    """

    def __init__(self, most: Mapping[str, tuple[int, int]]) -> None:
        self._most = dict(most)
        self._taken: dict[str, Counter[str]] = {kind: Counter() for kind in most}
        self._lock = threading.Lock()

    @contextmanager
    def take(self, kind: str, client: str) -> Iterator[None]:
        """A share, for the length of the block; a kind without a limit has them for everybody; Full
        if the client, or all together, have what they may have."""
        if kind not in self._most:
            yield
            return
        each, all_together = self._most[kind]
        taken = self._taken[kind]
        with self._lock:
            if taken[client] >= each or taken.total() >= all_together:
                raise Full(kind)
            taken[client] += 1
        try:
            yield
        finally:
            with self._lock:
                taken[client] -= 1
                if not taken[client]:
                    del taken[client]
