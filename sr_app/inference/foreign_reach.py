"""How far a network made elsewhere looks, and on which grid it works: measured on its results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sr_app.inference.foreign_scene import scene
from sr_app.inference.tiles import round_up

Run = Callable[[np.ndarray], np.ndarray]
"""A picture (h, w, 3) -> (scale*h, scale*w, 3), of a canonical graph."""

FARTHEST = 96
"""Largest radius that tiles are given, in low-resolution pixels."""

CHANGED = 1e-5
"""Difference that counts as a response to an impulse."""

SEAM = 5e-4
"""Largest change by what lies beyond the radius, an eighth of one of 255 levels."""

HALVES = (24, 48, FARTHEST)
PLACES = (0, 3, 7)
"""Offsets of the impulse: what a network on a grid reaches depends on the place in it."""

ZONE = 16
"""Pixels in the middle that are looked at, a side."""

ENOUGH = 32
"""Radius given where no radius is enough."""

HARDLY = 4
"""Times the change that the largest radius leaves: more, and the largest is worth its cost."""

CLEARLY = 1.5
"""Times the change of the best grid beyond which a finer one is no grid of the network."""

STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 64)
"""Grids that are tried, in multiples of the size's own step."""


@dataclass(frozen=True)
class Reach:
    """Receptive radius in low-resolution pixels, and the grid that tiles must lie on.

    Args:
        beyond: by how much of [0, 1] what lies farther than the radius still changes a pixel.
    """

    radius: int
    multiple: int
    beyond: float = 0.0


def measure_reach(run: Run, scale: int, multiple: int, side: int | None = None) -> Reach:
    """The reach of a network.

    Args:
        side: of the largest picture that it takes, if there is one.
    """
    most = FARTHEST if side is None else min(FARTHEST, (side - min(ZONE, side // 4)) // 2)
    radius, beyond = min(impulse_radius(run, scale, multiple, side), most), 0.0
    while (seen := surround(run, scale, radius, multiple, side)) > SEAM and radius < most:
        radius = min(most, max(radius + 4, radius * 5 // 4))
    if seen > SEAM:
        radius, beyond = thriftiest(run, scale, multiple, side, radius)
    if side is None:
        grid, moved = find_grid(run, scale, multiple, radius, max(SEAM, 1.5 * beyond))
    else:
        grid, moved = lowest_seam(run, scale, radius, side)
    if beyond := max(beyond, moved):  # of a small picture a larger share lies beyond
        beyond = max(beyond, surround(run, scale, radius, grid, side))
    return Reach(radius, grid, beyond)


def impulse_radius(run: Run, scale: int, multiple: int, side: int | None) -> int:
    """Farthest response to a few changed pixels; at most `FARTHEST`."""
    farthest = 0
    for half in HALVES:
        length = round_up(2 * half + ZONE, multiple)
        length = length if side is None else min(length, side)
        picture = scene(length, length)
        usual = run(picture)
        farthest = 0
        for place in PLACES:
            at = length // 2 - ZONE // 4 + place
            changed = picture.copy()
            changed[at : at + 2, at : at + 2] = 1 - np.rint(changed[at : at + 2, at : at + 2])
            rows, columns = np.nonzero(np.abs(run(changed) - usual).max(axis=2) > CHANGED)
            for axis in (rows, columns):
                if len(axis):
                    first, last = axis.min() // scale, axis.max() // scale
                    farthest = max(farthest, at - first, last - at - 1)
        if farthest < half - ZONE // 2 or length == side:
            break
    return int(min(farthest, FARTHEST))


def surround(
    run: Run, scale: int, radius: int, multiple: int, side: int | None, around: int = 24
) -> float:
    """Change in the middle when everything farther than the radius from it becomes another.

    ``around`` so many pixels of that are there on each side.
    """
    length = round_up(ZONE + 2 * (radius + around), multiple)
    length = length if side is None else min(length, side)
    zone = min(ZONE, length)
    start = (length - zone) // 2
    picture = scene(length, length)
    usual, found = run(picture), 0.0
    kept = slice(max(0, start - radius), start + zone + radius)
    middle = slice(scale * start, scale * (start + zone))
    # Of another mean, and of a greater deviation: some networks normalise by them.
    board = np.indices(picture.shape).sum(0).astype(np.float32) % 2
    for other in (np.roll(1 - picture[::-1], length // 3, axis=1), board):
        other[kept, kept] = picture[kept, kept]
        found = max(found, float(np.abs(run(other) - usual)[middle, middle].max()))
    return found


def thriftiest(
    run: Run, scale: int, multiple: int, side: int | None, most: int
) -> tuple[int, float]:
    """The radius for a network that looks farther than any, and what lies beyond it changes.

    `ENOUGH` if the largest leaves out hardly less, as with means of the whole picture.
    """
    outside = most - min(ENOUGH, most)
    near = surround(run, scale, most - outside, multiple, side, 24 + outside)
    far = surround(run, scale, most, multiple, side)
    return (most - outside, near) if near <= HARDLY * far else (most, far)


def find_grid(
    run: Run, scale: int, multiple: int, radius: int, allowed: float
) -> tuple[int, float]:
    """The smallest step by which a picture can be moved and the result moves with it.

    Returns:
        It, and by how much the result changes where there is none: then the size's own step. Where
        what lies beyond the radius changes the result in any case, the step that adds least to it.
    """
    length, moved = round_up(ZONE + 2 * radius, multiple), {}
    for step in (multiple * n for n in STEPS):
        moved[step] = shifted(run, scale, length, step, radius)
        if moved[step] <= SEAM:
            return step, 0.0
    least = min(moved.values())
    if least > allowed:
        return multiple, moved[multiple]
    return next(step for step in moved if moved[step] <= CLEARLY * least), 0.0


def shifted(run: Run, scale: int, length: int, step: int, radius: int) -> float:
    """Change in the middle when the picture begins a step later, by the same pixels."""
    picture = scene(length + step, length + step)
    middle = slice(scale * radius, scale * (length - radius))
    whole, part = run(picture)[scale * step :, scale * step :], run(picture[step:, step:])
    return float(np.abs(whole - part)[middle, middle].max())


def lowest_seam(run: Run, scale: int, radius: int, side: int) -> tuple[int, float]:
    """The smallest grid that leaves hardly higher seams between tiles of one size than any, and the
    height of these; 0 where they do not matter."""
    steps = [n for n in STEPS if side % n == 0 and 2 * round_up(radius, n) + n < side]
    seams = {step: seam(run, scale, round_up(radius, step), side, step) for step in steps}
    least = max(SEAM, HARDLY * min(seams.values()))
    grid = next(step for step in steps if seams[step] <= least)
    return grid, seams[grid] if seams[grid] > SEAM else 0.0


def seam(run: Run, scale: int, overlap: int, side: int, grid: int) -> float:
    """Largest difference of two tiles of one side, so far from the ends of both, that begin this
    grid apart or as much farther as leaves pixels that both have."""
    found = 0.0
    for apart in {grid, (side - 2 * overlap - 1) // grid * grid}:
        picture = scene(side + apart, side + apart)
        first = run(picture[:side, :side])[scale * apart :, scale * apart :]
        second = run(picture[apart:, apart:])[: len(first), : len(first)]
        met = slice(scale * overlap, scale * (side - apart - overlap))
        found = max(found, float(np.abs(first - second)[met, met].max()))
    return found
