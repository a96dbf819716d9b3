"""From faithful to vivid: two results blended in pixels, or two networks blended in weights.

For mean squared error against Wasserstein-2 distance, every point of the distortion-perception
curve is reached by a pixel-wise blend of its two end estimators (Freirich, Michaeli, Meir, "A
Theory of the Distortion-Perception Tradeoff in Wasserstein Space", NeurIPS 2021): so two networks
and one number suffice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import numpy as np

from sr_app.files.bands import BAND_ROWS, row_bands
from sr_app.files.machine import available_bytes
from sr_app.image.colour import to_float, to_kept
from sr_app.image.resize import imresize_bands
from sr_app.inference import runtimes
from sr_app.inference.memory import empty_result
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import Card


def blend(
    faithful: np.ndarray,
    vivid: np.ndarray,
    t: float | np.ndarray,
    *,
    bits: int | None = None,
) -> np.ndarray:
    """``(1 - t) * faithful + t * vivid``, the same bytes wherever it is computed.

    Args:
        faithful, vivid: float (H, W, C) in [0, 1]; with ``bits`` what is kept of them, too.
        bits: of the photo: then the ends are first rounded to what is kept of them (`as_kept`).
        t: from 0, exactly ``faithful``, to 1, exactly ``vivid``; or a map of such numbers, of the
            pictures' size (H, W) or smaller: then it is stretched over them, bilinearly, as
            ``image.resize.imresize`` does it and the page too.

    Returns:
        float32 (H, W, C); backed by a temporary file when it is large.

    Raises:
        ValueError: for shapes that do not go together, or a number outside [0, 1].
    """
    if faithful.shape != vivid.shape or faithful.ndim != 3:
        raise ValueError(
            "Expected two pictures (H, W, C) of one shape. "
            f"Received: {faithful.shape} and {vivid.shape}"
        )
    size = faithful.shape[:2]
    result = empty_result(faithful.shape, available_bytes())
    share = check_share(t, size)
    start, parts = 0, share_rows(share, size) if share.ndim else repeat(share)
    while start < size[0]:
        part = next(parts)
        band = slice(start, start + (len(part) if part.ndim else BAND_ROWS))
        ends = faithful[band], vivid[band]
        if bits is not None:
            ends = as_kept(ends[0], bits), as_kept(ends[1], bits)
        result[band] = mix(*ends, part)
        start = band.stop
    return result


def as_kept(end: np.ndarray, bits: int) -> np.ndarray:
    """An end of the slider as it is kept, in 16 bits a channel: float32 of the same shape.

    Whoever blends ends or projects them begins with this, so that the page, which keeps ends on
    disk and is asked for a position later, gives the file that the command line writes at once.
    """
    return to_float(to_kept(end, bits))


def mix(faithful: np.ndarray, vivid: np.ndarray, part: np.ndarray) -> np.ndarray:
    """``(1 - part) * faithful + part * vivid`` as float32; ``part`` float32, () or (h, w, 1)."""
    result = np.empty(faithful.shape, np.float32)
    np.multiply(faithful, 1 - part, out=result, casting="same_kind")
    result += vivid * part
    return result


def mix_in_place(faithful: np.ndarray, vivid: np.ndarray, part: np.ndarray) -> np.ndarray:
    """As `mix`, to the last bit, of float32 parts that nobody needs any more; in ``faithful``."""
    faithful *= 1 - part
    vivid *= part
    faithful += vivid
    return faithful


def share_rows(share: np.ndarray, size: tuple[int, int]) -> Iterator[np.ndarray]:
    """A map of shares (h, w), stretched over ``size``, in bands of rows: float32 (n, W, 1)."""
    if share.shape != size:
        for _, part in imresize_bands(share[..., None], size=size, kernel="bilinear"):
            yield part.astype(np.float32)
        return
    for band in row_bands(size[0]):
        yield share[band, :, None]


def check_share(t: float | np.ndarray, size: tuple[int, ...] | None = None) -> np.ndarray:
    """``t`` as float32: a number, or a map (h, w).

    Args:
        size: the most that a map may have; () allows a number only, None a map of any size.

    Raises:
        ValueError: for what is no number, another shape or a value outside [0, 1].
    """
    given = np.asarray(t)
    numbers = given.dtype.kind in "biuf"
    if not numbers or (given.ndim and not _fits(given, size)):
        kinds = "a number" if size == () else "a number or a map (h, w)"
        most = f" of at most {size}, the size of the result" if size else ""
        received = f"shape {given.shape}" if numbers else f"{t!r}"
        raise ValueError(f"Expected a blend as {kinds}{most}. Received: {received}")
    share = given.astype(np.float32, copy=False)
    least, most = float(share.min()), float(share.max())
    if not (least >= 0 and most <= 1):  # NaN fails both
        received = f"{least:g} to {most:g}" if share.ndim else f"{least:g}"
        raise ValueError(f"Expected a blend from 0 (faithful) to 1 (vivid). Received: {received}")
    return share


def _fits(share: np.ndarray, size: tuple[int, ...] | None) -> bool:
    if share.ndim != 2 or not share.size or size == ():
        return False
    return size is None or (share.shape[0] <= size[0] and share.shape[1] <= size[1])


def interpolated(
    faithful: Card,
    vivid: Card,
    t: float,
    *,
    runtime: str = runtimes.AUTO,
    tile: int | None = None,
) -> Upscaler:
    """One network between two: every folded weight is ``(1 - t) * faithful + t * vivid``.

    Network interpolation: Wang et al., "ESRGAN", ECCVW 2018, equation 14; Wang et al., "Deep
    Network Interpolation", CVPR 2019, equation 1. It costs one run instead of two, and is of use
    only where one network was trained from the other's weights. Re-parameterised convolutions are
    interpolated *folded*: their kernel is a product of branch weights, so interpolating the
    branches would give another network.

    Args:
        faithful, vivid: cards of two presets of one network and scale.
        t: number from 0 to 1.
        runtime, tile: see ``Upscaler.from_preset``; ``auto`` takes the graphs if both have one.

    Raises:
        ValueError: if the networks differ in more than their weights.
    """
    check_share(t, ())
    check_alike(faithful, vivid)
    mixed = runtimes.choose_mixed(faithful, vivid, t, runtime)
    border = max(card.border for card, part in ((faithful, 1 - t), (vivid, t)) if part)
    return Upscaler(replace(faithful, border=border), mixed, tile=tile)


def check_alike(faithful: Card, vivid: Card) -> None:
    """Refuse two presets whose weights do not correspond."""
    for name in ("scale", "network"):
        ours, theirs = getattr(faithful, name), getattr(vivid, name)
        if ours != theirs:
            raise ValueError(
                f"Expected two presets of one {name} for the mode weights; the mode outputs needs "
                f"no such pair. Received: {faithful.name} and {vivid.name}"
            )
