"""The page's work without the page: look at an uploaded photo, enlarge it, keep what came of it.

What is kept is what the very calls of the command line give (``inference.slider``), so the file
that is made of it has the same bytes (``blend_endpoints``).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from sr_app.image.decoder_pool import common_pool
from sr_app.image.files import (
    RESULT_SUFFIXES,
    SUFFIXES,
    Header,
    Photo,
    PhotoError,
    read_header,
    read_photo,
)
from sr_app.image.limits import MAX_FRAMES, counted
from sr_app.image.metadata import with_resolution
from sr_app.inference.bands import Progress
from sr_app.inference.consistency import error_moments
from sr_app.inference.goal import CLEAN, Goal, preset_for
from sr_app.inference.result_rows import seen
from sr_app.inference.slider import consistent_with
from sr_app.networks.card import vivid_end
from sr_app.networks.presets import read_card
from sr_app.serving.blend_endpoints import BlendEndpoints, Members, save_ends
from sr_app.serving.enlarge import enlarge, turned
from sr_app.serving.limits import Limits
from sr_app.serving.naturalness import naturalness
from sr_app.serving.preview import TILE, Layer, write_layer, write_thumbnail
from sr_app.serving.spotlight import spotlight

T = TypeVar("T")
TURNED_PIXELS = 16_000_000
"""Results up to this size are compared under flips and turns: eight runs, 0.5 GB at the end."""

PHOTO, REGION = "photo-", "region-"
"""How the names of private folders begin: of results, and of regions in several ways."""

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
        layers: what the viewer shows: before, then after, or both ends of the slider.
        ends: the results themselves, to make files from.
        thumbnail: a PNG of the result, some 200 pixels wide.
    """

    layers: tuple[Layer, ...]
    ends: BlendEndpoints
    thumbnail: Path

    @property
    def folder(self) -> Path:
        return self.ends.picture.parent

    @property
    def token(self) -> str:
        """The name of the folder, which nobody can guess."""
        return self.folder.name


@dataclass(frozen=True)
class Facts:
    """What a person may want to know of a result; sizes are (height, width), seconds in all.

    ``preset`` made the faithful end, ``vivid`` the other if there is one; ``own_format`` is that of
    its file "as the photo", ``seconds`` those from opening the photo to the end, ``spot`` the place
    (x, y), in shares, where the difference to the photo is seen best.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    preset: str
    vivid: str | None
    seconds: float
    own_format: str
    bits: int
    notes: tuple[str, ...]
    spot: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Result:
    """An enlarged photo on disk, and where the photo itself lies."""

    source: Path
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
    header = _header(path)
    limits.check_photo(header.height, header.width)
    picture, height, width = path, header.height, header.width
    if header.format not in SHOWN_BY_BROWSERS:
        photo = read_upload(path, limits)
        with _private(folder) as private:
            layer = write_layer("Before", photo, private)
        picture, height, width = layer.picture, layer.height, layer.width
    count = counted(header.frames, MAX_FRAMES)
    notes = (f"animated: the first of {count} frames is used",) if header.frames > 1 else ()
    return Look(picture, height, width, header.format, notes)


def upscale_file(
    path: str | Path,
    *,
    scale: int = 2,
    size: tuple[int, int] | None = None,
    preset: str | None = None,
    purpose: str = CLEAN,
    consistent: bool = False,
    dpi: float | None = None,
    label: str = "",
    earlier: Result | None = None,
    folder: str | Path,
    progress: Progress | None = None,
    expect: Callable[[float], None] | None = None,
    limits: Limits | None = None,
) -> Result:
    """Enlarge a photo and keep the result with its previews in a new private folder.

    Where the preset has a vivid twin both are run and kept. PhotoError for what is no photo or too
    large, ValueError for an unknown preset or factor.

    Args:
        scale: factor, where ``size`` is None.
        size: exact (height, width) of the result.
        preset: None takes the default one of the factor and the purpose.
        purpose: ``clean`` or ``real``, see ``inference.goal``.
        consistent: project the result onto the photo.
        dpi: dots per inch that the file says; the photo's own if None.
        label: added to the file's name; what was asked for if empty.
        earlier: the result of the same photo and network without that projection: then no network
            is run at all.
        progress: called with (tiles done, tiles in all); an exception that it raises stops the
            work, passes through unchanged, and nothing is left in ``folder``.
        expect: called with the seconds that the networks may take, as a small tile has shown.
    """
    path, limits, start = Path(path), limits or Limits(), time.monotonic()
    header = _header(path)
    limits.check_photo(header.height, header.width)
    if size is None:
        limits.check_result(header.height, header.width, scale)
    else:
        limits.check_size(*size)
    before = read_upload(path, limits)
    factor = scale if size is None else max(size[0] / header.height, size[1] / header.width)
    preset = preset or preset_for(factor, purpose, twin=True)
    if dpi:
        exif = before.exif and with_resolution(before.exif, (dpi, dpi))
        before = replace(before, dpi=(dpi, dpi), exif=exif)
    if earlier is None:
        goal = Goal(scale if size is None else None, size, preset)
        made = enlarge(before, goal, consistent=consistent, progress=progress, expect=expect)
    else:
        made = _projected(before, earlier, progress)
    results = tuple(made)
    with _private(folder) as private:
        label = label or (f"x{scale}" if size is None else f"{size[1]}x{size[0]}")
        picture = private / f"{path.stem}_{label}{_suffix(path, before)}"
        size = results[0].rgb.shape[:2]

        def again() -> Iterator[np.ndarray]:
            yield from turned(read_upload(path, limits), preset=preset, size=size)

        files = _write(before, results, picture, side=max(1, round(TILE / factor)), again=again)
    facts = Facts(
        before=before.rgb.shape[:2],
        after=results[0].rgb.shape[:2],
        preset=preset,
        vivid=vivid_end(read_card(preset)) if results[1:] else None,
        seconds=time.monotonic() - start,
        own_format=SUFFIXES[files.ends.picture.suffix],
        bits=results[0].bits,
        notes=tuple(dict.fromkeys((*before.warnings, *results[0].warnings))),
        spot=spotlight(seen(before), tuple(result.rgb for result in results)),
    )
    return Result(path, files, facts)


def measure_naturalness(result: Result) -> tuple[tuple[str, float], ...] | None:
    """See ``serving.naturalness``: of the interpolated photo and of each result; OSError if the
    photo or the result is no longer there."""
    header = _header(result.source)  # it was let in, by limits that may be wider than usual
    limits = Limits(input_pixels=header.height * header.width)
    before = seen(read_upload(result.source, limits))
    results = result.files.ends.results()
    return naturalness(before, {name: result.rgb for name, result in _called(results)})


def _projected(before: Photo, earlier: Result, progress: Progress | None) -> Iterator[Photo]:
    """The ends of an earlier result, brought to agree with the photo."""
    ends = earlier.files.ends.results()
    for done, end in enumerate(ends):
        if progress:
            progress(done, len(ends))
        yield consistent_with(before, end)
    if progress:
        progress(len(ends), len(ends))


def _write(
    before: Photo, results: tuple[Photo, ...], picture: Path, *, side: int, again: Members
) -> Files:
    """Write what the viewer shows, and the results themselves."""
    folder, shown = picture.parent, seen(before)
    errors = error_moments(results[0].rgb, results[-1].rgb, shown)
    few = results[0].rgb[..., 0].size <= TURNED_PIXELS
    ends = save_ends(results, picture, errors, again if few else None)
    pictures = [("Before", before, side), *((n, r, TILE) for n, r in _called(results))]
    with ThreadPoolExecutor(2) as pool:  # packing a PNG lets the other thread work
        layers = pool.map(lambda one: write_layer(one[0], one[1], folder, side=one[2]), pictures)
        return Files(tuple(layers), ends, write_thumbnail(results[0], folder))


def _called(results: tuple[Photo, ...]) -> list[tuple[str, Photo]]:
    """Results by what they are to the person."""
    names = ("After",) if len(results) == 1 else ("Faithful", "Vivid")
    return list(zip(names, results, strict=True))


def _suffix(path: Path, photo: Photo) -> str:
    """The photo's own suffix, in its spelling (.jpeg) unless that lies about its format.

    A format that can be read and not written gives what such photos become.
    """
    if SUFFIXES.get(path.suffix.lower()) == photo.format:
        return path.suffix.lower()
    own = next((suffix for suffix, name in SUFFIXES.items() if name == photo.format), ".png")
    return RESULT_SUFFIXES.get(photo.format, own)


def _header(path: Path) -> Header:
    decoders = common_pool()
    return _named(path, lambda: (decoders.header if decoders else read_header)(path))


def read_upload(path: Path, limits: Limits, *, as_floats: bool = True) -> Photo:
    """A stranger's photo, decoded in a process of its own, which is limited and watched.

    Args:
        as_floats: as of ``image.files.read_photo``.

    Raises:
        PhotoError: as `look`.
    """
    pixels, decoders = limits.input_pixels, common_pool()
    return _named(
        path, lambda: read_photo(path, max_pixels=pixels, as_floats=as_floats, decoders=decoders)
    )


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
    private = Path(tempfile.mkdtemp(prefix=PHOTO, dir=folder))
    try:
        yield private
    except BaseException:
        shutil.rmtree(private, ignore_errors=True)
        raise
