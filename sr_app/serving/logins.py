"""A login in constant time, and wrong passwords that cost time."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable

FIRST, LONGEST = 0.5, 60.0
"""Seconds that the first wrong password of an address costs; each further one costs double."""

FORGOTTEN = 900.0
"""Seconds after which an address has a clean slate again."""

MOST_ADDRESSES = 10_000
"""Of which wrong passwords are remembered; the one that tried least recently goes."""


def split_auth(text: str | None) -> tuple[str, str] | None:
    """``"user:password"`` in two; a password may hold colons; ValueError where one of them is
    missing (without repeating what was given)."""
    if text is None:
        return None
    user, _, password = text.partition(":")
    if not user or not password:
        raise ValueError("Expected --auth or SR_APP_AUTH as USER:PASSWORD, both of them not empty")
    return user, password


def login_check(user: str, password: str) -> Callable[[str, str], bool]:
    """Function (name, password) -> whether both are right, in one time whatever is wrong.

    Digests are compared, so that the time does not tell a length either.
    """
    wanted = _digest(user), _digest(password)

    def check(name: str, word: str) -> bool:
        same_name = hmac.compare_digest(_digest(name), wanted[0])
        same_word = hmac.compare_digest(_digest(word), wanted[1])
        return same_name & same_word

    return check


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class Logins:
    """Wrong passwords by client. One try of a client at a time."""

    def __init__(
        self, *, most: int = MOST_ADDRESSES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._clock = most, clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how often, until when
        self._trying: set[str] = set()

    def begin(self, client: str) -> float:
        """A try begins: 0.0, or the seconds for which the client may not try."""
        now = self._clock()
        count, until = self._wrong.get(client, (0, 0.0))
        if client in self._trying:
            return self._cost(count + 1)
        if count and now > until + FORGOTTEN:
            del self._wrong[client]
        elif until > now:
            return until - now
        self._trying.add(client)
        return 0.0

    def end(self, client: str, *, right: bool | None) -> float:
        """The try has ended; returns the seconds that its answer has to wait.

        Args:
            right: None if nothing was tried after all.
        """
        self._trying.discard(client)
        if right is None:
            return 0.0
        if right:
            self._wrong.pop(client, None)
            return 0.0
        count = self._wrong.get(client, (0, 0.0))[0] + 1
        cost = self._cost(count)
        self._wrong[client] = (count, self._clock() + cost)
        self._wrong.move_to_end(client)
        while len(self._wrong) > self._most:
            self._wrong.popitem(last=False)
        return cost

    def _cost(self, count: int) -> float:
        return min(LONGEST, FIRST * 2.0 ** min(count - 1, 20))
