"""What happens when the page is used: every action changes one session and gives what it shows.

A session is one browser tab. It has at most one job: whatever chooses another photo or another
setting ends it, and says so. Nothing here knows Gradio, and nothing but ``jobs`` has threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sr_app.serving import messages
from sr_app.serving.attendance import Attendance
from sr_app.serving.batch import Batches
from sr_app.serving.choices import is_choice
from sr_app.serving.lanes import Lanes
from sr_app.serving.limits import Limits
from sr_app.serving.maker import Maker, Task
from sr_app.serving.received import readable
from sr_app.serving.result_store import ResultStore
from sr_app.serving.room import EACH, Room, room_in
from sr_app.serving.service import Look, look
from sr_app.serving.session import READY, Chosen, Entry, Session, changed
from sr_app.serving.trials import TrialLine
from sr_app.serving.view_state import is_pending, make_view
from sr_app.serving.viewer import Address

_FAR = 1e9  # pixels

AWAY = 600
"""Seconds without a word from a hidden tab after which its job is given up. In the background a tab
may speak once a minute; telephones put it to sleep as soon as the screen is dark."""


class Controller:
    """The actions of one running page.

    Args:
        folder: private folder for uploads and results; the page serves files from it.
        limits: of one photo.
        address: from a file in ``folder`` to its address relative to the page.
        examples: pictures that can be tried, in ``folder``.
        room, each: bytes for all uploads and results, half of the disk's free room at most if
            None, and for those of one session.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        address: Address,
        *,
        examples: Sequence[Path] = (),
        room: int | None = None,
        each: int = EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._limits, self._address = folder.resolve(), limits, address
        self._examples, self._clock = tuple(examples), clock
        total = room_in(folder) if room is None else room
        self.room = Room(self._folder, total=total, each=each, clock=clock, spared=examples)
        self.results = ResultStore(address, self.room)
        self.lanes, self._tabs = Lanes(), Attendance(clock)
        self._sessions = self._tabs.sessions
        self._lock, self._decoding = threading.RLock(), threading.Lock()
        self._trials = TrialLine(
            self._folder, limits, lock=self._lock, wanted=self._listens, clock=clock
        )
        self._maker = Maker(
            self._folder,
            limits,
            self.results,
            self.lanes.networks,
            lock=self._lock,
            listens=self._listens,
            clock=clock,
        )
        self._batches = Batches(self._maker, self.results)

    def hello(self, token: object = None, client: str = "") -> dict:
        """A tab begins, or comes back after a reload: its view."""
        with self._lock:
            session = self._tabs.find(token, client)
            if session is None:
                for other in self._tabs.too_many(client):
                    self._forget(other)
                session = self._tabs.begin(client)
                if token is not None:
                    session.tell("note", messages.RESTARTED)
            session.hidden, session.heard = False, 0
            self._maker.settle(session)
            return self._view(session)

    def expect(self, token: object, value: object, client: str = "") -> None:
        """A photo will be opened when its turn has come: until then it is not swept away."""
        with self._lock:
            session = self._tabs.find(token, client)
            path, _ = self._picture("open", readable(value))
        if session and path:
            session.lost += self.results.claim(path, session.token)

    def attend(self, token: object, hidden: object, client: str = "") -> bool:
        with self._lock:
            return self._tabs.attend(token, bool(hidden), client)

    def leave(self, token: object) -> None:
        with self._lock:
            self._tabs.leave(token)

    def tidy(self) -> None:
        """Delete what tabs had that are gone, and what nobody used for long."""
        with self._lock:
            for session in self._tabs.gone():
                self._forget(session)
            for session in self._sessions.values():
                self._trials.tidy(session)
        self.results.tidy()
        self.room.sweep()

    def _forget(self, session: Session) -> None:
        """End a session: its work stops, its results and photos are deleted."""
        self._maker.stop(session)
        self._trials.leave(session)
        for entry in session.entries:
            self.results.drop(entry.token)
        self.room.leave(session.token)
        del self._sessions[session.token]

    def act(
        self,
        token: object,
        action: object,
        value: object = None,
        client: str = "",
        number: int | None = None,
    ) -> dict:
        """Something was pressed, chosen or asked for; an unknown tab gets a new session's view.

        Args:
            client: by which the sender is told from others.
            number: of the press; one that was heard already changes nothing.
            action, value: ``open`` (path, name), ``example`` (index), ``refuse`` (a reason that
                the browser found), ``set`` (name, value), ``region`` (x and y of its middle),
                ``choose`` (a kind or none, and percent of the slider), ``go``, ``cancel``,
                ``show``, ``drop`` and ``saved`` (a result's token), ``poll`` (the serial that the
                browser has); of a list of photos: ``add`` (path, name; or a reason, name), ``item``
                (number, and what ``Batches.act`` takes), ``close``.
        """
        value = readable(value)
        with self._lock:
            session = self._tabs.find(token, client)
        if session is None:
            return self.hello("", client)
        if number is not None and number <= session.heard:
            action = value = None
        self._take(session, action, value)
        with self._lock:
            self._maker.settle(session)
            match action, value:
                case "poll", int(serial) if serial == session.serial:
                    work, pending = self._maker.progress(session), is_pending(session)
                    return {"session": token, "serial": serial, "work": work, "pending": pending}
            self._press(session, action, value)
            session.heard = session.heard if number is None else max(session.heard, number)
            self._maker.advance(session)
            self._trials.heed(session)
            return self._view(session)

    def _take(self, session: Session, action: object, value: object) -> None:
        """A photo was chosen, or could not be sent; other actions do nothing here."""
        match action, value:
            case "add", [None, str(name), str(reason)]:
                with self._lock:
                    self._batches.add(session, name[:300], None, reason[:500])
            case (("open" | "example"), _):
                self._open(session, *self._picture(action, value), several=False)
            case "add", _ if value is not None:
                self._open(session, *self._picture(action, value), several=True)

    def _press(self, session: Session, action: object, value: object) -> None:
        """Everything else that can be pressed; what is none of it changes nothing."""
        match action, value:
            case "set", [str(name), setting]:
                self._set(session, name, setting)
            case "refuse", str(reason):
                session.refuse(reason[:500])
            case "region", [int() | float() as x, int() | float() as y] if not session.shown:
                if abs(x) < _FAR and abs(y) < _FAR:  # neither infinite nor no number
                    self._trials.begin(session, (x, y))
            case "choose", [str() | None as kind, int(percent)] if 0 <= percent <= 100:
                self._choose(session, kind, percent)
            case "go", _:
                self._go(session)
            case "cancel", _:
                self._cancel(session)
            case "item", [int(number), str(name), setting]:
                if not self._batches.act(session, number, name, setting):
                    session.refuse(messages.NO_ROW)
            case "close", _ if session.batch:
                self._batches.close(session)
            case (("show" | "drop" | "saved"), str(which)):
                self._keep_house(session, str(action), which)

    def close(self) -> None:
        self.lanes.close()
        self._trials.close()

    def _picture(self, action: object, value: object) -> tuple[Path | None, str]:
        """The file that was chosen: only those inside the private folder are taken."""
        match action, value:
            case "example", int(index) if 0 <= index < len(self._examples):
                return self._examples[index], self._examples[index].name
            case (("open" | "add"), [str(text), str(name)]):
                with suppress(OSError, ValueError):  # too long, or with a zero
                    path = Path(text).resolve()
                    if path.is_relative_to(self._folder) and path.is_file():
                        return path, name[:300]
        return None, ""

    def _open(self, session: Session, path: Path | None, name: str, *, several: bool) -> None:
        """Take a photo in hand, or into the list. A refused one leaves everything as it is."""
        with self._lock:
            several = several or bool(session.batch)
            session.opening += not several
            turn = session.opening
        seen, reason = self._looked(path)
        chosen = Chosen(path, name, seen) if path and seen else None
        with self._lock:
            late = not several and session.opening != turn  # another was chosen meanwhile
            if late or chosen is None:
                self._give_back(session, path, seen)
            else:
                for part in (chosen.path, chosen.look.picture):
                    session.lost += self.results.claim(part, session.token)
            if several:
                self._batches.add(session, name or "?", chosen, reason)
            elif late:
                return
            elif chosen is None:
                session.refuse(reason)
            else:
                stopped = self._stop(session, messages.REPLACED)
                session.hold(chosen)
                if not stopped:
                    session.tell("", "")

    def _give_back(self, session: Session, path: Path | None, seen: Look | None) -> None:
        """A photo will not be used: its files go, unless somebody has the same."""
        if seen and seen.picture != path:
            self.room.remove(seen.picture)
        held = [session.chosen, *(e.chosen for e in session.entries)]
        held += [item.chosen for item in session.batch]
        if path and not any(one and one.path.parent == path.parent for one in held):
            self.room.give_back(path, session.token)

    def _looked(self, path: Path | None) -> tuple[Look | None, str]:
        """What a file is, or why it is not taken."""
        if path is None:
            return None, messages.LOST_UPLOAD
        try:
            with self._decoding:  # what no browser shows is decoded: one at a time
                return look(path, folder=self._folder, limits=self._limits), ""
        except (ValueError, OSError) as error:
            return None, str(error)

    def _choose(self, session: Session, kind: str | None, percent: int) -> None:
        """A way was chosen among those of the region: for the photo in hand."""
        session.serial += 1
        if session.batch:
            self._batches.choose(session, kind, percent)
            return
        session.start = percent
        if kind:
            self._set(session, "purpose", kind)

    def _set(self, session: Session, name: str, value: object) -> None:
        """A setting was chosen. Where its result is there already, that is shown."""
        if not is_choice(name, value, several=bool(session.batch)):
            session.refuse(f"This page has no such choice: {name} {value!r}"[:200])
            return
        settings = changed(session.settings, name, value)
        if name == "purpose":
            session.decided = True
        if settings == session.settings:
            return
        making = session.making
        stopped = self._stop(session, messages.RESET)
        if making:
            making.state = READY
        session.settings = settings
        if not stopped:
            session.tell("", "")
        chosen = session.chosen
        if session.batch:
            self._batches.revise(session)
        elif chosen and (entry := session.find(chosen.path, settings)):
            self._show(session, entry)
        elif name == "consistent" and chosen and session.unprojected(chosen.path, settings):
            self._go(session)  # no network has to run: it applies to what is there

    def _go(self, session: Session) -> None:
        """Enlarge the list, or the photo in hand; while that is done, a press changes nothing."""
        if session.batch:
            self._batches.begin(session)
            return
        chosen, settings = session.chosen, session.settings
        if self._maker.working(session):
            return
        if chosen is None:
            session.refuse(messages.NO_PHOTO)
            return
        if entry := session.find(chosen.path, settings):
            self._show(session, entry)
            session.tell("note", messages.ALREADY)
            return
        if reason := self._maker.refusal(chosen, settings):
            session.refuse(reason)
            return
        if not chosen.path.exists():  # it had to make room for newer ones
            session.refuse(messages.LOST_UPLOAD)
            return
        session.lost += self.results.claim(chosen.path, session.token)
        session.tell("", "")
        self._maker.begin(session, Task(chosen, settings, session.start))

    def _cancel(self, session: Session) -> None:
        if session.batch:
            self._batches.cancel(session)
        elif not self._stop(session, messages.STOPPED) and not session.status[1]:
            session.tell("note", messages.TOO_LATE)

    def _listens(self, session: Session) -> bool:
        """Whether the session's tab still asks for it."""
        return self._clock() - session.seen < AWAY

    def _stop(self, session: Session, reason: str) -> bool:
        """End the session's job, if there is one, and say why."""
        working = self._maker.stop(session)
        if working:
            session.tell("note", reason)
        return working

    def _keep_house(self, session: Session, action: str, token: str) -> None:
        """Show, remove, or note as downloaded, one of the session's own results."""
        entry = session.entry(token)
        if entry is None:
            session.refuse("This result is no longer kept.")
        elif action == "show":
            self._show(session, entry)
            if session.batch:
                session.chosen, session.start = entry.chosen, entry.start
            elif not self._maker.working(session):
                session.chosen, session.settings = entry.chosen, entry.settings
                session.decided = True
        elif action == "saved":
            entry.saved = True
            session.serial += 1
        else:
            session.entries.remove(entry)
            self.results.drop(token)
            for item in session.batch:
                if item.token == token:
                    item.token, item.state = None, READY
            session.shown = None if session.shown == token else session.shown
            session.serial += 1

    def _show(self, session: Session, entry: Entry) -> None:
        session.shown = entry.token
        session.serial += 1

    def _view(self, session: Session) -> dict:
        """Everything that the page shows of a session; results whose hour is over have gone."""
        kept = [entry for entry in session.entries if self.results.get(entry.token)]
        if len(kept) < len(session.entries):
            session.entries = kept
            session.serial += 1
        if session.shown and not session.entry(session.shown):
            session.shown = None
        return make_view(
            session,
            work=self._maker.progress(session),
            slider=self._maker.has_slider(session.settings),
            left=self._maker.left(session),
            limits=self._limits,
            address=self._address,
        )
