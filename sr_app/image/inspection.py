"""What was done to a photo before it came here, and so which kind of network serves it.

Noise, blur and compression are measured on the pixels alone, so that a screenshot or a PNG of a bad
JPEG is known for what it is; a JPEG file's own tables say its quality beside that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.fft import dctn

from sr_app.image.colour import to_float
from sr_app.image.files import Photo, read_photo
from sr_app.image.jpeg import file_quality
from sr_app.image.statistics import detail, grey, middle, noise_level, shrunk, spectrum

CLEAN, REAL = "clean", "real"

SMALLEST = 64  # pixels a side that a spectrum needs
GRID = 8  # pixels a side of a JPEG's blocks
COMPRESSED = 0.06  # of the zeros' excess: pictures that were never JPEGs stay below
BLUR_FROM = 2.0  # decibels of detail that sharp photos lack beside their small self, at most

# Of a logistic model of which network serves a photo better; fitted, with the figures that it was
# fitted to, by benchmarks/studies/photo_kinds. In the order of Photograph's figures.
WEIGHTS = {"noise": 0.88, "colour_noise": 1.42, "blur": 0.21, "blocks": 2.39, "jpeg": 4.04}
BIAS = -1.90

ENLARGED_FROM = 1.45
"""A photo whose finest detail ends so far below what its pixels could hold counts as enlarged."""


@dataclass(frozen=True)
class PhotoReport:
    """What :func:`inspect_photo` found.

    Args:
        size: (height, width).
        noise, colour_noise: standard deviations of what is there at full size and gone at half,
            in grey levels of 255.
        blur: decibels of fine detail that the photo lacks beside itself at half its size.
        blocks: mean jump at the borders of JPEG blocks, grey levels; 0 where there is no JPEG.
        jpeg: excess of vanished coefficients on the grid of a JPEG, 0 to 1; 0 where there is none.
        jpeg_quality: of the file's own tables, 1 to 100; None for other files and arrays.
        enlarged: about how many times it was enlarged already, 1 if not.
        likelihood: that a network for real photos serves it better than one for clean ones.
        kind: ``clean`` or ``real``: what is proposed.
        scale: the factor that is proposed.
        reason: why, in one sentence for a photographer.
    """

    size: tuple[int, int]
    noise: float
    colour_noise: float
    blur: float
    blocks: float
    jpeg: float
    jpeg_quality: int | None
    enlarged: float
    likelihood: float
    kind: str
    scale: int
    reason: str


def inspect_photo(photo: Photo | np.ndarray | str | Path) -> PhotoReport:
    """Measure a photo and propose a kind of network and a factor; a proposal, not a verdict.

    Args:
        photo: a file, a photo, or pixels (H, W, 3), float in [0, 1] or uint8 or uint16.

    Raises:
        ValueError: for pixels of another shape; PhotoError for a file that cannot be read.
    """
    quality = None
    if isinstance(photo, (str, Path)):
        quality = file_quality(Path(photo))
        photo = read_photo(photo)
    rgb = photo.rgb if isinstance(photo, Photo) else np.asarray(photo)
    if rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(f"Expected a picture (H, W, 3). Received: shape {rgb.shape}")
    size = (int(rgb.shape[0]), int(rgb.shape[1]))
    figures, enlarged = measured(rgb)
    likelihood = likely_real(figures)
    kind = REAL if likelihood > 0.5 else CLEAN
    scale = proposed_scale(size, enlarged)
    return PhotoReport(
        size=size,
        **figures,
        jpeg_quality=quality,
        enlarged=enlarged,
        likelihood=likelihood,
        kind=kind,
        scale=scale,
        reason=reason_for(kind, figures, quality, enlarged),
    )


def measured(rgb: np.ndarray) -> tuple[dict[str, float], float]:
    """The figures of the model, and by how much the photo was enlarged."""
    part = to_float(middle(rgb))
    if min(part.shape[:2]) < 2 * GRID:
        return dict.fromkeys(WEIGHTS, 0.0), 1.0
    plane, half = grey(part), grey(shrunk(part, 2))
    jpeg, corner = grid_of_zeros(plane)
    lost = enlarged = 0.0
    if min(half.shape) >= SMALLEST:
        lost = max(0.0, detail(half) - detail(plane))
    if min(plane.shape) >= SMALLEST:
        enlarged = enlargement(plane)
    figures = {
        "noise": beyond_texture(noise_level(plane), noise_level(half)),
        "colour_noise": float(np.mean([noise_level(chroma) for chroma in colours(part)])),
        "blur": lost,
        "blocks": block_jumps(plane, corner) if jpeg > COMPRESSED else 0.0,
        "jpeg": jpeg if jpeg > COMPRESSED else 0.0,
    }
    return figures, max(1.0, enlarged)


def likely_real(figures: dict[str, float]) -> float:
    """The logistic model, 0 to 1."""
    values = {
        "noise": math.log(figures["noise"] + 0.5),
        "colour_noise": math.log(figures["colour_noise"] + 0.5),
        "blur": max(0.0, figures["blur"] - BLUR_FROM),
        "blocks": figures["blocks"],
        "jpeg": min(figures["jpeg"], 0.5),
    }
    total = BIAS + sum(WEIGHTS[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-total))


def beyond_texture(noise: float, half: float) -> float:
    """Noise that shrinking to a half halves; texture is as strong there, and counts as none."""
    return math.sqrt(max(0.0, noise**2 - half**2) / 0.75)


def colours(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two colour differences of ITU-R BT.601, grey levels."""
    red, green, blue = (255 * rgb[..., channel] for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return (blue - luma) * 0.564, (red - luma) * 0.713


def grid_of_zeros(plane: np.ndarray, side: int = 512) -> tuple[float, tuple[int, int]]:
    """How many more coefficients vanish on one grid of 8 x 8 blocks than on the others, and where.

    JPEG rounds coefficients to steps, most of the fine ones to nothing. On the 63 other grids they
    are mixed again. (Fan, de Queiroz, "Identification of Bitmap Compression History", IEEE TIP
    12(2), 2003, look for the same grid in the pixels.)

    Returns:
        (excess of the share of vanished coefficients, 0 to 1, (row, column) of the grid's corner).
    """
    part = middle(plane, side)
    corners = [(row, column) for row in range(GRID) for column in range(GRID)]
    shares = np.array([vanished(part[row:, column:]) for row, column in corners])
    best = int(shares.argmax())
    excess = float(shares[best] - np.delete(shares, best).mean())
    top, left = ((length - side) // 2 if length > side else 0 for length in plane.shape)
    row, column = corners[best]
    return excess, ((top + row) % GRID, (left + column) % GRID)


def vanished(plane: np.ndarray) -> float:
    """The share of coefficients on the antidiagonal of all 8 x 8 blocks that are below a half."""
    rows, columns = (length // GRID for length in plane.shape)
    blocks = plane[: rows * GRID, : columns * GRID].reshape(rows, GRID, columns, GRID)
    coefficients = dctn(blocks, axes=(1, 3), norm="ortho")
    order = np.arange(GRID)
    return float((np.abs(coefficients[:, order, :, order[::-1]]) < 0.5).mean())


def block_jumps(plane: np.ndarray, corner: tuple[int, int]) -> float:
    """Mean step across a grid's borders beyond the steps beside it; of both ways the larger."""
    jumps = []
    for values, start in ((plane, corner[1]), (plane.T, corner[0])):
        steps = np.abs(np.diff(values, axis=1))
        beyond = np.clip(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2, -GRID, GRID).mean(0)
        # beyond[k] is the step between columns k + 1 and k + 2.
        border = (np.arange(len(beyond)) + 2) % GRID == start
        jumps.append(float(beyond[border].mean() - beyond[~border].mean()))
    return max(0.0, *jumps)


def enlargement(plane: np.ndarray) -> float:
    """About how many times a photo was enlarged: where its spectrum ends, against where it could.

    Power of natural scenes falls as the square of the frequency; what interpolation made lies far
    below that. Blur and strong compression look the same, and are the same to who enlarges on.
    """
    frequencies, decibels = spectrum(plane)
    level = decibels + 20 * np.log10(frequencies)
    trusted = (frequencies >= 0.04) & (frequencies <= 0.12)
    low = level[trusted].mean()
    alive = np.flatnonzero((level > low - DROP) & (decibels > FLOOR))
    end = frequencies[alive[-1]] if len(alive) else frequencies[0]
    factor = float(frequencies[-1] / end)
    return factor if factor >= ENLARGED_FROM else 1.0


DROP = 9.0  # decibels below the fall of natural scenes
FLOOR = -9.0  # decibels: rounding to 8 bits leaves -10.8, a twelfth of a grey level squared


def proposed_scale(size: tuple[int, int], enlarged: float) -> int:
    """A factor whose result fills a screen or a page, and no more than the photo can bear."""
    longer = max(size)
    scale = 4 if longer <= 1000 else 3 if longer <= 1600 else 2
    return max(2, scale - 1) if enlarged > 1 else scale


def reason_for(kind: str, figures: dict[str, float], quality: int | None, enlarged: float) -> str:
    """One sentence that names what was seen, most telling first."""
    seen = []
    if figures["blocks"] > 0.35 or (quality or 100) < 80:
        strength = "strong" if figures["blocks"] > 1 else "visible"
        seen.append(f"{strength} JPEG blocks")
    elif kind == REAL and figures["jpeg"] > 0:
        seen.append("traces of JPEG compression")
    if figures["noise"] > 2.5:
        seen.append("noise")
    if figures["colour_noise"] > 1.0:
        seen.append("coloured noise")
    if enlarged > 1:
        seen.append(f"soft, as if enlarged {enlarged:.1f} times before")
    if quality is not None:
        seen.append(f"JPEG quality about {quality}")
    if not seen:
        seen.append("no noise and no compression to speak of" if kind == CLEAN else "weak defects")
    words = {
        CLEAN: "Looks clean",
        REAL: "Looks like a photo that needs cleaning",
    }
    return f"{words[kind]}: {', '.join(seen)}."
