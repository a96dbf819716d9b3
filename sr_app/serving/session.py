"""What one browser tab has on the page: a photo, settings, at most one job, and its results."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from sr_app.inference.goal import AUTO, CLEAN
from sr_app.serving.jobs import Job
from sr_app.serving.proposal import Proposal
from sr_app.serving.sample import Box
from sr_app.serving.service import Look, Result
from sr_app.serving.turns import Who

START = 50
"""Where the slider starts. The squared error that vividness adds grows with the square of the way,
the perceptual gain with the way itself: in the middle half of the gain costs a quarter."""


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
    """What is asked of the networks.

    Args:
        scale: factor, where ``size`` is None.
        size: a key of ``sizes.MEASURES`` and a number.
        preset: None is the one that suits factor and purpose.
    """

    scale: int = 2
    size: tuple[str, float] | None = None
    purpose: str = CLEAN
    preset: str | None = None
    consistent: bool = False


def changed(settings: Settings, name: str, value: object) -> Settings:
    """The settings with another one; factor and exact size exclude each other."""
    match name, value:
        case "scale", int():
            return replace(settings, scale=value, size=None)
        case "size", [str(key), int() | float() as number]:
            return replace(settings, size=(key, float(number)))
        case "purpose", str() | None:
            return replace(settings, purpose=value or CLEAN)
        case "preset", str() | None:
            return replace(settings, preset=value)
        case "consistent", bool():
            return replace(settings, consistent=value)
    raise ValueError(f"Expected a setting. Received: {name} {value!r}")


READY, WAITING, WORKING = "ready", "waiting", "working"
DONE, REFUSED, CANCELLED = "done", "refused", "cancelled"


@dataclass(eq=False)
class Item:
    """One of several photos.

    Args:
        number: by which the browser names it.
        name: of the file.
        chosen: None where the file was refused.
        state: ``ready`` until somebody begins, then one of those above.
        reason: why it was refused.
        own: its own settings, by name; the others are those of all.
        start: where its slider begins.
        token: of its newest result.
        thumbnail: a small picture of the photo; bad: there cannot be one.
    """

    number: int
    name: str
    chosen: Chosen | None
    state: str
    reason: str = ""
    own: dict[str, object] = field(default_factory=dict)
    start: int = START
    token: str | None = None
    thumbnail: Path | None = None
    bad: bool = False


@dataclass
class Entry:
    """A finished result, what it was made of and with, and whether it was downloaded.

    ``start`` is where its slider begins, in percent.
    """

    result: Result
    chosen: Chosen
    settings: Settings
    start: int = START
    saved: bool = False

    @property
    def token(self) -> str:
        return self.result.files.token

    def serves(self, wanted: Settings) -> bool:
        """It was made with these settings; any kind will do where the proposed one is wanted."""
        if wanted.purpose == AUTO:
            wanted = replace(wanted, purpose=self.settings.purpose)
        return self.settings == wanted


@dataclass(frozen=True)
class Way:
    """One kind of network on the region: pictures of its faithful and of its vivid end."""

    purpose: str
    name: str
    pictures: tuple[Path, ...]


@dataclass
class Trial:
    """A region of the photo in hand, as far as it is made.

    Args:
        path: of the photo.
        settings: that the result would be made with; the kind makes no difference.
        job: makes it.
        box: the region; None until the photo is read.
        before: a picture of the region as it is.
        ways: that are there already.
        folder: where the pictures lie.
        failed: why there is nothing to see.
    """

    path: Path
    settings: Settings
    job: Job | None = None
    box: Box | None = None
    before: Path | None = None
    ways: list[Way] = field(default_factory=list)
    folder: Path | None = None
    failed: str = ""

    def serves(self, path: Path, settings: Settings) -> bool:
        """It is of this photo and these settings, whatever kind they name."""
        kind = settings.purpose
        return self.path == path and replace(self.settings, purpose=kind) == settings

    @property
    def pending(self) -> bool:
        return self.job is not None and not (self.job.over or self.job.stopped)


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
        start: where the slider of the next result begins, in percent.
        decided: the person has chosen the kind of the photo in hand.
        proposals: what was measured of photos, by their files.
        trial: a region of the photo in hand in several ways, or None.
        replaced: folders of earlier ones that a browser was told of, and since when they are none.
        batch: the list of several photos, in the order in which they came; counted: of all ever.
        making: the photo of the list that the job is for.
        survey: the small job that measures the photos of the list.
        client: by which its sender is told from others (``hosts.client_key``).
        hidden: the tab said that it cannot be seen: then it may be silent for long.
        left: when it said goodbye, unless it said something since.
        lost: results that had to go for its photos, and of which it was not told yet.
        heard: number of the last press; a browser that got no answer sends it once more.
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
    start: int = START
    decided: bool = False
    proposals: dict[Path, Proposal] = field(default_factory=dict)
    trial: Trial | None = None
    replaced: list[tuple[float, Path]] = field(default_factory=list)
    batch: list[Item] = field(default_factory=list)
    counted: int = 0
    making: Item | None = None
    survey: Job | None = None
    client: str = ""
    hidden: bool = False
    left: float | None = None
    lost: int = 0
    heard: int = 0

    @property
    def who(self) -> Who:
        """Whose turn it is in the lines of the page."""
        return self.client, self.token

    @property
    def item(self) -> Item | None:
        """The photo in hand, where it is one of the list."""
        if self.chosen is None:
            return None
        return next((i for i in self.batch if i.chosen is self.chosen), None)

    @property
    def current(self) -> Settings:
        """What the photo in hand would be made with."""
        return self.settings_of(self.item) if self.item else self.settings

    def settings_of(self, item: Item) -> Settings:
        """Those of all, but for the photo's own."""
        settings = self.settings
        for name, value in item.own.items():
            settings = changed(settings, name, value)
        return settings

    def kind_of(self, chosen: Chosen | None, settings: Settings) -> str:
        """The kind that these settings mean for a photo, if it is known yet."""
        found = self.proposals.get(chosen.path) if chosen else None
        auto = settings.purpose == AUTO
        return found.purpose if auto and found else settings.purpose

    def hold(self, chosen: Chosen, entry: Entry | None = None) -> None:
        """Take a photo in hand, and show its result if there is one."""
        self.chosen, self.shown = chosen, entry.token if entry else None
        self.decided, self.start = False, START

    def unprojected(self, path: Path, settings: Settings) -> Entry | None:
        """A result that only lacks the projection that these settings ask for."""
        return self.find(path, replace(settings, consistent=False)) if settings.consistent else None

    def find(self, path: Path, settings: Settings) -> Entry | None:
        """The result of a photo with these settings."""
        return next((e for e in self.entries if e.chosen.path == path and e.serves(settings)), None)

    def made(self, path: Path) -> bool:
        return any(entry.chosen.path == path for entry in self.entries)

    def entry(self, token: str | None) -> Entry | None:
        return next((e for e in self.entries if e.token == token), None)

    def tell(self, kind: str, text: str) -> None:
        """Set the line under the button."""
        self.status = (kind, text)
        self.serial += 1

    def refuse(self, text: str) -> None:
        """Say why something was not done; everything else stays as it is."""
        self.alert = (self.alert[0] + 1, text)
        self.tell("refused", text)
