"""Many files: which becomes which, and the work on one of them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sr_app.image.files import (
    SUFFIXES,
    PhotoError,
    find_photos,
    read_header,
    read_photo,
)
from sr_app.inference.bands import Progress
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.slider import AS_USUAL, Encoding


@dataclass(frozen=True)
class Job:
    """One file to read and one to write."""

    source: Path
    target: Path


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Args:
        status: ``written``, or ``skipped`` because it was finished before.
        before, after: (height, width); None if skipped.
        preset: that was run, and its blend; None if skipped.
        seconds: reading, network and writing.
        warnings: of reading, enlarging and writing.
    """

    status: str
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    preset: str | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass
class Batch:
    """What is asked for, and how it is written.

    Args:
        enlarger: with the networks loaded so far.
        encoding: of the results.
        resume: skip files whose result is there, in the size that it must have.
    """

    enlarger: Enlarger
    encoding: Encoding = AS_USUAL
    resume: bool = False

    def run(self, job: Job, *, progress: Progress | None = None) -> Outcome:
        """Do one job; the result appears whole or not at all.

        Raises:
            ValueError, OSError, MemoryError: what is wrong with this file.
        """
        start = time.perf_counter()
        if self.resume and self.finished(job):
            return Outcome("skipped")
        photo = read_photo(job.source, as_floats=False)
        done = self.enlarger.write(photo, job.target, encoding=self.encoding, progress=progress)
        seconds = time.perf_counter() - start
        return Outcome(
            "written", photo.rgb.shape[:2], done.size, done.preset, seconds, done.warnings
        )

    def finished(self, job: Job) -> bool:
        """Whether the result is there and has its size, by the headers alone.

        Results are moved into place whole, so one that is there is complete; of another size it
        comes from other settings. A turned photo may be enlarged to either orientation.
        """
        try:
            there = read_header(job.target)
        except (PhotoError, OSError):
            return False
        header = read_header(job.source)
        sizes = {(header.height, header.width), (header.width, header.height)}
        expected = {self.enlarger.size_for(*size) for size in sizes}
        return (there.height, there.width) in expected


def find_jobs(
    source: Path, target: Path, *, recursive: bool = False, suffix: str | None = None
) -> list[Job]:
    """What a file or folder becomes.

    A file becomes ``target``, or a file of its own name in the folder ``target``. A folder's photos
    keep their names, and with ``recursive`` their places in the tree.

    Args:
        suffix: of the results, ``.png`` say; the sources' own if None.

    Raises:
        PhotoError: if there is nothing to do, or a result would replace a source.
    """
    if suffix is not None and suffix not in SUFFIXES:
        raise PhotoError(_unknown_suffix(suffix))
    if source.is_dir():
        jobs = _folder_jobs(source, target, recursive, suffix)
    elif source.exists():
        jobs = [Job(source, _single_target(source, target, suffix))]
    else:
        raise PhotoError(f"{source}: no such file or folder")
    _keep_sources(jobs)
    return jobs


def _folder_jobs(source: Path, target: Path, recursive: bool, suffix: str | None) -> list[Job]:
    if target.exists() and not target.is_dir():
        raise PhotoError(f"{target} is a file: the results of a folder need a folder")
    root, own = target.resolve(), source.resolve()
    photos = [
        photo
        for photo in find_photos(source, recursive=recursive)
        # Results of an earlier run are no sources when they lie inside the source's tree.
        if root == own or not photo.resolve().is_relative_to(root)
    ]
    if not photos:
        more = "" if recursive else "; -r looks into its folders too"
        raise PhotoError(f"{source}: no photos ({', '.join(SUFFIXES)}){more}")
    names = [photo.relative_to(source) for photo in photos]
    results = [_renamed(name, suffix) for name in names]
    used = Counter(results)
    return [
        # a.jpg and a.png cannot both become a.png: the renamed one becomes a.jpg.png.
        Job(photo, target / (result if used[result] == 1 or result == name else f"{name}{suffix}"))
        for photo, name, result in zip(photos, names, results, strict=True)
    ]


def _single_target(source: Path, target: Path, suffix: str | None) -> Path:
    if target.is_dir():
        target = target / _renamed(Path(source.name), suffix)
    elif suffix is not None and SUFFIXES.get(target.suffix.lower()) != SUFFIXES[suffix]:
        raise PhotoError(f"{target} does not end in {suffix}: name it so, or leave the format out")
    if target.suffix.lower() not in SUFFIXES:
        raise PhotoError(f"{target}: {_unknown_suffix(target.suffix)}")
    return target


def _renamed(name: Path, suffix: str | None) -> Path:
    """The name with another suffix; its own spelling stays if it means the same format."""
    if suffix is None or SUFFIXES.get(name.suffix.lower()) == SUFFIXES[suffix]:
        return name
    return name.with_suffix(suffix)


def _keep_sources(jobs: list[Job]) -> None:
    """Refuse jobs that would write over a source, under whatever name it is reached."""
    sources = {_identity(job.source) for job in jobs}
    for job in jobs:
        if job.target.exists() and _identity(job.target) in sources:
            raise PhotoError(f"{job.target} would be written over, and it is an input")


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _unknown_suffix(suffix: str) -> str:
    return f"expected one of {', '.join(SUFFIXES)}. Received: {suffix or 'no suffix'}"
