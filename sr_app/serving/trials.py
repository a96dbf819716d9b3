"""What is shown before anybody waits: the kind that is proposed, and a region in several ways.

These small jobs have a line and a thread of their own, so that nobody's enlarging waits for them;
a tab has one of them, and its next choice ends it.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sr_app.image.files import Photo, write_photo
from sr_app.inference.goal import Goal
from sr_app.serving import messages
from sr_app.serving.choices import can_enlarge
from sr_app.serving.jobs import Cancelled, Job, Jobs, Progress
from sr_app.serving.limits import Limits
from sr_app.serving.preview import write_thumbnail
from sr_app.serving.proposal import propose
from sr_app.serving.sample import Sampler, box_around, busiest, cut_out, small
from sr_app.serving.service import REGION, read_upload
from sr_app.serving.session import Item, Session, Settings, Trial, Way
from sr_app.serving.sizes import goal_of
from sr_app.serving.turns import Crowded

GRACE = 60
"""Seconds for which the pictures of a region stay when others are there: a browser that was told of
them may be asking for them yet."""


class TrialLine:
    """Measures photos and enlarges regions of them, one after another.

    Args:
        folder: private folder of the page.
        lock: of the sessions; they change under it alone.
        wanted: whether a session's tab still listens.
        clock: seconds.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        *,
        lock: threading.RLock,
        wanted: Callable[[Session], bool],
        clock: Callable[[], float],
    ) -> None:
        self._folder, self._limits, self._lock, self._wanted = folder, limits, lock, wanted
        self._clock = clock
        self._jobs, self._sampler = Jobs(), Sampler()
        self._read: tuple[Path, Photo] | None = None  # the newest photo, for regions that move

    def heed(self, session: Session) -> None:
        """See to it that what a session shows before the result is there, or on its way."""
        self._survey(session)
        chosen, trial = session.chosen, session.trial
        if chosen is None or session.shown or (session.job and not session.job.over):
            if trial and trial.pending:
                self.stop(session)
        elif trial is None or not trial.serves(chosen.path, session.current):
            self.begin(session)

    def _survey(self, session: Session) -> None:
        """Measure the photos of a list and shrink them, one small job after another."""
        if session.survey and not (session.survey.over or session.survey.stopped):
            return
        item = next((i for i in session.batch if i.chosen and not (i.thumbnail or i.bad)), None)
        session.survey = None
        if item:
            survey = Job(
                lambda progress: self._measure(session, item, progress),
                wanted=lambda: self._wanted(session) and item in session.batch,
            )
            with suppress(Crowded):  # the row has no picture until there is a place
                self._jobs.put(survey, session.who)
                session.survey = survey

    def _measure(self, session: Session, item: Item, progress: Progress) -> None:
        path = item.chosen.path if item.chosen else Path()
        try:
            photo = self._photo(path)
            progress(0, 1)
            folder = Path(tempfile.mkdtemp(prefix=REGION, dir=self._folder))
            thumbnail = write_thumbnail(small(photo), folder)
            proposal = session.proposals.get(path) or propose(photo, path)
        except (ValueError, OSError, MemoryError):  # told when its turn comes
            item.bad = True
            return
        with self._lock:
            session.proposals[path], item.thumbnail = proposal, thumbnail
            session.serial += 1

    def begin(self, session: Session, centre: tuple[float, float] | None = None) -> None:
        """Look at the photo in hand: its kind, if that is not known yet, and a region.

        Args:
            centre: of the region, (x, y) in pixels of the photo; None keeps the one that there is,
                or takes one where much happens.
        """
        chosen, old = session.chosen, self.stop(session)
        if chosen is None:
            return
        self._take(session)
        trial = session.trial = Trial(chosen.path, session.current)
        if old and old.path == trial.path and old.box:
            trial.box = old.box
            centre = centre or old.box.centre
        trial.job = Job(
            lambda progress: self._work(session, trial, centre, progress),
            wanted=lambda: self._wanted(session),
            dropped=lambda: self._fail(session, trial, messages.CROWDED),
        )
        try:
            self._jobs.put(trial.job, session.who)
        except Crowded:
            trial.job = None
            self._fail(session, trial, messages.CROWDED)

    def stop(self, session: Session) -> Trial | None:
        """End what a session has under way; returns what there was."""
        trial, session.trial = session.trial, None
        if trial and trial.job:
            trial.job.cancel()
        if trial and trial.folder and trial.before:
            session.replaced.append((self._clock(), trial.folder))
        return trial

    def tidy(self, session: Session) -> None:
        """Delete pictures of regions that no browser asks for any more."""
        kept = [one for one in session.replaced if self._clock() - one[0] < GRACE]
        for _, folder in session.replaced[: len(session.replaced) - len(kept)]:
            shutil.rmtree(folder, ignore_errors=True)
        session.replaced = kept

    def leave(self, session: Session) -> None:
        """A session ends: what it has under way stops, and its small pictures go."""
        self.stop(session)
        if session.survey:
            session.survey.cancel()
        folders = [folder for _, folder in session.replaced]
        folders += [item.thumbnail.parent for item in session.batch if item.thumbnail]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self._jobs.close()

    def _work(
        self,
        session: Session,
        trial: Trial,
        centre: tuple[float, float] | None,
        progress: Progress,
    ) -> None:
        try:
            photo = self._photo(trial.path)
            progress(0, 1)
            proposal = session.proposals.get(trial.path)
            if proposal is None:
                proposal = propose(photo, trial.path)
                with self._lock:
                    session.proposals[trial.path] = proposal
                    if session.trial is trial:
                        self._take(session)
                        session.serial += 1
            self._sample(session, trial, photo, centre, proposal.purpose, progress)
        except Cancelled:
            raise
        except (ValueError, OSError, MemoryError) as error:
            self._fail(session, trial, str(error) or messages.NO_MEMORY)
        except Exception:
            logging.getLogger(__name__).exception("A region could not be enlarged")
            self._fail(session, trial, messages.FAULT)
        finally:
            if trial.folder and not trial.before:  # nobody was told of it
                shutil.rmtree(trial.folder, ignore_errors=True)

    def _photo(self, path: Path) -> Photo:
        if self._read is None or self._read[0] != path:
            self._read = None  # two at a time would fill the memory
            self._read = path, read_upload(path, self._limits, as_floats=False)
        return self._read[1]

    def _take(self, session: Session) -> None:
        """Set the kind that is proposed, unless the person chose one, or works with one already."""
        chosen = session.chosen
        found = chosen and session.proposals.get(chosen.path)
        if not (chosen and found) or session.batch or session.decided or session.job:
            return
        if session.made(chosen.path):
            return
        if can_enlarge(found.purpose):
            session.settings = replace(session.settings, purpose=found.purpose)

    def _sample(
        self,
        session: Session,
        trial: Trial,
        photo: Photo,
        centre: tuple[float, float] | None,
        proposed: str,
        progress: Progress,
    ) -> None:
        """Enlarge the region in each way, the proposed one first; each is told as it is there."""
        settings, size = trial.settings, (photo.rgb.shape[0], photo.rgb.shape[1])
        goals = sorted(_ways(settings, size), key=lambda way: way[0] != proposed)
        target = goals[0][2].size or (settings.scale * size[0], settings.scale * size[1])
        box = box_around(centre or busiest(photo), size, target[0] / size[0])
        trial.folder = folder = Path(tempfile.mkdtemp(prefix=REGION, dir=self._folder))
        before = folder / "before.png"
        write_photo(cut_out(photo, box), before)
        with self._lock:
            progress(0, 1)  # somebody may have chosen something else
            trial.box, trial.before = box, before
            session.serial += 1
        for purpose, name, goal in goals:
            ends = self._sampler.ends(
                photo, box, goal, consistent=settings.consistent, progress=progress
            )
            pictures = tuple(folder / f"{purpose or 'one'}_{i}.png" for i in range(len(ends)))
            for end, picture in zip(ends, pictures, strict=True):
                write_photo(end, picture)
            with self._lock:
                progress(0, 1)
                trial.ways.append(Way(purpose, name, pictures))
                session.serial += 1

    def _fail(self, session: Session, trial: Trial, reason: str) -> None:
        with self._lock:
            if session.trial is not trial:
                return
            trial.failed = reason.replace(f"{trial.path.parent}/", "")
            session.serial += 1


def _ways(settings: Settings, photo: tuple[int, int]) -> list[tuple[str, str, Goal]]:
    """Kind, its name and the goal: of both kinds, or of the one network that was chosen."""
    if settings.preset:
        return [("", settings.preset, goal_of(settings, photo))]
    return [
        (kind, name, goal_of(replace(settings, purpose=kind), photo))
        for kind, name in messages.KINDS.items()
        if can_enlarge(kind)
    ]
