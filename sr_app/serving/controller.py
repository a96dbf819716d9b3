"""What happens when the page is used: every action changes one session and gives what it shows.

A session is one browser tab. It has at most one job: whatever chooses another photo or another
setting ends it, and says so. Nothing here knows Gradio, and nothing but ``jobs`` has threads.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from sr_app.inference.goal import preset_for
from sr_app.networks.presets import read_card
from sr_app.serving import messages
from sr_app.serving.choices import can_enlarge, is_choice
from sr_app.serving.enlarge import has_slider
from sr_app.serving.jobs import Cancelled, Job, Jobs, Progress
from sr_app.serving.limits import MEGA, Limits
from sr_app.serving.result_store import ResultStore, room_in
from sr_app.serving.service import look, upscale_file
from sr_app.serving.session import START, Chosen, Entry, Session, Settings
from sr_app.serving.trials import TrialLine
from sr_app.serving.view_state import is_pending, make_view
from sr_app.serving.viewer import Address

KEPT = 3600
"""Seconds for which uploads and results stay on disk."""

AWAY = 90
"""Seconds without a word from a tab after which its job is given up. Browsers let a tab in the
background speak once a minute."""

MOST_WAITING = 32
"""Jobs of all sessions that may wait; whoever comes then is told to come again."""

MOST_SESSIONS = 5000


class Controller:
    """The actions of one running page.

    Args:
        folder: private folder for uploads and results; the page serves files from it.
        limits: of one photo.
        address: from a file in ``folder`` to its address relative to the page.
        examples: pictures that can be tried, in ``folder``.
        room: bytes for all results; half of the disk's free room at most if None.
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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._limits, self._address = folder.resolve(), limits, address
        self._examples, self._clock = tuple(examples), clock
        self.results = ResultStore(address, room=room_in(folder) if room is None else room)
        self._jobs, self._sessions = Jobs(), {}
        self._lock, self._decoding = threading.RLock(), threading.Lock()
        self._trials = TrialLine(self._folder, limits, lock=self._lock, wanted=self._listens)
        self._closing = 0.25  # seconds from the last tile to the end, for each megapixel and end
        self._sliders: dict[tuple, bool] = {}

    def hello(self, token: object = None) -> dict:
        """A tab begins, or comes back after a reload: its view."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            session = self._sessions.get(token) if isinstance(token, str) else None
            if session is None:
                session = Session(secrets.token_urlsafe(18), now)
                if token is not None:
                    session.tell("note", messages.RESTARTED)
                self._sessions[session.token] = session
            session.seen = now
            self._settle(session)
            return self._view(session)

    def act(self, token: object, action: object, value: object = None) -> dict:
        """Something was pressed, chosen or asked for; an unknown tab gets a new session's view.

        Args:
            action, value: ``open`` (path, name), ``example`` (index), ``refuse`` (a reason that
                the browser found), ``set`` (name, value), ``region`` (x and y of its middle),
                ``choose`` (a kind or none, and percent of the slider), ``go``, ``cancel``,
                ``show``, ``drop`` and ``saved`` (a result's token), ``poll`` (the serial that the
                browser has).
        """
        session = self._sessions.get(token) if isinstance(token, str) else None
        if session is None:
            return self.hello("")
        session.seen = self._clock()
        if action == "open" or action == "example":
            self._open(session, *self._picture(action, value))
        with self._lock:
            self._settle(session)
            match action, value:
                case "poll", int(serial) if serial == session.serial:
                    work, pending = self._work_of(session), is_pending(session)
                    return {"session": token, "serial": serial, "work": work, "pending": pending}
                case "set", [str(name), setting]:
                    self._set(session, name, setting)
                case "refuse", str(reason):
                    session.refuse(reason[:500])
                case "region", [int() | float() as x, int() | float() as y] if not session.shown:
                    self._trials.begin(session, (x, y))
                case "choose", [str() | None as kind, int(percent)] if 0 <= percent <= 100:
                    session.start = percent
                    session.serial += 1
                    if kind:
                        self._set(session, "purpose", kind)
                case "go", _:
                    self._go(session)
                case "cancel", _:
                    self._stop(session, messages.STOPPED)
                case (("show" | "drop" | "saved"), str(which)):
                    self._keep_house(session, str(action), which)
            self._trials.heed(session)
            return self._view(session)

    def _forget(self, now: float) -> None:
        """Drop sessions that were silent for an hour, and the most silent of a great many."""
        idle = sorted((s for s in self._sessions.values() if not s.job), key=lambda s: s.seen)
        crowd = max(0, len(self._sessions) - MOST_SESSIONS)
        for index, old in enumerate(idle):
            if index < crowd or now - old.seen > KEPT:
                del self._sessions[old.token]

    def close(self) -> None:
        """Stop all work."""
        self._jobs.close()
        self._trials.close()

    def _picture(self, action: object, value: object) -> tuple[Path | None, str]:
        """The file that was chosen: only those inside the private folder are taken."""
        match action, value:
            case "example", int(index) if 0 <= index < len(self._examples):
                return self._examples[index], self._examples[index].name
            case "open", [str(text), str(name)]:
                path = Path(text).resolve()
                if path.is_relative_to(self._folder) and path.is_file():
                    return path, name
        return None, ""

    def _open(self, session: Session, path: Path | None, name: str) -> None:
        """Take a photo in hand. One that is refused leaves everything as it is."""
        with self._lock:
            session.opening += 1
            turn = session.opening
        seen, reason = None, messages.LOST_UPLOAD
        if path is not None:
            try:
                with self._decoding:  # what no browser shows is decoded: one at a time
                    seen = look(path, folder=self._folder, limits=self._limits)
            except (ValueError, OSError) as error:
                reason = str(error)
        with self._lock:
            if session.opening != turn:
                return  # another photo was chosen meanwhile
            if seen is None or path is None:
                session.refuse(reason)
                return
            stopped = self._stop(session, messages.REPLACED)
            session.chosen, session.shown = Chosen(path, name, seen), None
            session.decided, session.start = False, START
            if not stopped:
                session.tell("", "")

    def _set(self, session: Session, name: str, value: object) -> None:
        """A setting was chosen. Where its result is there already, that is shown."""
        if not is_choice(name, value):
            session.refuse(f"This page has no such choice: {name} {value!r}"[:200])
            return
        settings = replace(session.settings, **{name: value})
        if name == "purpose":
            session.decided = True
        if settings == session.settings:
            return
        stopped = self._stop(session, messages.RESET)
        session.settings = settings
        if not stopped:
            session.tell("", "")
        entry = session.chosen and session.find(session.chosen.path, settings)
        if entry:
            self._show(session, entry)
        elif name == "consistent" and self._earlier(session):
            self._go(session)  # no network has to run: it applies to what is there

    def _go(self, session: Session) -> None:
        """Enlarge the photo in hand; while that is being done, another press changes nothing."""
        chosen, settings = session.chosen, session.settings
        if self._working(session):
            return
        if chosen is None:
            session.refuse(messages.NO_PHOTO)
            return
        if not settings.preset and not can_enlarge(settings.purpose):
            session.refuse(messages.NO_NETWORK)
            return
        if entry := session.find(chosen.path, settings):
            self._show(session, entry)
            session.tell("note", messages.ALREADY)
            return
        try:
            self._limits.check_result(*chosen.size, settings.scale)
        except ValueError as error:
            session.refuse(str(error))
            return
        if self._jobs.length >= MOST_WAITING:
            session.refuse(messages.CROWDED)
            return
        work = partial(self._work, session, chosen, settings, self._earlier(session), session.start)
        job = Job(
            lambda progress: work(job, progress),
            closing=self._closing * self._amount(chosen, settings),
            wanted=lambda: self._listens(session),
            clock=self._clock,
        )
        session.job = job
        session.tell("", "")
        self._jobs.put(job)

    def _listens(self, session: Session) -> bool:
        """Whether the session's tab still asks for it."""
        return self._clock() - session.seen < AWAY

    def _work(
        self,
        session: Session,
        chosen: Chosen,
        settings: Settings,
        earlier: Entry | None,
        start: int,
        job: Job,
        progress: Progress,
    ) -> None:
        """The job itself, in the thread of ``jobs``: its end is told to the session."""
        last = [self._clock()]

        def report(done: int, total: int) -> None:
            last[0] = self._clock()
            progress(done, total)

        try:
            result = upscale_file(
                chosen.path,
                **asdict(settings),
                earlier=earlier and earlier.result,
                folder=self._folder,
                progress=report,
                limits=self._limits,
            )
        except Cancelled:
            self._end(session, job, "note", messages.STOPPED)
            raise
        except MemoryError:
            self._end(session, job, "refused", messages.NO_MEMORY)
        except (ValueError, OSError) as error:
            self._end(session, job, "refused", str(error))
        except Exception:
            logging.getLogger(__name__).exception("A photo could not be enlarged")
            self._end(session, job, "refused", messages.FAULT)
        else:
            spent = (self._clock() - last[0]) / self._amount(chosen, settings)
            self._closing = 0.5 * (self._closing + spent)
            self._finish(session, job, Entry(result, chosen, settings, start))

    def _finish(self, session: Session, job: Job, entry: Entry) -> None:
        """A result is there: it goes to the strip, unless its job was stopped meanwhile."""
        with self._lock:
            gone = self.results.put(entry.result)
            if session.job is not job or job.stopped:
                self.results.drop(entry.token)
                return
            session.job = None
            session.entries.append(entry)
            session.shown = entry.token
            session.tell("done", messages.MADE_ROOM if gone else "")

    def _end(self, session: Session, job: Job, kind: str, text: str) -> None:
        """A job ended without a result. One that was replaced has nothing to say any more."""
        with self._lock:
            if session.job is not job:
                return
            session.job = None
            if kind == "refused":
                session.refuse(text)
            else:
                session.tell(kind, text)

    def _stop(self, session: Session, reason: str) -> bool:
        """End the session's job, if there is one, and say why."""
        working = self._working(session)
        if session.job:
            session.job.cancel()
            session.job = None
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
            if not self._working(session):
                session.chosen, session.settings = entry.chosen, entry.settings
                session.decided = True
        elif action == "saved":
            entry.saved = True
            session.serial += 1
        else:
            session.entries.remove(entry)
            self.results.drop(token)
            session.shown = None if session.shown == token else session.shown
            session.serial += 1

    def _show(self, session: Session, entry: Entry) -> None:
        session.shown = entry.token
        session.serial += 1

    def _settle(self, session: Session) -> None:
        """A job that was given up before it began has told nobody."""
        if session.job and session.job.over:
            session.job = None
            session.tell("note", messages.STOPPED)

    def _working(self, session: Session) -> bool:
        return session.job is not None and not session.job.over

    def _work_of(self, session: Session) -> dict | None:
        """How far the session's job is."""
        job = session.job
        if job is None or job.over:
            return None
        if ahead := self._jobs.ahead(job):
            return {"text": messages.waiting(ahead), "share": None}
        step = job.step()
        return {"text": messages.running(step), "share": step.share}

    def _earlier(self, session: Session) -> Entry | None:
        """A result that only lacks the projection that is now asked for."""
        if not (session.chosen and session.settings.consistent):
            return None
        return session.find(session.chosen.path, replace(session.settings, consistent=False))

    def _amount(self, chosen: Chosen, settings: Settings) -> float:
        """Megapixels of the results, which the time after the last tile goes by."""
        height, width = chosen.size
        ends = 2 if self._slider(settings) else 1
        return max(1e-3, height * width * settings.scale**2 / MEGA * ends)

    def _slider(self, settings: Settings) -> bool:
        """Whether there will be a slider; the cards are read once for each settings."""
        key = settings.scale, settings.purpose, settings.preset
        if key not in self._sliders:
            try:
                name = settings.preset or preset_for(settings.scale, settings.purpose, twin=True)
                self._sliders[key] = has_slider(read_card(name))
            except ValueError:  # no preset at all: told when somebody presses the button
                self._sliders[key] = False
        return self._sliders[key]

    def _view(self, session: Session) -> dict:
        """Everything that the page shows of a session; results whose hour is over have gone."""
        kept = [entry for entry in session.entries if self.results.get(entry.token)]
        if len(kept) < len(session.entries):
            session.entries = kept
            session.serial += 1
        if session.shown and not session.entry(session.shown):
            session.shown = None
        view = make_view(
            session,
            work=self._work_of(session),
            slider=self._slider(session.settings),
            limits=self._limits,
            address=self._address,
        )
        return asdict(view)
