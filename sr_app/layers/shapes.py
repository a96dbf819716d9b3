"""Shapes of pictures whose sides may not be known yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def resized(
    shape: Sequence[int | None], side: Callable[[int], int], channels: int | None = None
) -> tuple[int | None, ...]:
    """``(batch, height, width, channels)`` of a picture after a layer.

    Args:
        shape: before it; None for a batch or a side that is not known.
        side: from a height or width to that of the result.
        channels: of the result; as before if None.
    """
    batch, height, width, before = shape
    sides = (None if length is None else side(length) for length in (height, width))
    return (batch, *sides, before if channels is None else channels)
