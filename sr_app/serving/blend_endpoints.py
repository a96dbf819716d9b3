"""What the networks gave, on disk, and what is made of it when somebody asks.

It is kept in 16 bits a channel, half of what the floats would take (``image.colour.to_kept``). The
command line begins its blends with the same numbers, so that a file made later, at whatever
position of the slider, is the very file that it writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.files.bands import BAND_ROWS, row_bands
from sr_app.image.colour import to_float, to_kept
from sr_app.image.encoders import CAPACITIES
from sr_app.image.files import Photo, write_photo
from sr_app.inference.blend import blend
from sr_app.inference.invention import VISIBLE, Amount, amount, disagreement, heat, levels
from sr_app.serving.preview import OVERVIEW_PIXELS, shrink, shrinking
from sr_app.serving.regions import mark

Members = Callable[[], Iterable[np.ndarray]]
NO_PIXELS = np.empty((0, 0, 3), np.float32)
SAME = "same"
SUFFIXES = {
    "png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif", "avif": ".avif", "jxl": ".jxl",
}  # fmt: skip
"""Formats that a result can be had in, beside that of its photo (``same``)."""

FINE = 8
"""Steps of a grey level in which differences are counted."""


@dataclass(frozen=True)
class BlendEndpoints:
    """The result of one photo, or its faithful and its vivid result.

    Args:
        faithful, vivid: uint16 arrays (H, W, 3) on disk; vivid is None without a slider.
        alpha: uint16 (H, W), or None.
        carried: the photo without its pixels: bit depth, profile, EXIF and the like.
        picture: name of the file to write in the photo's own format; a slider's position is added.
        errors: ``inference.consistency.error_moments`` of the two.
        invented: part of the picture, 0 to 1, that differs visibly from the faithful end, for each
            percent of the slider from 0 to 100; empty without one.
        turned: gives the vivid results under flips and turns, turned back; None where eight more
            runs are too many.
    """

    faithful: Path
    vivid: Path | None
    alpha: Path | None
    carried: Photo
    picture: Path
    errors: tuple[float, float, float]
    invented: tuple[float, ...] = ()
    turned: Members | None = None

    def results(self) -> tuple[Photo, ...]:
        """What the networks gave, in 16 bits; read from disk where it is looked at; OSError if it
        is no longer there."""
        alpha = None if self.alpha is None else _load(self.alpha)
        ends = [self.faithful] if self.vivid is None else [self.faithful, self.vivid]
        return tuple(replace(self.carried, rgb=_load(end), alpha=alpha) for end in ends)

    def write(
        self, place: int | np.ndarray = 0, kind: str = "png", quality: int = 95
    ) -> tuple[Path, tuple[str, ...]]:
        """The file for a position of the slider; the last one is kept.

        Args:
            place: 0 to 100 percent, or a painted map (h, w) of shares (``inference.blend``); 0
                where there is no slider.
            kind: a key of `SUFFIXES`, or ``same`` for the photo's own.
            quality: 1 to 100, of JPEG and AVIF.

        Returns:
            the file, and what the format made it lose.

        Raises:
            ValueError: for anything else. OSError: if the floats are gone or the disk is full.
        """
        if kind != SAME and kind not in SUFFIXES:
            raise ValueError(f"Expected a format among {SAME}, {', '.join(SUFFIXES)}: {kind!r}")
        suffix = self.picture.suffix if kind == SAME else SUFFIXES[kind]
        name = f"{self.picture.stem}{self._named(place)}{suffix}"
        made = self.picture.parent / "made"
        folder = made / f"{quality}"
        if made.is_dir():
            for other in made.iterdir():
                shutil.rmtree(other, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name, write_photo(self._at(place), folder / name, quality=quality)

    def map(
        self, *, turns: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Path, Amount]:
        """The invention map as a PNG to lay over the overview, and its numbers.

        Args:
            turns: look at how the vivid end disagrees under flips and turns, too: eight more runs.
            progress: called with (runs done, 8); an exception that it raises stops the work.

        Raises:
            ValueError: if there is no slider, or ``turns`` are too many. OSError: if the ends are
                gone.
        """
        if self.vivid is None:
            raise ValueError("Expected a result with a faithful and a vivid end")
        again = self.turned if turns else None
        if turns and again is None:
            raise ValueError("Expected a smaller picture for eight more runs")
        path = self.picture.with_name(f"invention{'_turned' if turns else ''}.png")
        faithful, vivid = _load(self.faithful), _load(self.vivid)
        spread = None if again is None else disagreement(_counted(again(), progress))
        height, width = faithful.shape[:2]
        step = shrinking(height, width, OVERVIEW_PIXELS)
        rows, small, means, shares = step * max(1, BAND_ROWS // step), [], [], []
        for band in row_bands(len(faithful), rows):
            ends = to_float(faithful[band]), to_float(vivid[band])
            found = levels(*ends, None if spread is None else spread[band])
            small.append(shrink(found, step))
            counted = amount(found)
            means.append(counted.mean * len(found))
            shares.append(counted.share * len(found))
        colours, opacity = heat(np.concatenate(small))
        write_photo(Photo(rgb=colours, alpha=opacity), path)
        return path, Amount(sum(means) / len(faithful), sum(shares) / len(faithful))

    def _named(self, place: int | np.ndarray) -> str:
        if isinstance(place, np.ndarray):
            if self.vivid is None:
                raise ValueError("Expected a result with a faithful and a vivid end")
            return f"_vivid_painted_{mark(place)}"
        if not 0 <= place <= (100 if self.vivid else 0):
            raise ValueError(f"Expected a position from 0 to 100. Received: {place}")
        return f"_vivid{place}" if self.vivid else ""

    def _at(self, place: int | np.ndarray) -> Photo:
        first, *second = self.results()
        if not second:
            return first
        share = place if isinstance(place, np.ndarray) else place / 100
        return replace(first, rgb=blend(first.rgb, second[0].rgb, share, bits=first.bits))


def save_ends(
    results: tuple[Photo, ...],
    picture: Path,
    errors: tuple[float, float, float],
    turned: Members | None = None,
) -> BlendEndpoints:
    """Write one or two results' pixels beside where ``picture`` will lie; the rest as of the class;
    OSError if the disk has no room for them."""
    first, folder = results[0], picture.parent
    _check_room(folder, len(results) * first.rgb.size * np.dtype(np.uint16).itemsize)
    alpha = None if first.alpha is None else _save(first.alpha, folder / "alpha.npy", first.bits)
    two = len(results) == 2
    return BlendEndpoints(
        _save(first.rgb, folder / "faithful_end.npy", first.bits),
        _save(results[1].rgb, folder / "vivid_end.npy", first.bits) if two else None,
        alpha,
        replace(first, rgb=NO_PIXELS, alpha=None),
        picture,
        errors,
        visible_shares(first.rgb, results[1].rgb) if two else (),
        turned if two else None,
    )


def _counted(
    members: Iterable[np.ndarray], progress: Callable[[int, int], None] | None
) -> Iterator[np.ndarray]:
    """The members, each of which is told before it is made use of."""
    for done, member in enumerate(members, start=1):
        if progress:
            progress(done, 8)
        yield member


def visible_shares(faithful: np.ndarray, vivid: np.ndarray) -> tuple[float, ...]:
    """Part of the picture whose blend differs visibly from the faithful end, for 0 to 100 percent.

    A blend at t lies t times as far from the faithful end as the vivid one, so one count of the
    differences, in steps of 1/8 level, answers for every position.

    Args:
        faithful, vivid: float (H, W, 3) in [0, 1].
    """
    counts = np.zeros(256 * FINE, np.int64)
    for band in row_bands(len(faithful)):
        found = levels(faithful[band], vivid[band], None)
        steps = (FINE * found).astype(np.int32).ravel()
        counts += np.bincount(np.minimum(steps, counts.size - 1), minlength=counts.size)
    beyond = counts[::-1].cumsum()[::-1] / counts.sum()  # part that differs by i / FINE or more
    edges = [int(np.ceil(FINE * VISIBLE * 100 / t)) for t in range(1, 101)]
    return (0.0, *(float(beyond[edge]) if edge < beyond.size else 0.0 for edge in edges))


def formats() -> list[dict]:
    """What the page offers: key, name, and whether a quality can be chosen."""
    named = [
        {"key": key, "name": CAPACITIES[key].name, "quality": key in ("jpeg", "avif")}
        for key in SUFFIXES
    ]
    return [*named, {"key": SAME, "name": "As the photo", "quality": True}]


def _save(array: np.ndarray, path: Path, bits: int) -> Path:
    """Written through a stream, in bands: a disk that fills up is an error and no crash."""
    with path.open("wb") as stream:
        header = {"descr": "<u2", "fortran_order": False, "shape": array.shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for band in row_bands(len(array)):
            stream.write(np.ascontiguousarray(to_kept(array[band], bits), "<u2").data)
    return path


def _load(path: Path) -> np.ndarray:
    return np.load(path, mmap_mode="r")


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"The page's folder has {free / 1e9:.1f} GB left and this result needs "
            f"{size / 1e9:.1f} GB: choose a smaller factor, or try again in an hour"
        )
