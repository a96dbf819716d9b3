"""The page's work without the page: look at an uploaded photo, enlarge it, write its files.

The enlarged file is made by the very calls of the command line (``inference.slider``, then
``image.files.write_photo``), so both give the same bytes.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from sr_app.image.files import (
    SUFFIXES,
    Photo,
    PhotoError,
    read_header,
    read_photo,
    write_photo,
)
from sr_app.inference.bands import Progress
from sr_app.inference.consistency import consistency, error_moments
from sr_app.inference.goal import CLEAN, preset_for
from sr_app.serving.blend_endpoints import BlendEndpoints, Members, save_ends
from sr_app.serving.enlarge import enlarge, seen, turned
from sr_app.serving.limits import Limits
from sr_app.serving.naturalness import naturalness
from sr_app.serving.preview import TILE, Layer, write_layer

T = TypeVar("T")
OutputFormat = Literal["png", "same"]
TURNED_PIXELS = 16_000_000
"""Results up to this size are compared under flips and turns: eight runs, 0.5 GB at the end."""

SHOWN_BY_BROWSERS = ("jpeg", "png", "webp", "avif", "bmp")


@dataclass(frozen=True)
class Look:
    """An uploaded photo before anything is done with it.

    Args:
        picture: a file that a browser shows: the upload itself, or a PNG of it (TIFF).
        height, width: of the photo.
        format: as ``Header``.
        notes: lines for the person, such as "animated: the first of 12 frames is used".
    """

    picture: Path
    height: int
    width: int
    format: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Files:
    """What was written.

    Args:
        picture: at full resolution; with ``ends``, what they write is named after it.
        layers: what the viewer shows: before, then after, or both ends of the slider.
        ends: of the slider, where the preset has a vivid twin.
    """

    picture: Path
    layers: tuple[Layer, ...]
    ends: BlendEndpoints | None = None

    @property
    def token(self) -> str:
        """The name of the folder, which nobody can guess."""
        return self.picture.parent.name


@dataclass(frozen=True)
class Facts:
    """What a person may want to know of a result; sizes are (height, width), seconds in all.

    ``bytes`` is None while the file is not written, ``consistency`` in dB (see
    ``inference.consistency``) while it depends on the slider, and ``naturalness`` (see
    ``serving.naturalness``) for small pictures.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    scale: int
    preset: str
    seconds: float
    format: str
    bits: int
    bytes: int | None
    notes: tuple[str, ...]
    consistency: float | None = None
    naturalness: tuple[tuple[str, float], ...] | None = None


@dataclass(frozen=True)
class Result:
    """An enlarged photo on disk."""

    files: Files
    facts: Facts


def look(path: str | Path, *, folder: str | Path, limits: Limits | None = None) -> Look:
    """Check an upload by its header alone, and find a picture of it that a browser shows.

    Args:
        folder: where a private folder for the picture is made, if one is needed.

    Raises:
        PhotoError: not a photo, or too large; one line without any path of this machine.
    """
    path, limits = Path(path), limits or Limits()
    header = _named(path, lambda: read_header(path))
    limits.check_photo(header.height, header.width)
    picture, height, width = path, header.height, header.width
    if header.format not in SHOWN_BY_BROWSERS:
        photo = _read(path, limits)
        with _private(folder) as private:
            layer = write_layer("Before", photo, private)
        picture, height, width = layer.picture, layer.height, layer.width
    moving = header.frames > 1
    notes = (f"animated: the first of {header.frames} frames is used",) if moving else ()
    return Look(picture, height, width, header.format, notes)


def upscale_file(
    path: str | Path,
    *,
    scale: int,
    preset: str | None = None,
    purpose: str = CLEAN,
    output_format: OutputFormat = "png",
    consistent: bool = False,
    folder: str | Path,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Result:
    """Enlarge a photo and write it with its previews into a new private folder.

    Where the preset has a vivid twin both are run and kept, and no file is written until somebody
    asks for a position of the slider (``BlendEndpoints.write``).

    Args:
        preset: None takes the default one of the factor and the purpose.
        purpose: ``clean`` or ``real``, see ``inference.goal``.
        output_format: ``same`` keeps the photo's own format.
        consistent: project the result onto the photo.
        progress: called with (tiles done, tiles in all); an exception that it raises stops the
            work, passes through unchanged, and nothing is left in ``folder``.

    Raises:
        PhotoError: not a photo, or too large.
        ValueError: an unknown preset or factor.
    """
    path, limits, start = Path(path), limits or Limits(), time.monotonic()
    limits.check(_named(path, lambda: read_header(path)), scale)
    before = _read(path, limits)
    preset = preset or preset_for(scale, purpose, twin=True)
    results = tuple(
        enlarge(before, scale=scale, preset=preset, consistent=consistent, progress=progress)
    )
    with _private(folder) as private:
        picture = private / f"{path.stem}_x{scale}{_suffix(path, before, output_format)}"
        size = results[0].rgb.shape[:2]
        again = partial(_turned, path, preset, size, limits)
        files, notes = _write(before, results, picture, side=TILE // scale, again=again)
    after = results[0]
    shown = {n: r.rgb for n, r in zip(_names(results), results, strict=True)}
    one = files.ends is None
    facts = Facts(
        before=before.rgb.shape[:2],
        after=after.rgb.shape[:2],
        scale=scale,
        preset=preset,
        seconds=time.monotonic() - start,
        format=SUFFIXES[picture.suffix],
        bits=after.bits,
        bytes=picture.stat().st_size if one else None,
        notes=tuple(dict.fromkeys((*before.warnings, *after.warnings, *notes))),
        consistency=consistency(after.rgb, seen(before)) if one else None,
        naturalness=naturalness(seen(before), shown),
    )
    return Result(files, facts)


def _write(
    before: Photo,
    results: tuple[Photo, ...],
    picture: Path,
    *,
    side: int,
    again: Members,
) -> tuple[Files, tuple[str, ...]]:
    """Write what the viewer shows, and the picture or the ends; what the format made it lose."""
    folder, ends, notes = picture.parent, None, ()
    if len(results) == 1:
        notes = write_photo(results[0], picture)
    else:
        errors = error_moments(*(result.rgb for result in results), seen(before))
        few = results[0].rgb[..., 0].size <= TURNED_PIXELS
        ends = save_ends(results, picture, errors, again if few else None)
    layers = [write_layer("Before", before, folder, side=side)]
    layers += [write_layer(n, r, folder) for n, r in zip(_names(results), results, strict=True)]
    return Files(picture, tuple(layers), ends), notes


def _names(results: tuple[Photo, ...]) -> tuple[str, ...]:
    """What the results are to the person."""
    return ("After",) if len(results) == 1 else ("Faithful", "Vivid")


def remove_old(folder: str | Path, *, seconds: float) -> int:
    """Delete the private folders in ``folder`` that were made more than ``seconds`` ago."""
    edge, removed = time.time() - seconds, 0
    for private in Path(folder).glob("photo-*"):
        if private.stat().st_mtime < edge:
            shutil.rmtree(private, ignore_errors=True)
            removed += 1
    return removed


def _suffix(path: Path, photo: Photo, output_format: OutputFormat) -> str:
    """The result's suffix; a photo keeps its spelling (.jpeg) unless that lies about its format."""
    if output_format == "png":
        return ".png"
    if SUFFIXES.get(path.suffix.lower()) == photo.format:
        return path.suffix.lower()
    return next(suffix for suffix, name in SUFFIXES.items() if name == photo.format)


def _turned(path: Path, preset: str, size: tuple[int, int], limits: Limits) -> Iterator[np.ndarray]:
    yield from turned(_read(path, limits), preset=preset, size=size)


def _read(path: Path, limits: Limits) -> Photo:
    return _named(path, lambda: read_photo(path, max_pixels=limits.input_pixels))


def _named(path: Path, read: Callable[[], T]) -> T:
    """Errors that name the file as the person knows it, not where it lies on this machine."""
    try:
        return read()
    except PhotoError as error:
        raise PhotoError(str(error).replace(str(path), path.name)) from error
    except OSError as error:
        raise PhotoError(f"{path.name}: {error.strerror or 'could not be read'}") from error


@contextmanager
def _private(folder: str | Path) -> Iterator[Path]:
    """A new folder with a name that nobody can guess, readable by this user only.

    It goes again if what is written into it fails.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    private = Path(tempfile.mkdtemp(prefix="photo-", dir=folder))
    try:
        yield private
    except BaseException:
        shutil.rmtree(private, ignore_errors=True)
        raise
