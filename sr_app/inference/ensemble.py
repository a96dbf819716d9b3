"""The geometric self-ensemble: eight flips and turns of a picture, enlarged, turned back, averaged.

Timofte, Rothe, Van Gool, "Seven ways to improve example-based single image super-resolution",
CVPR 2016, section 3.6 (there "enhanced prediction"). It costs eight runs; published tables mark
results that use it with a plus sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sr_app.files.bands import row_bands
from sr_app.files.machine import available_bytes
from sr_app.image.colour import to_float
from sr_app.image.symmetries import SYMMETRIES, turn, turn_back
from sr_app.inference.bands import Progress
from sr_app.inference.memory import empty_result

Upscale = Callable[[np.ndarray], np.ndarray]


def members(upscale: Upscale, rgb: np.ndarray) -> Iterator[np.ndarray]:
    """The eight results, each turned back to lie as the picture lies, made one at a time.

    Args:
        upscale: an ``Upscaler`` or any function (h, w, 3) -> (s*h, s*w, 3).
        rgb: (H, W, 3), of a type that ``upscale`` takes.

    Yields:
        float32 (s*H, s*W, 3), that of the picture as it lies first.

    Raises:
        ValueError: if a result has not the shape of the first one.
    """
    expected = None
    for symmetry in SYMMETRIES:
        # Contiguous, since a function that hands memory to a native library may rely on it.
        result = upscale(np.ascontiguousarray(turn(rgb, *symmetry)))
        member = turn_back(to_float(result), *symmetry)
        expected = expected or member.shape
        if member.shape != expected:
            raise ValueError(
                f"Expected {expected} from every turn of the picture. Received: {member.shape}"
            )
        yield member


def ensemble(upscale: Upscale) -> Callable[..., np.ndarray]:
    """A function like ``upscale`` whose result is the mean of its eight `members`.

    In memory are one result and the mean so far, whatever the number of members; a mean that is
    large beside the free memory lies in a temporary file. The function takes ``progress`` as an
    ``Upscaler`` does: called with (runs done, runs in all); raising from it cancels.
    """

    def averaged(rgb: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        mean: np.ndarray = np.empty(0)
        for count, member in enumerate(members(upscale, rgb), 1):
            if count == 1:
                mean = empty_result(member.shape, available_bytes())
                mean[:] = member
            else:
                include(member, mean, count)
            if progress:
                progress(count, len(SYMMETRIES))
        return mean

    return averaged


def include(member: np.ndarray, mean: np.ndarray, count: int) -> None:
    """Make the mean of ``count - 1`` pictures that of ``count``, in place, in bands of rows.

    m_n = m_(n-1) + (x_n - m_(n-1)) / n, which leaves the mean of equal pictures as it is, to the
    last bit.
    """
    for band in row_bands(len(mean)):
        mean[band] += (member[band] - mean[band]) / np.float32(count)
