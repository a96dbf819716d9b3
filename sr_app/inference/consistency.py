"""Does a result, shrunk again, give the photo back? The measure, and a projection that sees to it.

Shrinking is linear and the results that fit a photo are a convex set, so when both ends of the
slider are projected, every position between them is at least as near to the photo as the worse end.
"""

from __future__ import annotations

import math

import numpy as np

from sr_app.files.bands import row_bands
from sr_app.files.machine import available_bytes
from sr_app.image.resize import imresize, imresize_bands
from sr_app.inference.memory import empty_result

TARGET = 50.0
"""dB that a projection works towards: 0.8 grey levels of 255, as a root mean square."""

MOST_STEPS = 20


def consistency(result: np.ndarray, photo: np.ndarray) -> float:
    """PSNR in dB, over all values, of the result shrunk to the photo's size against the photo.

    The result is shrunk as MATLAB's bicubic ``imresize`` does it, which is how the presets' low
    resolution pictures are made. Published networks reach 54 dB when trained for fidelity and 41 to
    51 dB when trained for perception (DIV2K at 4x: Park, Moon, Cho, "Perception-Oriented Single
    Image Super-Resolution using Optimal Objective Estimation", CVPR 2023, table 2, "LR-PSNR").

    Args:
        result: float (H, W, 3) in [0, 1].
        photo: float (h, w, 3) in [0, 1], not larger in either direction.

    Returns:
        Higher is better; infinite if they are equal.
    """
    error = shortfall(result, photo)
    mean = float(np.mean(np.square(error, dtype=np.float64)))
    return math.inf if mean == 0 else -10 * math.log10(mean)


def error_moments(
    faithful: np.ndarray, vivid: np.ndarray, photo: np.ndarray
) -> tuple[float, float, float]:
    """What the consistency of every blend follows from, without making one.

    With the ends' shortfalls e and f: the means of e*e, e*f and f*f. The mean square of a blend at
    t is ``(1 - t)**2 * ee + 2 * t * (1 - t) * ef + t**2 * ff``, or less where it is cut off at
    black and white.

    Args:
        faithful, vivid, photo: as for `consistency`.
    """
    ours, theirs = shortfall(faithful, photo), shortfall(vivid, photo)
    pairs = ((ours, ours), (ours, theirs), (theirs, theirs))
    first, mixed, last = (float(np.mean(a * b, dtype=np.float64)) for a, b in pairs)
    return first, mixed, last


def project(result: np.ndarray, photo: np.ndarray, *, steps: int = MOST_STEPS) -> np.ndarray:
    """The result brought nearer to the photo by iterative back-projection.

    Irani, Peleg, "Improving Resolution by Image Registration", CVGIP 1991, equation 2: what the
    shrunk result lacks of the photo is enlarged (bicubic) and added, until ``consistency`` reaches
    ``TARGET``. Values are kept in [0, 1] at every step, which undoes a little of it; the next step
    sees that. Of a noisy photo, the noise comes back too.

    Args:
        result, photo: as for `consistency`; ``result`` may lie on disk, and only bands of it are
            read.
        steps: at the most.

    Returns:
        float32 (H, W, 3) in [0, 1], a new array; backed by a temporary file when it is large.
    """
    error = shortfall(result, photo)
    projected = empty_result(result.shape, available_bytes())
    for band in row_bands(len(result)):
        projected[band] = result[band]
    enough = 10 ** (-TARGET / 10)
    for _ in range(steps):
        if np.mean(np.square(error)) <= enough:
            break
        for rows, band in imresize_bands(error, size=result.shape[:2]):
            np.clip(projected[rows] + band, 0, 1, out=projected[rows], casting="same_kind")
        error = shortfall(projected, photo)
    return projected


def shortfall(result: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The photo less the shrunk result: float32 (h, w, 3).

    Bicubic shrinking overshoots at hard edges, and a photo was cut off at black and white: there a
    result that would be cut off too lacks nothing. ValueError for a result smaller than the photo,
    or other channels.
    """
    fits = result.ndim == photo.ndim == 3 and result.shape[2] == photo.shape[2]
    if not fits or result.shape[0] < photo.shape[0] or result.shape[1] < photo.shape[1]:
        raise ValueError(
            "Expected a result (H, W, 3) at least as large as the photo (h, w, 3). "
            f"Received: {result.shape} and {photo.shape}"
        )
    shrunk = imresize(result, size=photo.shape[:2])
    beyond = ((photo <= 0) & (shrunk < 0)) | ((photo >= 1) & (shrunk > 1))
    return np.where(beyond, np.float32(0), photo - shrunk)
