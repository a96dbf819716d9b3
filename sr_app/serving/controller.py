"""What happens when the page is used, told as screens: the page's mind, without Gradio.

Every action gives a ``ViewState``; ``app.py`` lays it over the page's parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from sr_app.inference.goal import CLEAN
from sr_app.serving import messages
from sr_app.serving.jobs import Cancelled, Job, Jobs
from sr_app.serving.limits import Limits
from sr_app.serving.service import OutputFormat, Result, look, upscale_file
from sr_app.serving.viewer import Address, ResultStore, show_photo, show_result

KEPT = 3600
"""Seconds for which uploads and results stay on disk."""


@dataclass(frozen=True)
class Chosen:
    """The photo on the page: where it lies, its name on the person's computer, its size."""

    path: Path
    name: str
    height: int
    width: int


@dataclass(frozen=True)
class Button:
    """How a button looks; ``file`` is what a download button gives, None if it is asked for."""

    visible: bool = True
    enabled: bool = True
    primary: bool = True
    label: str | None = None
    file: Path | None = None


HIDDEN = Button(visible=False)


@dataclass(frozen=True)
class ViewState:
    """What the page shows from now on; a part that is None stays as it is.

    Args:
        viewer: the viewer's state (``viewer.py``) with a serial number, so that the browser sees
            every answer, even one equal to the last; without layers it is empty.
        target, status: HTML: the line under the factor, and the one under the button.
        go, cancel, download: the buttons.
        error: plain text to pop up over the page as well.
    """

    viewer: dict | None = None
    target: str | None = None
    status: str | None = None
    go: Button | None = None
    cancel: Button | None = None
    download: Button | None = None
    error: str | None = None


class Controller:
    """The actions of one running page.

    Args:
        folder: private folder for uploads and results; the page serves files from it.
        limits: of one photo.
        address: from a file in ``folder`` to its address relative to the page.
    """

    def __init__(self, folder: Path, limits: Limits, address: Address) -> None:
        self.results = ResultStore(address)
        self._folder, self._limits, self._address = folder.resolve(), limits, address
        self._jobs, self._serial = Jobs(), count(1)

    def open(self, path: str | Path, name: str, scale: int) -> tuple[Chosen | None, ViewState]:
        """A photo was chosen.

        Args:
            path: as the browser says; only files inside the private folder are taken.
        """
        path = Path(path).resolve()
        if not (path.is_relative_to(self._folder) and path.is_file()):
            return None, self._nothing("The upload did not arrive. Choose the photo again.")
        try:
            seen = look(path, folder=self._folder, limits=self._limits)
        except (ValueError, OSError) as error:
            return None, self._nothing(str(error))
        chosen = Chosen(path, name, seen.height, seen.width)
        aimed = self.aim(chosen, scale)
        viewer = self._viewer(show_photo(seen, name, self._address))
        return chosen, ViewState(
            viewer, aimed.target, messages.noted(seen.notes), aimed.go, download=HIDDEN
        )

    def refuse(self, reason: str) -> ViewState:
        """The browser could not send a file."""
        return ViewState(status=messages.refused(reason), error=reason)

    def aim(self, chosen: Chosen | None, scale: int) -> ViewState:
        """The photo or the factor changed: say what would come out, or why nothing can."""
        if chosen is None:
            return ViewState(target="", go=Button(enabled=False), download=HIDDEN)
        height, width = chosen.height, chosen.width
        try:
            self._limits.check_result(height, width, scale)
        except ValueError as error:
            target, enabled = messages.refused(str(error)), False
        else:
            target, enabled = messages.target(height, width, scale), True
        return ViewState(target=target, status="", go=Button(enabled=enabled), download=HIDDEN)

    def begin(
        self,
        session: str,
        chosen: Chosen | None,
        scale: int,
        *,
        preset: str | None,
        purpose: str = CLEAN,
        output_format: OutputFormat,
        consistent: bool = False,
    ) -> ViewState:
        """The button: note the job, so that ``stop`` finds it even while it waits for its turn."""
        if chosen is None:
            return self._nothing("There is no photo yet. Drop one on the page first.")
        work = partial(
            upscale_file,
            chosen.path,
            scale=scale,
            preset=preset,
            purpose=purpose,
            output_format=output_format,
            consistent=consistent,
            folder=self._folder,
            limits=self._limits,
        )
        ahead = self._jobs.put(session, Job(lambda progress: work(progress=progress)))
        cancel = Button(label="Cancel", primary=False)
        return ViewState(status=messages.waiting(ahead), go=HIDDEN, cancel=cancel, download=HIDDEN)

    def work(self, session: str, name: str) -> Iterator[ViewState]:
        """Follow the session's job to its end: steps, then a result, a refusal or "cancelled"."""
        job = self._jobs.get(session)
        if job is None:  # cancelled while it waited
            yield self._ended(messages.stopped())
            return
        for step in job.steps():
            yield ViewState(status=messages.running(step))
        try:
            result = job.result()
        except Cancelled:
            yield self._ended(messages.stopped())
        except (ValueError, OSError) as error:
            yield self._ended(messages.refused(str(error)), error=str(error))
        except MemoryError:
            text = "This computer's memory does not suffice. Choose a smaller factor or photo."
            yield self._ended(messages.refused(text), error=text)
        else:
            yield self._finished(result, name)

    def stop(self, session: str) -> ViewState:
        """Cancel: the tile in work is finished, nothing else is begun."""
        self._jobs.cancel(session)
        return ViewState(cancel=Button(enabled=False, primary=False, label="Stopping …"))

    def leave(self, session: str) -> None:
        """The browser went away: nobody waits for its job."""
        self._jobs.cancel(session)

    def _nothing(self, reason: str) -> ViewState:
        off = Button(enabled=False)
        return ViewState(
            self._viewer({}), "", messages.refused(reason), off, HIDDEN, HIDDEN, reason
        )

    def _viewer(self, state: dict) -> dict:
        return state | {"serial": next(self._serial)}

    def _ended(self, status: str, *, error: str | None = None) -> ViewState:
        return ViewState(status=status, go=Button(), cancel=HIDDEN, error=error)

    def _finished(self, result: Result, name: str) -> ViewState:
        self.results.put(result)
        label = messages.download(result.facts)
        return ViewState(
            viewer=self._viewer(show_result(result, name, self._address)),
            target="",
            status=messages.done(result.facts),
            # The next step is the download: it takes over as the one obvious button.
            go=Button(primary=False),
            cancel=HIDDEN,
            # Without a file the browser asks for it at the slider's position (page/blend.js).
            download=Button(label=label, file=None if result.files.ends else result.files.picture),
        )
