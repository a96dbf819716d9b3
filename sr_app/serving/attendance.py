"""Which tabs are there, and which have gone: said, or by their silence."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable

from sr_app.serving.session import Session

LEFT = 40.0
"""Seconds after a tab said goodbye in which it may come back: a reload says goodbye, too."""

SILENT = 50.0
"""Seconds without a word after which a tab that can be seen counts as gone. It says four times a
minute that it is there; a browser that was killed, or lost its network, says nothing."""

HIDDEN = 3600.0
"""Seconds without a word after which a tab that said it is hidden counts as gone: browsers put such
tabs to sleep, telephones at once."""

EACH, MOST = 200, 5000
"""Tabs of one client, and of all."""


class Attendance:
    """The sessions of all tabs by their tokens. Its caller holds a lock."""

    def __init__(self, clock: Callable[[], float], *, each: int = EACH, most: int = MOST) -> None:
        self.sessions: dict[str, Session] = {}
        self._clock, self._each, self._most = clock, each, most

    def find(self, token: object, client: str = "") -> Session | None:
        """A session that says something: it is there, whatever it said before."""
        session = self.sessions.get(token) if isinstance(token, str) else None
        if session is not None:
            session.seen, session.left = self._clock(), None
            session.client = client or session.client
        return session

    def attend(self, token: object, hidden: bool, client: str = "") -> bool:
        """A tab says that it is there, seen or hidden; False if it is not known.

        A browser hides a page while it closes it: after a goodbye that changes nothing.
        """
        session = self.sessions.get(token) if isinstance(token, str) else None
        if session is None or session.left is not None:
            return session is not None
        self.find(token, client)
        session.hidden = hidden
        return True

    def begin(self, client: str = "") -> Session:
        """A new session, with a token that nobody can guess."""
        session = Session(secrets.token_urlsafe(18), self._clock(), client=client)
        self.sessions[session.token] = session
        return session

    def leave(self, token: object) -> None:
        if isinstance(token, str) and (session := self.sessions.get(token)):
            session.seen = session.left = self._clock()

    def too_many(self, client: str) -> list[Session]:
        """Sessions that go before a client gets another one: the client's own most silent ones, or
        those of whoever has most."""
        counts = Counter(session.client for session in self.sessions.values())
        if counts[client] >= self._each:
            return self._most_silent(client)
        if len(self.sessions) >= self._most:
            return self._most_silent(counts.most_common(1)[0][0])
        return []

    def gone(self) -> list[Session]:
        """Sessions whose tab is not there any more."""
        now = self._clock()
        return [session for session in self.sessions.values() if _is_gone(session, now)]

    def _most_silent(self, client: str) -> list[Session]:
        own = (session for session in self.sessions.values() if session.client == client)
        return [min(own, key=lambda session: session.seen)]


def _is_gone(session: Session, now: float) -> bool:
    if session.left is not None and now - session.left > LEFT:
        return True
    return now - session.seen > (HIDDEN if session.hidden else SILENT)
