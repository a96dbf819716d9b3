"""What enlarging a photo will take, known before it is begun: tiles, memory and seconds.

Memory means private memory, what no other process shares: mapped files and pages of libraries do
not count. The estimates lie above what benchmarks/photos.py measures.
"""

from __future__ import annotations

import math
import re
import timeit
from dataclasses import dataclass
from functools import partial
from numbers import Real

import numpy as np

from sr_app.inference.memory import FLOAT, bytes_per_pixel
from sr_app.inference.result_rows import Cut, End, tile_plan
from sr_app.inference.tiles import TilePlan
from sr_app.networks.presets import Card

BASE = 85_000_000
"""Python, its libraries and a network's weights."""

READING = {8: 10, 16: 18}
"""Bytes per pixel while a file of so many bits is decoded: the decoder's picture and two copies."""

WRITING = {"png": 20_000_000, "tiff": 10_000_000, "jpeg": 20_000_000}
"""Bytes of the writers that take rows as they come."""

WHOLE = {"webp": 42, "avif": 42, "bmp": 10, "jpeg": 20, "jxl": 12}
"""Bytes per pixel of the writers that want the whole picture; JPEG's small ones are among them.
JPEG XL's are twice as many for 16 bits."""

STARTING = {"jxl": 200_000_000}
"""Bytes that such a writer takes for the smallest picture."""

OPAQUE = ("jpeg", "bmp")
"""Formats without transparency, whose rows are not enlarged beside those of the colours."""

WHOLE_JPEG = 16_000_000
SIDES = (384, 320, 256, 224, 192, 160, 128, 96, 64, 48, 32, 16)
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}


@dataclass(frozen=True)
class Plan:
    """What a photo will take.

    Args:
        size: (height, width) of the result.
        preset: that will be run.
        cut: of the photo; the tiles may be larger or smaller than its side.
        tile: (height, width) of each.
        tiles: runs of a network, of all networks together.
        bytes: of private memory, at most.
        pixels: low-resolution pixels that the networks compute, overlaps and borders included.
    """

    size: tuple[int, int]
    preset: str
    cut: Cut
    tile: tuple[int, int]
    tiles: int
    bytes: int
    pixels: int


@dataclass(frozen=True)
class PhotoTask:
    """A photo and what is to become of it, as far as memory depends on it.

    Args:
        before, after: (height, width).
        bits: of the photo.
        kind: format that is written row by row; None if the results are held as floats.
        held: results that are held whole, whatever is written.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    bits: int = 8
    kind: str | None = None
    held: int = 0


def largest_plan(
    cards: tuple[Card, ...], task: PhotoTask, *, most: int, memory: int | None
) -> Plan:
    """The plan with the largest tiles that fit.

    Args:
        cards: of the networks that are run in step.
        most: largest side of a tile.
        memory: bytes; None for as many as it takes.

    Raises:
        ValueError: if even the smallest tiles take more, with the number; for what is no number.
    """
    cuts = [Cut(most), *(Cut(side) for side in SIDES if side < most)]
    cuts += [Cut(side, 0.0) for side in SIDES if side < most]
    if memory is None:
        return plan_with(cards, task, cuts[0])
    known = isinstance(memory, Real) and not isinstance(memory, bool)
    if not known or not 0 < memory < math.inf:
        raise ValueError(f"Expected memory as a number of bytes above 0. Received: {memory!r}")
    for cut in cuts:
        made = plan_with(cards, task, cut)
        if made.bytes <= memory:
            return made
    made = plan_with(cards, task, cuts[-1])
    raise ValueError(
        f"Expected memory of {-(-made.bytes // 10**6)} MB or more for {made.size[1]}x"
        f"{made.size[0]} by {made.preset}, with the smallest tiles. Received: {memory // 10**6} MB"
    )


def plan_with(cards: tuple[Card, ...], task: PhotoTask, cut: Cut) -> Plan:
    """The plan with these tiles."""
    layout = tile_plan(cards, *task.before, cut)
    height, width = (side + 2 * max(map(Card.surroundings, cards)) for side in layout.tile)
    # Networks run one after the other out of one arena; what they gave is held of each.
    networks = max(map(bytes_per_pixel, cards)) * height * width
    networks += (1 + len(cards)) * FLOAT * 3 * cards[0].scale ** 2 * height * width
    scale, whole = cards[0].scale, task.after[0] * task.after[1]
    rows = scale * max(span.keep_stop - span.keep_start for span in layout.rows)
    own = scale * task.before[0], scale * task.before[1]
    values = task.bits // 8
    if task.kind is None or task.after != own:
        values = FLOAT * len(cards)
    band = rows * own[1] * 4 * values
    if task.kind not in OPAQUE:  # whether the photo is, its header may not tell
        band += rows * task.after[1] * FLOAT
    photo = task.before[0] * task.before[1]
    work = photo * 4 * task.bits // 8 + networks + band + writer_bytes(task)
    work += FLOAT * 3 * whole * task.held
    reading = photo * READING[task.bits]
    return Plan(
        task.after,
        cards[0].name,
        cut,
        layout.tile,
        len(cards) * layout.count,
        BASE + max(work, reading),
        sum(seen_pixels(layout, card.surroundings()) for card in cards),
    )


def seen_pixels(layout: TilePlan, border: int) -> int:
    """Pixels of all tiles; those at the picture's edges have the border beside them."""
    height, width = layout.tile
    return (len(layout.rows) * height + 2 * border) * (len(layout.columns) * width + 2 * border)


def writer_bytes(task: PhotoTask) -> int:
    """Bytes that the file's writer takes."""
    pixels = task.after[0] * task.after[1]
    if task.kind is None:
        return 0
    rows = task.kind in WRITING and not (task.kind == "jpeg" and pixels <= WHOLE_JPEG)
    if rows:
        return WRITING[task.kind]
    depth = task.bits // 8 if task.kind in ("jxl", "avif") else 1
    return STARTING.get(task.kind, 0) + WHOLE[task.kind] * depth * pixels


def seconds_per_pixel(ends: tuple[End, ...], side: int = 128) -> float:
    """Wall time of a low-resolution pixel, a mean over the networks, measured on one tile each."""
    batch = np.full((1, side, side, 3), 0.5, np.float32)
    total = 0.0
    for end in ends:
        end.run(batch)  # the first run allocates
        total += timeit.timeit(partial(end.run, batch), number=1)
    return total / len(ends) / side**2


def parse_bytes(text: str) -> int:
    """``500MB``, ``1.5 GB``, ``512MiB`` -> bytes. ValueError for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]I?B)", text.strip().upper())
    if not match or not 0 < float(match[1]) < math.inf:
        raise ValueError(f"Expected an amount of memory such as 500MB or 2GB. Received: {text!r}")
    return int(float(match[1]) * UNITS[match[2]])
