"""Run a network over a picture tile by tile, row band by row band, within bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sr_app.inference.tiles import LEAST_KEPT, Tile, TilePlan

Run = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[int, int], None]
PlanFor = Callable[[int, float], TilePlan]

LEAST_INNER = 16
"""Pixels that a tile keeps at the least when it is halved for want of memory."""

BATCH_PIXELS = 128 * 128
"""Small tiles are run together up to this many pixels; beyond, a batch gains nothing on a CPU."""


class TooLargeError(Exception):
    """A batch did not fit into memory; never leaves this module."""


def render(
    picture: np.ndarray,
    result: np.ndarray,
    *,
    run: Run,
    plan_for: PlanFor,
    tile: int,
    scale: int,
    least_kept: float = LEAST_KEPT,
    progress: Progress | None = None,
) -> None:
    """Fill ``result`` with the network's output for ``picture``, clipped to [0, 1].

    When memory runs out the tile is halved and the band begun is started again: every kept pixel
    comes from a run that succeeded.

    Args:
        picture: float32 (H, W, 3), padded to the network's multiple.
        result: float32 (up to scale*H, up to scale*W, 3); what lies beyond it is cropped.
        run: float32 (n, h, w, 3) -> (n, scale*h, scale*w, 3); MemoryError if n*h*w is too much.
        plan_for: (tile, least_kept) -> the plan of this picture.
        tile, least_kept: to begin with.
        scale: the network's factor.
        progress: called with (tiles done, tiles in all) after each batch; what it raises passes.

    Raises:
        ValueError: if the network returns a value that is not finite.
        MemoryError: if even the smallest tile does not fit.
    """
    rows, finished = 0, 0
    while rows < picture.shape[0]:
        layout = plan_for(tile, least_kept)
        bands = [band for band in layout.bands() if band[0].rows.keep_stop > rows]
        total = finished + sum(len(band) for band in bands)
        try:
            for band in bands:
                for done in fill_band(picture, result, band, run, scale):
                    if progress is not None:
                        progress(finished + done, total)
                rows, finished = band[0].rows.keep_stop, finished + len(band)
        except TooLargeError:
            tile, least_kept = smaller(layout), 0.0


def fill_band(
    picture: np.ndarray, result: np.ndarray, band: tuple[Tile, ...], run: Run, scale: int
) -> Iterator[int]:
    """Run one band in batches; after each, the number of its tiles that are in the result."""
    done = 0
    for batch in batches(band):
        outputs = run_tiles(picture, batch, run)
        for tile, output in zip(batch, outputs, strict=True):
            store(result, tile, output, scale)
        del outputs  # freed before the next run, not after
        done += len(batch)
        yield done


def run_tiles(picture: np.ndarray, tiles: tuple[Tile, ...], run: Run) -> np.ndarray:
    """The network's output for some tiles of one shape."""
    try:
        return run(np.stack([picture[tile.rows.read, tile.columns.read] for tile in tiles]))
    except MemoryError as error:
        raise TooLargeError from error


def store(result: np.ndarray, tile: Tile, output: np.ndarray, scale: int) -> None:
    """Copy a tile's kept part into the result."""
    target = result[tile.rows.kept(scale), tile.columns.kept(scale)]
    kept = output[tile.rows.inner(scale), tile.columns.inner(scale)]
    if not np.isfinite(kept.sum(dtype=np.float64)):  # one pass; NaN and infinity survive a sum
        raise ValueError(
            "The network returned values that are not finite for the rows "
            f"{tile.rows.start} to {tile.rows.stop} of the photo: the preset may be damaged"
        )
    np.clip(kept[: target.shape[0], : target.shape[1]], 0, 1, out=target)


def batches(band: tuple[Tile, ...]) -> Iterator[tuple[Tile, ...]]:
    """A band's tiles in groups of at most ``BATCH_PIXELS``, at least one tile each."""
    pixels = (band[0].rows.stop - band[0].rows.start) * (
        band[0].columns.stop - band[0].columns.start
    )
    size = max(1, BATCH_PIXELS // pixels)
    for start in range(0, len(band), size):
        yield band[start : start + size]


def smaller(layout: TilePlan) -> int:
    """Half of a plan's tile, as the next limit.

    Raises:
        MemoryError: if the tile cannot shrink further.
    """
    side, least = max(layout.tile), 2 * layout.overlap + LEAST_INNER
    if side <= least:
        raise MemoryError(
            f"Not enough memory for a tile of {layout.tile[1]}x{layout.tile[0]} pixels, the "
            f"smallest for this network (receptive radius {layout.overlap})"
        )
    return max(side // 2, least)
