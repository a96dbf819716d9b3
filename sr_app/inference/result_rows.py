"""What a photo becomes, row by row: tiles through networks, grey, exact size, transparency.

The same rows serve a result that is held, (`whole_photos`), and one that goes to a file as it is
made. Both have the same numbers, whatever the bands are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from sr_app.image.arrays import check_picture
from sr_app.image.colour import to_float
from sr_app.image.files import Photo
from sr_app.image.resize import imresize, imresize_stream
from sr_app.inference import tiles
from sr_app.inference.bands import Finish, Progress, render
from sr_app.inference.memory import empty_result, largest_side
from sr_app.inference.tiles import LEAST_KEPT, Span, Tile, TilePlan, round_up
from sr_app.inference.transparency import Filled, has_holes
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import Card


class Cut(NamedTuple):
    """Largest side of a tile, and the part of it to keep for which it grows (``tiles.plan``)."""

    side: int
    least_kept: float = LEAST_KEPT


class End(Protocol):
    """A network ready to run, as an ``inference.upscaler.Upscaler`` is."""

    card: Card
    scale: int
    tile: int
    least_kept: float
    memory: int

    def run(self, batch: np.ndarray) -> np.ndarray: ...

    def check_seams(self) -> None: ...


def photo_rows(
    ends: tuple[End, ...],
    photo: Photo,
    size: tuple[int, int],
    finish: Finish,
    *,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> Iterator[np.ndarray]:
    """Bands of rows of what one network or two make of a photo at ``size``, top to bottom.

    Args:
        ends: of one factor.
        photo: rgb as floats in [0, 1] or as the integers of a file.
        size: (height, width) of the result; where it is not the networks' own, their rows are
            resized, each network's for itself.
        finish: what the networks gave for a part of the result, float32 (h, w, 3) each, and its
            rows and columns -> the part's pixels (h, w, C); pixel by pixel.
        cut: of the photo into tiles; the networks' own if None.
    """
    rgb, scale = network_input(photo), ends[0].scale
    shade = as_grey if photo.grey else tuple
    own = scale * rgb.shape[0], scale * rgb.shape[1]
    made = partial(network_rows, ends, rgb, cut=cut, progress=progress)
    if size == own:
        yield from made(lambda parts, *place: finish(shade(parts), *place))
        return
    joined = made(lambda parts, *_: np.concatenate(shade(parts), axis=2))
    row = 0
    for band in imresize_stream(joined, own, size):
        # Bicubic interpolation overshoots.
        parts = tuple(np.split(np.clip(band, 0, 1, out=band), len(ends), axis=2))
        yield finish(parts, slice(row, row + len(band)), slice(0, size[1]))
        row += len(band)


def whole_photos(
    ends: tuple[End, ...],
    photo: Photo,
    *,
    size: tuple[int, int] | None = None,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> tuple[Photo, ...]:
    """What each network makes of a photo, as floats; large results lie in temporary files.

    Colour comes from the network, transparency from bicubic interpolation. Bit depth, greyness,
    profile, EXIF and format stay.
    """
    height, width = (ends[0].scale * side for side in photo.rgb.shape[:2])
    size = size or (height, width)
    results = [empty_result((*size, 3), end.memory) for end in ends]
    joined = photo_rows(
        ends, photo, size, lambda p, *_: np.concatenate(p, 2), cut=cut, progress=progress
    )
    row = 0
    for band in joined:
        for result, part in zip(results, np.split(band, len(ends), axis=2), strict=True):
            result[row : row + len(band)] = part
        row += len(band)
    alpha = None
    if photo.alpha is not None:
        alpha = imresize(to_float(photo.alpha), size=size)
        alpha = np.clip(alpha, 0, 1, out=alpha)
    warnings = (*photo.warnings, *size_warnings(ends[0].card, photo, size))
    return tuple(replace(photo, rgb=rgb, alpha=alpha, warnings=warnings) for rgb in results)


def alpha_rows(photo: Photo, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """Bands of the transparency at ``size``: float32 (n, W); none without transparency."""
    if photo.alpha is None:
        return
    alpha = to_float(photo.alpha)
    for band in imresize_stream([alpha[..., None]], alpha.shape, size):
        yield np.clip(band[..., 0], 0, 1)


def size_warnings(card: Card, photo: Photo, size: tuple[int, int]) -> tuple[str, ...]:
    """What a person should know of a size that the network does not reach, or takes in tiles
    although its result depends on more than these show; and of one that is smaller than the photo,
    or of other proportions by more than a pixel of rounding."""
    rows, columns = photo.rgb.shape[:2]
    warnings = seam_warnings(card, max(rows, columns))
    if size[0] > card.scale * rows or size[1] > card.scale * columns:
        warnings += (f"the network enlarges {card.scale} times, the rest is interpolated",)
    if size[0] < rows or size[1] < columns:
        warnings += (f"smaller than the photo, which is {columns}x{rows}",)
    if min(abs(size[0] - size[1] * rows / columns), abs(size[1] - size[0] * columns / rows)) > 1:
        warnings += (f"stretched: the photo, {columns}x{rows}, has other proportions",)
    return warnings


def seam_warnings(card: Card, side: int) -> tuple[str, ...]:
    """A warning for a picture of that side whose tiles may differ at their seams."""
    beyond = card.network.beyond if isinstance(card.network, ImportedGraph) else 0.0
    if not beyond or side <= card.tile:
        return ()
    return (
        f"the result of {card.name} depends on more of the picture than its tiles show: "
        f"look for seams (up to {255 * beyond:.2g} of 255 were measured)",
    )


def network_rows(
    ends: tuple[End, ...],
    rgb: np.ndarray | Filled,
    finish: Finish,
    *,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> Iterator[np.ndarray]:
    """Bands of rows of what networks make of a picture at their own factor.

    Args:
        ends: one network, or two that are run in step: cut alike, by the needs of the larger one.
        rgb: (H, W, 3), float in [0, 1], uint8 or uint16; only tiles of it become floats.
        cut: the networks' own if None.
        finish, progress: see ``inference.bands.render``, whose result this is.
    """
    height, width = rgb.shape[:2]
    cards = tuple(end.card for end in ends)
    cut = cut or Cut(min(end.tile for end in ends), min(end.least_kept for end in ends))
    if tile_plan(cards, height, width, cut).count > 1:
        for end in ends:
            end.check_seams()
    return render(
        tuple(partial(padded_tile, rgb, end.card) for end in ends),
        tuple(end.run for end in ends),
        finish,
        size=(ends[0].scale * height, ends[0].scale * width),
        plan_for=lambda *cut: tile_plan(cards, height, width, Cut(*cut)),
        tile=cut.side,
        least_kept=cut.least_kept,
        scale=ends[0].scale,
        border=max(map(Card.surroundings, cards)),
        progress=progress,
    )


def tile_plan(cards: tuple[Card, ...], height: int, width: int, cut: Cut) -> TilePlan:
    """How a picture of this size is cut for networks, after padding to their multiple."""
    multiple = math.lcm(*(card.multiple_of for card in cards))
    overlap = max(card.overlap() for card in cards)
    most = min(filter(None, map(largest_side, cards)), default=math.inf)
    grows = 2 * overlap / (1 - cut.least_kept) <= most
    return tiles.plan(
        round_up(height, multiple),
        round_up(width, multiple),
        tile=int(min(cut.side, most)),
        overlap=overlap,
        multiple=multiple,
        least_kept=cut.least_kept if grows else 0.0,
        full=cut.side >= most,
    )


def padded_tile(rgb: np.ndarray | Filled, card: Card, tile: Tile) -> tuple[Tile, np.ndarray]:
    """A tile as a network sees it, and its pixels as float32: mirrored (edge included) where it
    goes beyond the picture.

    No farther than to the network's own multiple and border, whatever the tile is: beside another
    network, it sees what it sees alone.
    """
    height, width = rgb.shape[:2]
    own = tile.seen((height, width), card.multiple_of, card.surroundings())
    above, rows, below = inside(own.rows, height)
    left, columns, right = inside(own.columns, width)
    part = to_float(rgb[rows, columns])
    if not any((above, below, left, right)):
        return own, part
    return own, np.pad(part, ((above, below), (left, right), (0, 0)), mode="symmetric")


def inside(span: Span, length: int) -> tuple[int, slice, int]:
    """What lies of a span in a picture so long, between the numbers of pixels before and behind."""
    start, stop = max(span.start, 0), min(span.stop, length)
    return start - span.start, slice(start, stop), span.stop - stop


def fill(result: np.ndarray, bands: Iterable[np.ndarray]) -> None:
    """Put bands of rows into an array, one below the other."""
    row = 0
    for band in bands:
        result[row : row + len(band)] = band
        row += len(band)


def as_grey(parts: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Each with its three channels replaced by their mean."""
    means = (part.mean(axis=2, keepdims=True) for part in parts)
    return tuple(np.repeat(mean, 3, axis=2) for mean in means)


def seen(photo: Photo) -> np.ndarray:
    """The colours that the networks see, as floats or as the file's integers."""
    found = network_input(photo)
    return found[:, :] if isinstance(found, Filled) else found


def network_input(photo: Photo) -> np.ndarray | Filled:
    """The colours that the networks see; with transparency, made in parts when asked for."""
    check_picture(photo.rgb)
    if photo.alpha is None or not has_holes(photo.alpha):
        return photo.rgb
    return Filled(photo.rgb, photo.alpha)
