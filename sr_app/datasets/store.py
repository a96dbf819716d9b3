"""A prepared store: decoded pictures in one memory-mapped file, to crop without decoding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.files.replacement import replacing, write_whole
from sr_app.image.colour import to_uint8
from sr_app.image.files import PhotoError, read_photo
from sr_app.image.resize import imresize, modcrop

PIXELS, INDEX = "pixels.bin", "index.json"
VERSION = 1  # raise when the content for the same sources changes


@dataclass(frozen=True)
class PictureStore:
    """Pairs of pictures in a memory-mapped file of uint8.

    Args:
        pixels: the flat memory map.
        shapes: per pair, ((H, W), (h, w)) of HR and LR; both have three channels.
        offsets: per pair, where HR and LR begin.
        scale: HR is this many times larger than LR.
        left_out: one line for each pair that cannot be used, naming its file; such a pair is empty,
            0x0, so that the others keep their places.
    """

    pixels: np.ndarray
    shapes: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    offsets: tuple[tuple[int, int], ...]
    scale: int
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.shapes)

    def pair(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """(LR (h, w, 3), HR (H, W, 3)) as uint8 views; nothing is read until they are indexed."""
        (hr_shape, lr_shape), (hr_start, lr_start) = self.shapes[index], self.offsets[index]
        return self.view(lr_start, lr_shape), self.view(hr_start, hr_shape)

    def view(self, start: int, shape: tuple[int, int]) -> np.ndarray:
        height, width = shape
        return self.pixels[start : start + height * width * 3].reshape(height, width, 3)


@dataclass(frozen=True)
class DegradedStore:
    """HR pictures, and how their LR is made: see ``datasets.degraded``.

    Args:
        store: of ``open_store(..., scale=1)``.
        kind: a key of ``datasets.degradation_presets.KINDS``.
        scale: integer factor between LR and HR.
    """

    store: PictureStore
    kind: str
    scale: int


def open_store(
    sources: Sequence[tuple[Path, Path | None]],
    folder: Path | str,
    *,
    scale: int,
    progress: Callable[[int, int], None] | None = None,
) -> PictureStore:
    """Open the store of these pictures below ``folder``; prepare it first if it is not there.

    A picture that is damaged, transparent everywhere or smaller than the factor is left out.
    ValueError if there are no pictures or none can be used, or an LR picture has not 1/scale of its
    HR's size.

    Args:
        sources: (HR, LR) paths; LR None means bicubic LR made here (``imresize``, uint8).
        folder: where stores lie; each gets a sub-folder named by its content.
        scale: integer factor; 1 for pictures without a twin, each stored once for both.
        progress: called with (pictures done, pictures in all).
    """
    if not sources:
        raise ValueError("Expected at least one picture to train on. Received: none")
    place = Path(folder) / fingerprint(sources, scale)
    if not (place / INDEX).is_file():
        write_store(sources, place, scale=scale, progress=progress)
    index = json.loads((place / INDEX).read_text())
    # As a plain array over the same mapping: every view of a memmap is several times as slow.
    pixels = np.asarray(np.memmap(place / PIXELS, np.uint8, mode="r"))
    shapes = tuple((tuple(hr), tuple(lr)) for hr, lr in index["shapes"])
    offsets, left_out = tuple(map(tuple, index["offsets"])), tuple(index.get("left_out", ()))
    return PictureStore(pixels, shapes, offsets, scale, left_out)


def fingerprint(sources: Sequence[tuple[Path, Path | None]], scale: int) -> str:
    """Name of a store: changes with any file's path, size or date."""
    lines = [f"version {VERSION} scale {scale}"]
    for path in (path for pair in sources for path in pair if path is not None):
        status = path.stat()
        lines.append(f"{path.resolve()} {status.st_size} {status.st_mtime_ns}")
    lines += ["made" if lr is None else "given" for _, lr in sources]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def write_store(
    sources: Sequence[tuple[Path, Path | None]],
    place: Path,
    *,
    scale: int,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Decode everything once. The index is written last, so a killed run leaves no half store."""
    place.mkdir(parents=True, exist_ok=True)
    shapes, offsets, left_out, position = [], [], [], 0
    with replacing(place / PIXELS) as temporary, temporary.open("wb") as file:
        for done, paths in enumerate(sources, 1):
            try:
                lr, hr = read_pair(*paths, scale)
            except PhotoError as error:
                left_out.append(str(error))
                lr = hr = np.empty((0, 0, 3), np.uint8)
            shapes.append((hr.shape[:2], lr.shape[:2]))
            start = position
            position += file.write(np.ascontiguousarray(hr).data)
            offsets.append((start, start if lr is hr else position))
            if lr is not hr:
                position += file.write(np.ascontiguousarray(lr).data)
            if progress:
                progress(done, len(sources))
        if not position:
            raise PhotoError(f"None of {len(sources)} pictures can be used. {left_out[0]}")
    index = {"scale": scale, "shapes": shapes, "offsets": offsets, "left_out": left_out}
    write_whole(place / INDEX, json.dumps(index).encode())


def read_pair(hr_path: Path, lr_path: Path | None, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """(LR, HR) as uint8, sizes in the exact ratio; PhotoError for a picture that cannot be used,
    naming its file, ValueError for an LR picture of another size."""
    hr = read_visible(hr_path)
    try:
        hr = modcrop(hr, scale)
    except ValueError as error:
        raise PhotoError(f"{hr_path}: {error}") from None
    if lr_path is None:
        return (hr if scale == 1 else imresize(hr, 1 / scale)), hr
    lr = read_visible(lr_path)
    if tuple(side * scale for side in lr.shape[:2]) != hr.shape[:2]:
        raise ValueError(
            f"Expected {lr_path} to be {hr.shape[1] // scale}x{hr.shape[0] // scale}, "
            f"1/{scale} of {hr_path}. Received: {lr.shape[1]}x{lr.shape[0]}"
        )
    return lr, hr


def read_visible(path: Path) -> np.ndarray:
    """The picture as uint8; PhotoError for one that cannot be read or shows nothing."""
    photo = read_photo(path)
    if photo.invisible:
        raise PhotoError(f"{path}: transparent everywhere: it shows nothing to learn from")
    return to_uint8(photo.rgb)
