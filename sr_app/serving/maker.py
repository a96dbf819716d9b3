"""The long jobs: a photo is enlarged in its turn, its result goes to its session, the next follows.

A session has at most one job, of the photo in hand or of one of its list; everything that changes a
session does so under the one lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sr_app.inference.goal import AUTO, CLEAN, has_twin, preset_for
from sr_app.networks.presets import read_card
from sr_app.serving import messages
from sr_app.serving.choices import can_enlarge
from sr_app.serving.jobs import Cancelled, Job, Jobs, Progress
from sr_app.serving.limits import MEGA, Limits
from sr_app.serving.proposal import propose
from sr_app.serving.result_store import ResultStore
from sr_app.serving.service import Result, read_upload, upscale_file
from sr_app.serving.session import (
    CANCELLED,
    DONE,
    REFUSED,
    WAITING,
    WORKING,
    Chosen,
    Entry,
    Item,
    Session,
    Settings,
)
from sr_app.serving.sizes import dots, suffix, target_size
from sr_app.serving.turns import Crowded

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """A photo to enlarge: with what, where its slider begins, and of which row of a list."""

    chosen: Chosen
    settings: Settings
    start: int
    item: Item | None = None


class Maker:
    """The line of long jobs of one running page.

    Args:
        folder: private folder of the page.
        jobs: the line in which sessions take turns.
        lock: of the sessions.
        listens: whether a session's tab still asks for its job.
        clock: seconds.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        results: ResultStore,
        jobs: Jobs,
        *,
        lock: threading.RLock,
        listens: Callable[[Session], bool],
        clock: Callable[[], float],
    ) -> None:
        self._folder, self._limits, self._results = folder, limits, results
        self._lock, self._listens, self._clock = lock, listens, clock
        self._jobs = jobs
        self._closing = 0.25  # seconds from the last tile to the end, for each megapixel and end
        self._pace: float | None = None  # seconds for each megapixel and end, all in all
        self._sliders: dict[tuple, bool] = {}

    def refusal(self, chosen: Chosen, settings: Settings) -> str:
        """Why a photo cannot be enlarged so, or nothing."""
        if not settings.preset and not can_enlarge(_certain(settings.purpose)):
            return messages.NO_NETWORK
        try:
            target_size(settings, chosen.size, self._limits)
        except ValueError as error:
            return str(error)
        return ""

    def begin(self, session: Session, task: Task) -> None:
        """Put a photo that is not refused into the line."""
        work = partial(self._work, session, task)
        put = self._clock()
        job = Job(
            lambda progress: work(job, put, progress),
            closing=self._closing * self.amount(task.chosen, task.settings),
            wanted=lambda: self._listens(session),
            dropped=lambda: self._log(task, put, None, "crowded" if job.crowded else "stopped"),
            clock=self._clock,
        )
        session.job, session.making = job, task.item
        if task.item:
            task.item.state = WORKING
        try:
            self._jobs.put(job, session.who)
        except Crowded:
            self._log(task, put, None, "crowded")
            self._crowded(session)

    def advance(self, session: Session) -> None:
        """Begin with the next photo of the session's list, if nothing is being made."""
        while not self.working(session):
            item = next((i for i in session.batch if i.state == WAITING), None)
            if item is None or item.chosen is None:
                return
            session.serial += 1
            settings = session.settings_of(item)
            if entry := session.find(item.chosen.path, settings):
                item.state, item.token = DONE, entry.token
                if item.chosen is session.chosen:
                    session.shown = entry.token
            elif reason := self.refusal(item.chosen, settings):
                item.state, item.reason = REFUSED, reason
            else:
                self.begin(session, Task(item.chosen, settings, item.start, item))

    def stop(self, session: Session) -> bool:
        """End the session's job; whether there was one."""
        working = self.working(session)
        if session.job:
            session.job.cancel()
        if session.making and session.making.state == WORKING:
            session.making.state = CANCELLED
        session.job = session.making = None
        return working

    def settle(self, session: Session) -> None:
        """A job that was given up before it began has told nobody."""
        if session.job and session.job.over:
            if session.job.crowded:
                self._crowded(session)
                return
            self._forget(session)
            session.tell("note", messages.ASLEEP)

    def working(self, session: Session) -> bool:
        return session.job is not None and not session.job.over

    def progress(self, session: Session) -> dict | None:
        """How far the session's job is: text, share of its time, number of its row in the list."""
        job = session.job
        if job is None or job.over:
            return None
        item = session.making.number if session.making else None
        if ahead := self._jobs.ahead(job):
            return {"text": messages.waiting(ahead), "share": None, "item": item}
        step = job.step()
        return {"text": messages.running(step), "share": step.share, "item": item}

    def left(self, session: Session) -> dict[int, float]:
        """Seconds until each photo of the list will be there, as far as that is known."""
        job, soon = session.job, {}
        step = None if job is None else job.step()
        total = step.left if step else 0.0
        for item in session.batch:
            if item.state == WORKING and total is not None:
                soon[item.number] = total
            elif item.state == WAITING and item.chosen and total is not None and self._pace:
                total += self._pace * self.amount(item.chosen, session.settings_of(item))
                soon[item.number] = total
        return soon

    def amount(self, chosen: Chosen, settings: Settings) -> float:
        """Megapixels of the results, which the time goes by."""
        try:
            height, width = target_size(settings, chosen.size, self._limits)
        except ValueError:
            return 1e-3
        ends = 2 if self.has_slider(settings) else 1
        return max(1e-3, height * width / MEGA * ends)

    def has_slider(self, settings: Settings) -> bool:
        """Whether there will be a slider; the cards are read once for each settings."""
        purpose, scale = _certain(settings.purpose), settings.scale
        key = purpose, settings.preset, None if settings.size else scale
        if key not in self._sliders:
            try:
                name = settings.preset or preset_for(scale, purpose, twin=True)
                self._sliders[key] = has_twin(read_card(name))
            except ValueError:  # no preset at all: told when somebody presses the button
                self._sliders[key] = False
        return self._sliders[key]

    def _crowded(self, session: Session) -> None:
        """There is no place in the line for the session's job."""
        if session.making:
            session.making.state, session.making.reason = REFUSED, messages.CROWDED
            session.serial += 1
        else:
            session.refuse(messages.CROWDED)
        session.job = session.making = None

    def _log(self, task: Task, put: float, begun: float | None, outcome: str) -> None:
        """One line for each job: how large, how long, how it ended. Nobody's names."""
        now, (height, width) = self._clock(), task.chosen.size
        start = now if begun is None else begun
        LOG.info(
            "job: %dx%d, %sx, waited %.1f s, took %.1f s, %s",
            width, height, task.settings.scale, start - put, now - start, outcome,
        )  # fmt: skip

    def _work(self, session: Session, task: Task, job: Job, put: float, progress: Progress) -> None:
        """The job itself, in the thread of the line: its end is told to the session."""
        begun = last = self._clock()

        def report(done: int, total: int) -> None:
            nonlocal last
            last = self._clock()
            progress(done, total)

        try:
            settings = self._settled(session, task)
            result = self._made(session, task.chosen, settings, report, job.expect)
        except Cancelled:
            outcome = self._end(session, job, "note", messages.ASLEEP, "stopped")
        except MemoryError:
            outcome = self._end(session, job, "refused", messages.NO_MEMORY, "no memory")
        except (ValueError, OSError) as error:
            outcome = self._end(session, job, "refused", str(error), "refused")
        except Exception:
            LOG.exception("A photo could not be enlarged")
            outcome = self._end(session, job, "refused", messages.FAULT, "fault")
        else:
            now, amount = self._clock(), self.amount(task.chosen, settings)
            self._closing = 0.5 * (self._closing + (now - last) / amount)
            pace = (now - begun) / amount
            self._pace = pace if self._pace is None else 0.5 * (self._pace + pace)
            outcome = self._finish(session, job, Entry(result, task.chosen, settings, task.start))
        self._log(task, put, begun, outcome)

    def _settled(self, session: Session, task: Task) -> Settings:
        """The settings with a kind: what is proposed for the photo where that was asked for."""
        chosen, settings = task.chosen, task.settings
        if settings.purpose != AUTO or settings.preset:
            return replace(settings, purpose=_certain(settings.purpose))
        if chosen.path not in session.proposals:
            photo = read_upload(chosen.path, self._limits, as_floats=False)
            session.proposals[chosen.path] = propose(photo, chosen.path)
        found = session.proposals[chosen.path].purpose
        return replace(settings, purpose=found if can_enlarge(found) else CLEAN)

    def _made(
        self,
        session: Session,
        chosen: Chosen,
        settings: Settings,
        progress: Progress,
        expect: Callable[[float], None],
    ) -> Result:
        exact = target_size(settings, chosen.size, self._limits)
        earlier = session.unprojected(chosen.path, settings)
        return upscale_file(
            chosen.path,
            scale=settings.scale,
            size=exact if settings.size else None,
            preset=settings.preset,
            purpose=settings.purpose,
            consistent=settings.consistent,
            dpi=dots(settings),
            label=suffix(settings, exact),
            earlier=earlier and earlier.result,
            folder=self._folder,
            progress=progress,
            expect=expect,
            limits=self._limits,
        )

    def _finish(self, session: Session, job: Job, entry: Entry) -> str:
        """A result is there: it goes to the strip, unless its job was stopped meanwhile."""
        with self._lock:
            if session.job is not job or job.stopped:
                self._results.discard(entry.result)
                return "stopped"
            gone = session.lost + self._results.put(entry.result, session.token)
            session.lost = 0
            item = session.making
            session.job = session.making = None
            session.entries.append(entry)
            if item:
                item.state, item.token = DONE, entry.token
            if item is None or item.chosen is session.chosen:
                session.shown = entry.token
            session.tell("done", messages.MADE_ROOM if gone else "")
            self.advance(session)
        return "done"

    def _end(self, session: Session, job: Job, kind: str, text: str, outcome: str) -> str:
        """A job ended without a result. One that was replaced has nothing to say any more."""
        with self._lock:
            if session.job is not job:
                return outcome
            item = session.making
            if item and kind == "refused":
                item.state, item.reason = REFUSED, text
                session.tell("", "")
            elif kind == "refused":
                session.refuse(text)
            else:
                session.tell(kind, text)
            self._forget(session)
            if self._listens(session):
                self.advance(session)
        return outcome

    def _forget(self, session: Session) -> None:
        """The job is over; a photo of the list that it left behind waits again."""
        if session.making and session.making.state == WORKING:
            session.making.state = WAITING
        session.job = session.making = None


def _certain(purpose: str) -> str:
    """A kind to know a network by: before a photo is measured, it may be clean."""
    return CLEAN if purpose == AUTO else purpose
