"""Many photos enlarged as one request says: it is checked whole before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sr_app.inference.batch import Batch, without_results
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal, parse_size
from sr_app.inference.job_list import JobList, find_jobs
from sr_app.inference.planning import Plan, parse_bytes, seconds_per_pixel
from sr_app.inference.slider import Encoding, Position, read_blend_map
from sr_app.networks.presets import read_card

if TYPE_CHECKING:
    from sr_app.image.decoder_pool import DecoderPool
    from sr_app.inference.job_list import Job

MEGA = 1_000_000


@dataclass(frozen=True)
class UpscalePlan:
    """What is asked for, in a person's words.

    Args:
        sources, target, recursive, template: as ``inference.job_list.find_jobs``.
        scale, preset, purpose: as ``inference.goal.Goal``; size: ``1920x1080``, width first.
        blend: from 0, faithful, to 1, vivid; or blend_map: a grey picture instead.
        mode, consistent: as ``inference.slider.Position``.
        tile: largest side, in pixels of the photo; runtime, device: by name.
        memory: most bytes, such as ``500MB``.
        resume: skip what an earlier run has finished; overwrite: write over what is there.
        file_format: of the results, ``png`` say; the photos' own if None.
        quality: of JPEG and AVIF, 1 to 100; png: ``fast`` or ``small``.
        metadata, location: keep them; times: give results the file times of their photos.
        max_megapixels: of a photo that is read.
    """

    sources: Sequence[str]
    target: str
    scale: float | None = None
    size: str | None = None
    preset: str | None = None
    purpose: str = "clean"
    blend: float | None = None
    blend_map: Path | None = None
    mode: str = "outputs"
    consistent: bool = False
    tile: int | None = None
    runtime: str = "auto"
    device: str = "auto"
    memory: str | None = None
    recursive: bool = False
    template: str | None = None
    resume: bool = False
    overwrite: bool = False
    file_format: str | None = None
    quality: int = 95
    png: str = "fast"
    metadata: bool = True
    location: bool = True
    times: bool = False
    max_megapixels: float = 100.0

    def goal(self) -> Goal:
        """Factor or size, and by which preset."""
        size = None if self.size is None else parse_size(self.size)
        return Goal(self.scale, size, self.preset, self.purpose)

    def find(self) -> JobList:
        """Which file becomes which."""
        suffix = None if self.file_format is None else f".{self.file_format.lower().lstrip('.')}"
        return find_jobs(
            self.sources,
            self.target,
            recursive=self.recursive,
            suffix=suffix,
            template=self.template,
            scale=self.size or f"{self.scale or self._own_factor():g}",
        )

    def _own_factor(self) -> float:
        """The factor where none is asked for: only then is a card read."""
        return self.goal().factor(None if self.preset is None else read_card(self.preset))

    def position(self) -> Position:
        """Where the slider stands."""
        place = self.blend if self.blend_map is None else read_blend_map(self.blend_map)
        return Position(place, self.mode, self.consistent)


def begin_upscale(plan: UpscalePlan, decoders: DecoderPool | None) -> tuple[Batch, JobList]:
    """What is to be done, and the files that it is done to; nothing is written yet.

    Args:
        decoders: as ``inference.batch.Batch``.

    Raises:
        ValueError: one line, for settings that contradict, files that are not there, results that
            are there already, an unknown preset.
    """
    goal, found = plan.goal(), plan.find()
    if plan.overwrite and plan.resume:
        raise ValueError("Expected overwrite or resume. Received: both")
    if not (plan.overwrite or plan.resume):
        without_results(found.jobs)
    if plan.blend_map is not None and plan.blend is not None:
        raise ValueError(f"Expected a blend or a map of it. Received: both, {plan.blend:g}")
    if plan.png not in ("fast", "small"):
        raise ValueError(f"Expected png to be fast or small. Received: {plan.png!r}")
    limit = None if plan.memory is None else parse_bytes(plan.memory)
    enlarger = Enlarger(
        goal,
        plan.position(),
        runtime=plan.runtime,
        device=plan.device,
        tile=plan.tile,
        memory=limit,
    )
    enlarger.slider(*(goal.size or (1, 1)))  # a wrong preset stops here, not at every file
    batch = Batch(
        enlarger,
        Encoding(plan.quality, plan.metadata, small=plan.png == "small"),
        plan.resume,
        round(plan.max_megapixels * MEGA),
        strip_location=not plan.location,
        keep_times=plan.times,
        decoders=decoders,
    )
    return batch, found


@dataclass(frozen=True)
class Estimate:
    """What a file will take: its tiles and memory, and seconds on this machine."""

    source: Path
    plan: Plan
    seconds: float

    def line(self) -> str:
        """What a person reads."""
        (tall, wide), (height, width) = self.plan.tile, self.plan.size
        tiles = f"{self.plan.tiles} tile{'s' * (self.plan.tiles > 1)}"
        return (
            f"{self.source} -> {width}x{height} by {self.plan.preset}: {tiles} of "
            f"{wide}x{tall}, about {self.seconds:.1f} s, at most {self.plan.bytes / 1e6:.0f} MB"
        )

    def to_json(self) -> dict:
        """What a program reads; sizes are [width, height]."""
        return {
            "input": str(self.source),
            "size_after": [*reversed(self.plan.size)],
            "preset": self.plan.preset,
            "tiles": self.plan.tiles,
            "tile": [*reversed(self.plan.tile)],
            "seconds": round(self.seconds, 3),
            "bytes": self.plan.bytes,
        }


def estimates(batch: Batch, jobs: Sequence[Job]) -> Iterator[Estimate]:
    """What each file will take. Files that will be refused are passed over: their turn comes."""
    speeds: dict[str, float] = {}
    for job in jobs:
        try:
            made = batch.plan(job)
        except (ValueError, OSError):
            continue
        if made.preset not in speeds:
            speeds[made.preset] = seconds_per_pixel(batch.enlarger.loaded[made.preset].ends)
        yield Estimate(job.source, made, speeds[made.preset] * made.pixels)
