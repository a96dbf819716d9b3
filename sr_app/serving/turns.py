"""A line in which clients take turns: whoever brings forty things waits for the other thirty-nine.

One thing of each client, then the next of each; within a client, one of each of its sessions. Who
comes new waits for one thing of every other client at most, however many those brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")
Who = tuple[str, str]
"""Client and session."""


class Crowded(Exception):  # noqa: N818 - it is no error of the page
    """There is no place in the line: those that wait are as many as may, and of as many clients."""


class Turns(Generic[T]):
    """Things that wait, by client and session in turn. Not safe for threads.

    Args:
        each, most: things of one client, and of all, that may wait. Where all places are taken, who
            has fewer things gets the last place of whoever has most.
    """

    def __init__(self, *, each: int, most: int) -> None:
        self._each, self._most = each, most
        # Both in the order of turns: the first one's is next.
        self._clients: dict[str, dict[str, list[T]]] = {}
        self._order: list[T] | None = None  # of all; None when it has to be found anew

    def __len__(self) -> int:
        return sum(self._count(client) for client in self._clients)

    def add(self, thing: T, who: Who) -> T | None:
        """Put a thing at the end of its session's; returns the one that had to go for it; Crowded
        if there is no place."""
        client, session = who
        own, dropped = self._count(client), None
        if own >= self._each:
            raise Crowded
        if len(self) >= self._most:
            largest = max(self._clients, key=self._count)
            if self._count(largest) <= own + 1:
                raise Crowded
            dropped = self._last_of(largest)
        self._clients.setdefault(client, {}).setdefault(session, []).append(thing)
        self._order = None
        return dropped

    def take(self) -> T | None:
        """The next thing; its client and its session go to the ends of their lines."""
        if not self._clients:
            return None
        client = next(iter(self._clients))
        sessions = self._clients.pop(client)
        session = next(iter(sessions))
        things = sessions.pop(session)
        thing = things.pop(0)
        if things:
            sessions[session] = things
        if sessions:
            self._clients[client] = sessions
        self._order = None
        return thing

    def remove(self, gone: Callable[[T], bool]) -> list[T]:
        """Take out all things of which something is true, and return them."""
        removed = []
        for client, sessions in list(self._clients.items()):
            for session, things in list(sessions.items()):
                left = [thing for thing in things if not gone(thing)]
                removed += [thing for thing in things if thing not in left]
                things[:] = left
                if not things:
                    del sessions[session]
            if not sessions:
                del self._clients[client]
        self._order = None
        return removed

    def before(self, thing: T) -> list[T] | None:
        """What comes before a thing as the line stands now; None if it does not wait."""
        if self._order is None:
            clients = [[*_alternate([*line.values()])] for line in self._clients.values()]
            self._order = list(_alternate(clients))
        try:
            return self._order[: self._order.index(thing)]
        except ValueError:
            return None

    def __iter__(self) -> Iterator[T]:
        for sessions in self._clients.values():
            for things in sessions.values():
                yield from things

    def _count(self, client: str) -> int:
        return sum(len(things) for things in self._clients.get(client, {}).values())

    def _last_of(self, client: str) -> T:
        """Take away the thing of a client that would come last."""
        sessions = self._clients[client]
        longest = max(reversed(sessions), key=lambda session: len(sessions[session]))
        thing = sessions[longest].pop()
        if not sessions[longest]:
            del sessions[longest]
        return thing


def _alternate(lines: list[list[T]]) -> Iterator[T]:
    """The first of each line, then the second of each, and so on."""
    for place in range(max(map(len, lines), default=0)):
        for line in lines:
            yield from islice(line, place, place + 1)
