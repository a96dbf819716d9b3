"""Run networks over a picture tile by tile, and give what they make of it row band by row band."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np

from sr_app.inference.tiles import LEAST_KEPT, Span, Tile, TilePlan

Run = Callable[[np.ndarray], np.ndarray]
Read = Callable[[Tile], tuple[Tile, np.ndarray]]
Finish = Callable[[tuple[np.ndarray, ...], slice, slice], np.ndarray]
Progress = Callable[[int, int], None]
PlanFor = Callable[[int, float], TilePlan]

LEAST_INNER = 16
"""Pixels that a tile keeps at the least when it is halved for want of memory."""

BATCH_PIXELS = 128 * 128
"""Small tiles are run together up to this many pixels; beyond, a batch gains nothing on a CPU."""


class TooLargeError(Exception):
    """A batch did not fit into memory; never leaves this module."""


def render(
    reads: tuple[Read, ...],
    runs: tuple[Run, ...],
    finish: Finish,
    *,
    size: tuple[int, int],
    plan_for: PlanFor,
    tile: int,
    scale: int,
    border: int = 0,
    least_kept: float = LEAST_KEPT,
    progress: Progress | None = None,
) -> Iterator[np.ndarray]:
    """Bands of rows, top to bottom, of what networks make of a picture.

    Besides a band only one batch of tiles is held. When memory runs out the tile is halved and the
    band begun is started again: every pixel comes from a run that succeeded.

    Args:
        reads: for each network: tile -> the tile as the network sees it (``tiles.Tile.seen``), and
            its pixels, float32 (h, w, 3), of a picture padded to the network's multiple.
        runs: float32 (n, h, w, 3) -> (n, scale*h, scale*w, 3); MemoryError if n*h*w is too much.
        finish: what the networks gave for a part, float32 (h, w, 3) in [0, 1] each, and its rows
            and columns in the result -> the part's pixels (h, w, C). It must work pixel by pixel.
        size: (height, width) of the result, up to ``scale`` times the plan's; the rest is cropped.
        plan_for: (tile, least_kept) -> the plan of this picture.
        tile, least_kept: to begin with.
        scale: the networks' factor.
        border: pixels that a network may see beyond each side of a tile.
        progress: called with (tiles done, tiles in all), of all networks, after each batch; what it
            raises passes.

    Yields:
        (rows, width, C) of the type that ``finish`` gives; not changed afterwards.

    Raises:
        ValueError: if a network returns a value that is not finite.
        MemoryError: if even the smallest tile does not fit.
    """
    rows, finished, height = 0, 0, -(-size[0] // scale)
    while rows < height:
        layout = plan_for(tile, least_kept)
        bands = [band for band in layout.bands() if band[0].rows.keep_stop > rows]
        total = finished + len(runs) * sum(len(band) for band in bands)
        try:
            for band in bands:
                filling = _Band(band, rows, scale, size, finish)
                for done in fill_band(filling, reads, runs, border):
                    if progress is not None:
                        progress(finished + done, total)
                rows, finished = band[0].rows.keep_stop, finished + len(runs) * len(band)
                if filling.pixels is not None:  # every band has tiles
                    yield filling.pixels
        except TooLargeError:
            tile, least_kept = smaller(layout), 0.0


class _Band:
    """A band of the result on its way; what an earlier plan finished of it is left out."""

    def __init__(
        self,
        tiles: tuple[Tile, ...],
        finished: int,
        scale: int,
        size: tuple[int, int],
        finish: Finish,
    ):
        self.tiles, self.scale, self.size, self.finish = tiles, scale, size, finish
        span = tiles[0].rows
        self.start = scale * max(span.keep_start, finished)
        self.stop = min(scale * span.keep_stop, size[0])
        self.pixels: np.ndarray | None = None

    def place(self, tile: Tile) -> tuple[slice, slice]:
        """Where a tile's kept part lies in the result."""
        columns = tile.columns.kept(self.scale)
        return slice(self.start, self.stop), slice(columns.start, min(columns.stop, self.size[1]))

    def kept(self, tile: Tile, output: np.ndarray) -> np.ndarray:
        """The kept part of a network's output for a tile, in [0, 1], in memory of its own."""
        rows, columns = self.place(tile)
        above, left = (self.scale * span.start for span in (tile.rows, tile.columns))
        kept = output[rows.start - above : rows.stop - above, :][
            :, columns.start - left : columns.stop - left
        ]
        check_finite(kept, tile.rows)
        return np.clip(kept, 0, 1)

    def store(self, tile: Tile, parts: tuple[np.ndarray, ...]) -> None:
        """Finish a tile's kept parts."""
        rows, columns = self.place(tile)
        part = self.finish(parts, rows, columns)
        if self.pixels is None:
            shape = (self.stop - self.start, self.size[1], part.shape[2])
            self.pixels = np.empty(shape, part.dtype)
        self.pixels[:, columns] = part


def fill_band(
    band: _Band, reads: tuple[Read, ...], runs: tuple[Run, ...], border: int
) -> Iterator[int]:
    """Run one band in batches; after each, the number of its tiles that were run."""
    done = 0
    for batch in batches(band.tiles, border):
        parts: list[tuple[np.ndarray, ...]] = [()] * len(batch)
        for turn, (read, run) in enumerate(zip(reads, runs, strict=True), 1):
            try:
                seen, pixels = zip(*map(read, batch), strict=True)
                outputs = run_alike(run, pixels)
            except MemoryError as error:
                raise TooLargeError from error
            del pixels
            for at, (tile, output) in enumerate(zip(seen, outputs, strict=True)):
                parts[at] += (band.kept(tile, output),)
            del outputs  # freed before the next run, not after
            done += len(batch)
            if turn < len(runs):
                yield done
        for tile, part in zip(batch, parts, strict=True):
            band.store(tile, part)
        yield done


def run_alike(run: Run, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
    """A network's result for each picture; neighbours of one shape are run together."""
    groups = (list(alike) for _, alike in groupby(pictures, key=np.shape))
    return [result for alike in groups for result in run(np.stack(alike))]


def check_finite(kept: np.ndarray, rows: Span) -> None:
    """One pass: NaN and infinity survive a sum."""
    if not np.isfinite(kept.sum(dtype=np.float64)):
        raise ValueError(
            "The network returned values that are not finite for the rows "
            f"{rows.start} to {rows.stop} of the photo: the preset may be damaged"
        )


def batches(band: tuple[Tile, ...], border: int) -> Iterator[tuple[Tile, ...]]:
    """A band's tiles in groups of at most ``BATCH_PIXELS``, borders included, at least one each."""
    rows, columns = (
        span.stop - span.start + 2 * border for span in (band[0].rows, band[0].columns)
    )
    size = max(1, BATCH_PIXELS // (rows * columns))
    for start in range(0, len(band), size):
        yield band[start : start + size]


def smaller(layout: TilePlan) -> int:
    """Half of a plan's tile, as the next limit. MemoryError if the tile cannot shrink further."""
    side, least = max(layout.tile), 2 * layout.overlap + LEAST_INNER
    if side <= least:
        raise MemoryError(
            f"Not enough memory for a tile of {layout.tile[1]}x{layout.tile[0]} pixels, the "
            f"smallest for this network (receptive radius {layout.overlap})"
        )
    return max(side // 2, least)
