"""Both ends of the slider on disk, and what is made of them when somebody asks.

They are kept as the floats that the networks gave, so that a blend made later is the very file that
the command line writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sr_app.files.bands import BAND_ROWS, row_bands
from sr_app.image.files import Photo, write_photo
from sr_app.inference.blend import blend
from sr_app.inference.invention import Amount, amount, disagreement, heat, levels
from sr_app.serving.preview import OVERVIEW_PIXELS, shrink, shrinking
from sr_app.serving.regions import mark

Members = Callable[[], Iterable[np.ndarray]]
NO_PIXELS = np.empty((0, 0, 3), np.float32)


@dataclass(frozen=True)
class BlendEndpoints:
    """The faithful and the vivid result of one photo.

    Args:
        faithful, vivid: float32 arrays (H, W, 3) on disk; alpha: (H, W), or None.
        carried: the photo without its pixels: bit depth, profile, EXIF and the like.
        picture: name of the file to write, to which the position is added.
        errors: ``inference.consistency.error_moments`` of the two.
        turned: gives the vivid results under flips and turns, turned back; None where eight more
            runs are too many.
    """

    faithful: Path
    vivid: Path
    alpha: Path | None
    carried: Photo
    picture: Path
    errors: tuple[float, float, float]
    turned: Members | None = None

    def write(self, place: int | np.ndarray) -> Path:
        """The file for a position of the slider; written once, the last one is kept.

        Args:
            place: 0 to 100 percent, or a painted map (h, w) of shares (``inference.blend``).

        Raises:
            ValueError: for another position. OSError: if the ends are gone or the disk is full.
        """
        painted = isinstance(place, np.ndarray)
        if not painted and not 0 <= place <= 100:
            raise ValueError(f"Expected a position from 0 to 100. Received: {place}")
        stem, suffix = self.picture.stem, self.picture.suffix
        name = f"vivid_painted_{mark(place)}" if painted else f"vivid{place}"
        path = self.picture.with_name(f"{stem}_{name}{suffix}")
        if not path.exists():
            share = place if painted else place / 100
            rgb = blend(_load(self.faithful), _load(self.vivid), share)
            alpha = None if self.alpha is None else _load(self.alpha)
            write_photo(replace(self.carried, rgb=rgb, alpha=alpha), path)
            for other in self.picture.parent.glob("*_vivid*" + suffix):
                if other != path:
                    other.unlink(missing_ok=True)
        return path

    def map(self, *, turns: bool = False) -> tuple[Path, Amount]:
        """The invention map as a PNG to lay over the overview, and its numbers.

        Args:
            turns: look at how the vivid end disagrees under flips and turns, too: eight more runs.

        Raises:
            ValueError: if ``turns`` are too many. OSError: if the ends are gone.
        """
        if turns and self.turned is None:
            raise ValueError("Expected a smaller picture for eight more runs")
        path = self.picture.with_name(f"invention{'_turned' if turns else ''}.png")
        faithful, vivid = _load(self.faithful), _load(self.vivid)
        spread = disagreement(self.turned()) if turns else None
        step = shrinking(*faithful.shape[:2], OVERVIEW_PIXELS)
        rows, small, means, shares = step * max(1, BAND_ROWS // step), [], [], []
        for band in row_bands(len(faithful), rows):
            found = levels(faithful[band], vivid[band], None if spread is None else spread[band])
            small.append(shrink(found, step))
            counted = amount(found)
            means.append(counted.mean * len(found))
            shares.append(counted.share * len(found))
        colours, opacity = heat(np.concatenate(small))
        write_photo(Photo(rgb=colours, alpha=opacity), path)
        return path, Amount(sum(means) / len(faithful), sum(shares) / len(faithful))


def save_ends(
    results: tuple[Photo, Photo], picture: Path, errors: tuple, turned: Members | None = None
) -> BlendEndpoints:
    """Write both results' pixels beside where ``picture`` will lie; the rest as of the class.

    Raises:
        OSError: if the disk has no room for them.
    """
    faithful, vivid = results
    folder = picture.parent
    _check_room(folder, 2 * faithful.rgb.nbytes)
    alpha = None if faithful.alpha is None else _save(faithful.alpha, folder / "alpha.npy")
    return BlendEndpoints(
        _save(faithful.rgb, folder / "faithful_end.npy"),
        _save(vivid.rgb, folder / "vivid_end.npy"),
        alpha,
        replace(faithful, rgb=NO_PIXELS, alpha=None),
        picture,
        errors,
        turned,
    )


def _save(array: np.ndarray, path: Path) -> Path:
    """Written through a stream, in bands: a disk that fills up is an error and no crash."""
    with path.open("wb") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": array.shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for band in row_bands(len(array)):
            stream.write(np.ascontiguousarray(array[band], "<f4").data)
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
