"""Several photos in one tab: a row each, one setting for all, and some for one alone."""

from __future__ import annotations

from sr_app.inference.goal import AUTO, REAL
from sr_app.serving import messages
from sr_app.serving.choices import can_enlarge, is_choice
from sr_app.serving.maker import Maker
from sr_app.serving.result_store import ResultStore
from sr_app.serving.session import (
    CANCELLED,
    DONE,
    READY,
    REFUSED,
    START,
    WAITING,
    WORKING,
    Chosen,
    Item,
    Session,
    changed,
)

MOST = 200
"""Photos in one list: each is a file on disk for an hour."""

OWN = ("scale", "size", "purpose")
"""Settings that a photo of the list may have for itself."""


class Batches:
    """What can be done with a list; called under the lock of the sessions."""

    def __init__(self, maker: Maker, results: ResultStore) -> None:
        self._maker, self._results = maker, results

    def add(self, session: Session, name: str, chosen: Chosen | None, reason: str = "") -> None:
        """One more photo at the end, or a row that says why it was not taken.

        The first one begins a list, which ends the work on the photo in hand.
        """
        if len(session.batch) >= MOST:
            session.refuse(messages.LONG_LIST)
            return
        if not session.batch:
            self._maker.stop(session)
            session.chosen = session.shown = None
            if can_enlarge(REAL):
                session.settings = changed(session.settings, "purpose", AUTO)
        busy = any(item.state in (WAITING, WORKING) for item in session.batch)
        state = REFUSED if chosen is None else WAITING if busy else READY
        session.counted += 1
        session.batch.append(Item(session.counted, name, chosen, state, reason))
        if session.chosen is None and chosen:
            session.hold(chosen)
        session.tell("", "")

    def begin(self, session: Session) -> None:
        """Enlarge all that is not done; where that is none, what was cancelled or refused."""
        for item in session.batch:
            entry = session.entry(item.token)
            wanted = session.settings_of(item)
            if item.state == DONE and not (entry and entry.serves(wanted)):
                item.state = READY
        first = [item for item in session.batch if item.state == READY]
        again = [i for i in session.batch if i.state in (CANCELLED, REFUSED) and i.chosen]
        for item in first or again:
            item.state, item.reason = WAITING, ""
        if first or again:
            session.tell("", "")
        elif not self._maker.working(session):
            session.tell("note", messages.ALL_DONE)

    def cancel(self, session: Session) -> None:
        """Stop the photo that is being made, and make none of the others."""
        self._maker.stop(session)
        for item in session.batch:
            if item.state == WAITING:
                item.state = CANCELLED
        session.tell("note", messages.LIST_STOPPED)

    def act(self, session: Session, number: int, name: str, value: object) -> bool:
        """Something for one row: ``pick``, ``cancel``, ``again``, ``remove``, ``set``.

        Returns:
            False for what is none of these, or no row.
        """
        item = next((i for i in session.batch if i.number == number), None)
        if item is None:
            return False
        session.serial += 1
        match name, value:
            case "pick", _ if item.chosen:
                session.hold(item.chosen, session.entry(item.token))
                session.start = item.start
            case "cancel", _ if item.state in (READY, WAITING, WORKING):
                self._halt(session, item)
                item.state = CANCELLED
            case "again", _ if item.chosen and item.state in (CANCELLED, REFUSED, DONE, READY):
                item.state, item.reason = WAITING, ""
            case "remove", _:
                self._remove(session, item)
            case "set", [str(key), setting]:
                return self._set(session, item, key, setting)
            case _:
                return False
        return True

    def choose(self, session: Session, kind: str | None, percent: int) -> None:
        """The kind of the photo in hand alone, and where its slider begins."""
        item = session.item
        if item is None:
            return
        item.start = session.start = percent
        if kind and is_choice("purpose", kind):
            self._set(session, item, "purpose", kind)

    def revise(self, session: Session) -> None:
        """The settings for all were changed: what waits for its turn waits for a press."""
        for item in session.batch:
            if item.state in (WAITING, WORKING):
                item.state = READY

    def close(self, session: Session) -> None:
        """End the list; its results stay in the strip."""
        self._maker.stop(session)
        session.batch.clear()
        if session.settings.purpose == AUTO:
            found = session.chosen and session.proposals.get(session.chosen.path)
            kind = found.purpose if found and can_enlarge(found.purpose) else None
            session.settings = changed(session.settings, "purpose", kind)
        session.start = START
        session.tell("", "")

    def _set(self, session: Session, item: Item, name: str, value: object) -> bool:
        """A setting for one photo; None gives it back to that of all."""
        if name not in OWN or not (value is None or is_choice(name, value)):
            return False
        own = {key: one for key, one in item.own.items() if key != name}
        if name in ("scale", "size"):  # either says how large
            own = {key: one for key, one in own.items() if key not in ("scale", "size")}
        if value is not None:
            own[name] = value
        if own == item.own:
            return True
        begun = item.state in (WAITING, WORKING)
        self._halt(session, item)
        item.own = own
        if begun:
            item.state = WAITING
        elif item.state in (DONE, REFUSED) and item.chosen:
            item.state, item.reason = READY, ""
        return True

    def _halt(self, session: Session, item: Item) -> None:
        if session.making is item:
            self._maker.stop(session)

    def _remove(self, session: Session, item: Item) -> None:
        self._halt(session, item)
        session.batch.remove(item)
        if entry := session.entry(item.token):
            session.entries.remove(entry)
            self._results.drop(entry.token)
        if session.chosen is item.chosen:
            other = next((i for i in session.batch if i.chosen), None)
            session.chosen = session.shown = None
            if other and other.chosen:
                session.hold(other.chosen, session.entry(other.token))
        if not session.batch:
            self.close(session)
