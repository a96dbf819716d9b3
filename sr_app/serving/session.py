"""What one browser tab has on the page: a photo, settings, at most one job, and its results."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sr_app.inference.goal import CLEAN
from sr_app.serving.jobs import Job
from sr_app.serving.service import Look, Result


@dataclass(frozen=True)
class Chosen:
    """The photo on the page: where it lies, its name on the person's computer, how it looks."""

    path: Path
    name: str
    look: Look

    @property
    def size(self) -> tuple[int, int]:
        """(height, width)."""
        return self.look.height, self.look.width


@dataclass(frozen=True)
class Settings:
    """What is asked of the networks; ``preset`` None is the one that suits factor and purpose."""

    scale: int = 2
    purpose: str = CLEAN
    preset: str | None = None
    consistent: bool = False


@dataclass
class Entry:
    """A finished result, what it was made of and with, and whether it was downloaded."""

    result: Result
    chosen: Chosen
    settings: Settings
    saved: bool = False

    @property
    def token(self) -> str:
        """Of its files."""
        return self.result.files.token


@dataclass
class Session:
    """The state of one tab; ``Controller`` changes it, under its lock.

    Args:
        token: by which the tab is known; nobody can guess it.
        seen: when the tab last said something.
        job: what is being made, or None. There is never more than one.
        shown: token of the result in the viewer; None shows the photo.
        status: kind (``note``, ``refused``, ``done``) and text under the button.
        alert: number and text of the newest refusal, which pops up as well.
        serial: grows with every change that is more than progress.
        opening: grows with every photo that is chosen; only the newest one is taken.
    """

    token: str
    seen: float
    chosen: Chosen | None = None
    settings: Settings = field(default_factory=Settings)
    job: Job | None = None
    entries: list[Entry] = field(default_factory=list)
    shown: str | None = None
    status: tuple[str, str] = ("", "")
    alert: tuple[int, str] = (0, "")
    serial: int = 1
    opening: int = 0

    def find(self, path: Path, settings: Settings) -> Entry | None:
        """The result of a photo with exactly these settings."""
        return next(
            (e for e in self.entries if (e.chosen.path, e.settings) == (path, settings)), None
        )

    def entry(self, token: str | None) -> Entry | None:
        """A result by its token."""
        return next((e for e in self.entries if e.token == token), None)

    def tell(self, kind: str, text: str) -> None:
        """Set the line under the button."""
        self.status = (kind, text)
        self.serial += 1

    def refuse(self, text: str) -> None:
        """Say why something was not done; everything else stays as it is."""
        self.alert = (self.alert[0] + 1, text)
        self.tell("refused", text)
