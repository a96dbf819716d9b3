"""How a picture is cut into overlapping tiles so that tiled equals whole. Geometry only.

An output pixel of a convolutional network depends on the input within its receptive radius. A tile
edge inside the picture is a false border: the network pads it with zeros, and everything within the
radius of it is wrong. So each tile keeps only what lies at least ``overlap >= radius`` away from
such edges; an edge that is the picture's own border is padded as in the whole picture and costs
nothing. Sizes are in low-resolution pixels, ``(height, width)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

LEAST_KEPT = 0.5
"""Part of a tile's side that must be kept; with a larger overlap the tile grows."""


@dataclass(frozen=True)
class Span:
    """One axis of a tile: ``[start, stop)`` is read, ``[keep_start, keep_stop)`` is kept."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int

    @property
    def read(self) -> slice:
        """What the network sees, in the picture."""
        return slice(self.start, self.stop)

    def kept(self, scale: int = 1) -> slice:
        """Where the kept part lies in the result, ``scale`` times the picture."""
        return slice(scale * self.keep_start, scale * self.keep_stop)

    def seen(self, length: int, multiple: int, border: int) -> Span:
        """As one of several networks reads it, of a picture so long: at its end no farther than to
        the network's own multiple, and at both ends ``border`` pixels more.

        ``border`` is a multiple of ``multiple``; the span then starts before the picture does.
        """
        end = round_up(length, multiple)
        start = self.start if self.start else -border
        return replace(self, start=start, stop=self.stop if self.stop < end else end + border)


@dataclass(frozen=True)
class Tile:
    """A rectangle: the product of two spans."""

    rows: Span
    columns: Span

    def seen(self, size: tuple[int, int], multiple: int, border: int) -> Tile:
        """`Span.seen` of both, of a picture of this (height, width)."""
        rows, columns = self.rows, self.columns
        return Tile(rows.seen(size[0], multiple, border), columns.seen(size[1], multiple, border))


@dataclass(frozen=True)
class TilePlan:
    """Equal tiles whose kept parts cover the picture once.

    Args:
        height, width: the picture, multiples of ``multiple``.
        tile: (height, width) of every tile.
        overlap: pixels between a kept part and a false border, at least.
        rows, columns: the spans; a tile for each pair.
    """

    height: int
    width: int
    tile: tuple[int, int]
    overlap: int
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]

    @property
    def count(self) -> int:
        """Number of tiles."""
        return len(self.rows) * len(self.columns)

    @property
    def work(self) -> float:
        """Pixels that the network computes per pixel of the picture; 1 without overlap."""
        return self.count * self.tile[0] * self.tile[1] / (self.height * self.width)

    def bands(self) -> Iterator[tuple[Tile, ...]]:
        """The tiles of one row after the other, top to bottom: a finished band is a set of rows."""
        for row in self.rows:
            yield tuple(Tile(row, column) for column in self.columns)


def plan(
    height: int,
    width: int,
    *,
    tile: int,
    overlap: int,
    multiple: int = 1,
    least_kept: float = LEAST_KEPT,
    full: bool = False,
) -> TilePlan:
    """Cut a picture into the fewest tiles of at most ``tile`` a side, all of one shape.

    Args:
        height, width: the picture; multiples of ``multiple``.
        tile: largest side of a tile. It grows until ``least_kept`` of it is kept; tiles are then
            made as small as their number allows, so that no pixel is computed in vain.
        overlap: at least the network's receptive radius.
        multiple: the network's step; every tile starts and ends on it.
        least_kept: 0 to below 1; 0 lets a tile shrink until it keeps one step.
        full: tiles are not made smaller, as for a network that would pad them, but overlap more.

    Raises:
        ValueError: naming the number that is out of range.
    """
    _check(height, width, tile, overlap, multiple)
    overlap = round_up(overlap, multiple)
    least = max(2 * overlap + multiple, int(2 * overlap / (1 - least_kept)))
    tile = round_up(max(tile, least), multiple)
    rows = cut(height, tile, overlap, multiple, full=full)
    columns = cut(width, tile, overlap, multiple, full=full)
    shape = (rows[0].stop - rows[0].start, columns[0].stop - columns[0].start)
    return TilePlan(height, width, shape, overlap, rows, columns)


def cut(
    length: int, tile: int, overlap: int, multiple: int, *, full: bool = False
) -> tuple[Span, ...]:
    """One axis in the fewest equal spans of at most ``tile``, all on the ``multiple``.

    n tiles of side T reach n*T - (n-1)*2*overlap pixels, which must be at least ``length``.
    """
    if length <= tile:
        return (Span(0, length, 0, length),)
    number = -(-(length - 2 * overlap) // (tile - 2 * overlap))
    if full:
        steps = (length - tile) // multiple
        starts = [steps * i // (number - 1) * multiple for i in range(number)]
        middles = [(start + before + tile) // 2 for before, start in pairwise(starts)]
        return spans(starts, tile, [0, *middles, length])
    side = round_up(-(-(length + 2 * overlap * (number - 1)) // number), multiple)
    starts = [min(i * (side - 2 * overlap), length - side) for i in range(number)]
    # The later tile of a pair decides where the earlier one ends: both margins are >= overlap,
    # since starts are at most side - 2*overlap apart.
    return spans(starts, side, [0, *(start + overlap for start in starts[1:]), length])


def spans(starts: list[int], side: int, edges: list[int]) -> tuple[Span, ...]:
    """Spans of one side; each keeps what lies between two edges."""
    return tuple(
        Span(start, start + side, *kept)
        for start, kept in zip(starts, pairwise(edges), strict=True)
    )


def round_up(value: int, multiple: int) -> int:
    """The next multiple of ``multiple`` that is not smaller."""
    return -(-value // multiple) * multiple


def _check(height: int, width: int, tile: int, overlap: int, multiple: int) -> None:
    for name, value, least in (
        ("height", height, 1),
        ("width", width, 1),
        ("tile", tile, 1),
        ("overlap", overlap, 0),
        ("multiple", multiple, 1),
    ):
        if value < least:
            raise ValueError(f"Expected {name} of {least} or more. Received: {name}={value}")
    if height % multiple or width % multiple:
        raise ValueError(
            f"Expected height and width to be multiples of {multiple}. Received: {height}x{width}"
        )
