"""HR pictures of a folder with the LR pictures that belong to them."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

import numpy as np

from sr_app.image.colour import three_channels, to_uint8
from sr_app.image.files import PhotoError, find_photos, read_header, read_photo, some_photos
from sr_app.image.resize import imresize, modcrop

TRACKS = ("", "m", "d", "w", "w1")
TRACKS += tuple(letter for letter in ascii_lowercase if letter not in TRACKS)
"""After the factor: those of NTIRE (mild, difficult, wild), then any letter, as kinds have them."""


@dataclass(frozen=True)
class Pair:
    """An HR file, its LR file (None: made by `imresize`), and the name it is listed by."""

    name: str
    hr: Path
    lr: Path | None = None


def find_pairs(
    folder: str | os.PathLike,
    scale: int,
    lr_folder: str | os.PathLike | None = None,
    *,
    limit: int | None = None,
) -> list[Pair]:
    """All HR pictures of a folder, or the first `limit` of them, sorted, with their LR pictures.

    An LR file has its HR file's name, with or without the factor and a track's letter: 0001,
    0001x4, 0001_x4, 0001x4m, 0001x4w1; its suffix is free. ValueError names every picture that is
    missing or of the wrong size; a damaged file is left for who reads it. ValueError for a limit
    below 1 too.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"Expected a limit of 1 picture or more. Received: {limit}")
    photos = some_photos(folder, "HR pictures")
    stems = Counter(path.stem for path in photos)
    names = [path.name if stems[path.stem] > 1 else path.stem for path in photos]
    if lr_folder is None:
        return [Pair(name, path) for name, path in zip(names, photos, strict=True)][:limit]
    small = {path.stem.lower(): path for path in find_photos(lr_folder)}
    pairs = [Pair(n, p, _small_for(p, small, scale)) for n, p in zip(names, photos, strict=True)]
    _check(pairs, scale, lr_folder)
    return pairs[:limit]


def read_hr(pair: Pair, scale: int) -> np.ndarray:
    """uint8 (H, W, 3), or (H, W) if the file is grey, cropped to multiples of the factor.

    PhotoError, one line that names the file, for one that is damaged, of no visible pixel, or
    smaller than the factor.
    """
    hr = _read(pair.hr)
    try:
        return modcrop(hr, scale)
    except ValueError as error:
        raise PhotoError(f"{pair.hr}: {error}") from None


def read_lr(pair: Pair, hr: np.ndarray, scale: int) -> np.ndarray:
    """The uint8 LR picture of an HR picture, grey if that is.

    From its file, or made by `imresize`, rounded after each pass as MATLAB rounds uint8 input.
    """
    if pair.lr is None:
        return imresize(hr, 1 / scale)
    lr = _read(pair.lr)
    if hr.ndim == 2:
        return lr if lr.ndim == 2 else lr[..., 0]
    return three_channels(lr)


def _read(path: Path) -> np.ndarray:
    photo = read_photo(path)
    if photo.invisible:
        raise PhotoError(f"{path}: transparent everywhere: it shows nothing to be compared")
    return to_uint8(photo.rgb[..., 0] if photo.grey else photo.rgb)


def _small_for(hr: Path, small: dict[str, Path], scale: int) -> Path | None:
    stem = hr.stem.lower()
    names = [f"{stem}{mark}{scale}{track}" for track in TRACKS for mark in ("x", "_x")]
    names.append(stem)
    return next((small[name] for name in names if name in small), None)


def _check(pairs: list[Pair], scale: int, lr_folder: str | os.PathLike) -> None:
    faults = []
    for pair in pairs:
        if pair.lr is None:
            faults.append(f"{pair.name} (no {pair.hr.stem}x{scale} or {pair.hr.stem})")
            continue
        try:
            hr, lr = read_header(pair.hr), read_header(pair.lr)
        except PhotoError:  # damaged: said when its turn comes
            continue
        expected, received = (hr.width // scale, hr.height // scale), (lr.width, lr.height)
        if expected != received:
            sizes = (f"{width}x{height}" for width, height in (received, expected))
            faults.append("{} ({}: {} instead of {})".format(pair.name, pair.lr.name, *sizes))
    if faults:
        raise ValueError(
            f"{lr_folder}: {len(faults)} of {len(pairs)} LR pictures do not fit: "
            + ", ".join(faults)
        )
