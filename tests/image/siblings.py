"""What files of every layout show, and the form in which they come."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 24, 32


@dataclass(frozen=True)
class Sibling:
    """A file and what is in it.

    Args:
        pixels: (H, W, 1 to 4) uint8 or uint16, upright; an even number of channels ends in alpha.
        near: most difference of a value, and of their mean, that the coding leaves.
    """

    name: str
    data: bytes
    pixels: np.ndarray
    near: float = 0
    mean: float = 0


def scene(bits: int = 8, channels: int = 3) -> np.ndarray:
    """Slopes, a bar and a corner, so that turned, shifted or exchanged channels are seen."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    top = 2**bits - 1
    planes = [
        x * top // (WIDTH - 1),
        y * top // (HEIGHT - 1),
        (x + y) * top // (WIDTH + HEIGHT - 2),
    ]
    planes.append(top - planes[2] // 2)
    found = np.stack(planes, axis=2)[..., :channels] if channels != 2 else None
    if found is None:
        found = np.stack([planes[0], planes[3]], axis=2)
    found[:5, :7, 0] = top
    found[-4:, -3:, -1] = top // 3
    return found.astype(np.uint16 if bits > 8 else np.uint8)


def saved(pixels: np.ndarray, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image.save(stream, kind, **options)
    return stream.getvalue()
