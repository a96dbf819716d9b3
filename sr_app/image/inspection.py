"""What was done to a photo before it came here, and so which kind of network serves it.

Noise, blur and compression are measured on the pixels alone, so that a screenshot or a PNG of a bad
JPEG is known for what it is; a JPEG file's own tables say its quality beside that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_cdt

from sr_app.image.arrays import Picture, check_picture, photo_of
from sr_app.image.colour import to_float
from sr_app.image.compression import block_jumps, find_grid, pixel_quality
from sr_app.image.files import Photo, read_photo
from sr_app.image.jpeg import file_quality
from sr_app.image.photo import CLEAN, REAL
from sr_app.image.resize import imresize
from sr_app.image.statistics import WINDOW, detail, grey, middle, noise_level, spectrum

BLUR_FROM = 2.0  # decibels of detail that sharp photos lack beside their small self, at most

# Of a logistic model of which network serves a photo better, rounded from a fit:
# benchmarks/studies/photo_kinds has the photos and the tables.
WEIGHTS = {"noise": 1.3, "colour_noise": 1.35, "blur": 0.15, "blocks": 2.0, "compression": 8.0}
BIAS = -1.5

ENLARGED_FROM = 1.45
"""A photo whose finest detail ends so far below what its pixels could hold counts as enlarged."""

LEAST = 36
"""Pixels along a side of which something can be said: noise needs 16 and a frame, at half size."""

DROP = 9.0  # decibels below the fall of natural scenes
FLOOR = -9.0  # decibels: rounding to 8 bits leaves -10.8, a twelfth of a grey level squared


@dataclass(frozen=True)
class Traces:
    """What is seen of a photo's past.

    Args:
        noise: standard deviation of what is there at full size and gone at half, grey levels.
        colour_noise: of the colour differences in flat places, grey levels.
        blur: decibels of fine detail that the photo lacks beside itself at half its size.
        blocks: mean jump at the borders of JPEG blocks, grey levels; 0 where there are none.
        quality: of the JPEG that the pixels were, 5 to 92; None where no steps are seen.
        enlarged: about how many times it was enlarged already, 1 if not.
    """

    noise: float = 0.0
    colour_noise: float = 0.0
    blur: float = 0.0
    blocks: float = 0.0
    quality: int | None = None
    enlarged: float = 1.0


@dataclass(frozen=True)
class PhotoReport:
    """What `inspect_photo` found, and proposes; printed, it is a sentence.

    Args:
        size: (height, width).
        traces: what the pixels tell.
        file_quality: of a JPEG file's own tables, 1 to 100; None for anything else.
        likelihood: that a network for real photos serves it better than one for clean ones.
        kind: ``clean`` or ``real``.
        scale: factor.
        reason: why, in one sentence for a photographer.
    """

    size: tuple[int, int]
    traces: Traces
    file_quality: int | None
    likelihood: float
    kind: str
    scale: int
    reason: str

    def __str__(self) -> str:
        """Width x height, as the command line says sizes, the proposal, and why."""
        height, width = self.size
        return f"{width}x{height}: {self.kind}, {self.scale}x. {self.reason}"


def inspect_photo(photo: Photo | Picture | str | Path) -> PhotoReport:
    """Measure a photo and propose a kind of network and a factor; a proposal, not a verdict.

    Args:
        photo: a file, a photo, or an array or Pillow's picture as `arrays.photo_of` takes.

    Returns:
        Kind, factor and the reason in a sentence, with what was measured.

    Raises:
        ValueError: for other shapes, types and ranges; PhotoError for a file that cannot be read.
    """
    quality = None
    if isinstance(photo, (str, Path)):
        quality = file_quality(Path(photo))
        photo = read_photo(photo)
    photo = photo if isinstance(photo, Photo) else photo_of(photo)
    rgb = photo.rgb
    check_picture(rgb)
    size = (int(rgb.shape[0]), int(rgb.shape[1]))
    traces = measure(rgb if photo.alpha is None else visible(rgb, photo.alpha))
    likelihood = likely_real(traces)
    kind = REAL if likelihood > 0.5 else CLEAN
    return PhotoReport(
        size=size,
        traces=traces,
        file_quality=quality,
        likelihood=likelihood,
        kind=kind,
        scale=proposed_scale(size, traces.enlarged),
        reason=reason_for(kind, traces, quality),
    )


def measure(rgb: np.ndarray) -> Traces:
    """What was done to the middle of a picture, (H, W, 3); nothing is seen in a tiny one."""
    part = to_float(middle(rgb))
    if min(part.shape[:2]) < LEAST:
        return Traces()
    plane, half = grey(part), grey(imresize(part, 1 / 2))
    corner = find_grid(plane)
    lost = detail(half) - detail(plane) if min(half.shape) >= WINDOW else 0.0
    return Traces(
        noise=beyond_texture(noise_level(plane), noise_level(half)),
        colour_noise=float(np.mean([noise_level(chroma) for chroma in colours(part)])),
        blur=max(0.0, lost),
        blocks=block_jumps(plane, corner) if corner else 0.0,
        quality=pixel_quality(plane, corner) if corner else None,
        enlarged=enlargement(plane) if min(plane.shape) >= WINDOW else 1.0,
    )


def visible(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The largest square without transparent pixels in the middle of a picture, (H, W, 3).

    What lies under them was never seen: most editors leave it black, which would pass for a calm
    place without noise. All of it where no square has `LEAST` pixels a side.
    """
    rgb, shown = middle(rgb), middle(alpha) > 0
    if shown.all():
        return rgb
    # To the nearest transparent pixel or border, the larger of both ways.
    reach = distance_transform_cdt(np.pad(shown, 1), "chessboard")[1:-1, 1:-1]
    row, column = np.unravel_index(reach.argmax(), reach.shape)
    inner = int(reach[row, column]) - 1
    rows, columns = (slice(at - inner, at + inner + 1) for at in (int(row), int(column)))
    return rgb[rows, columns] if 2 * inner + 1 >= LEAST else rgb


def features(traces: Traces) -> dict[str, float]:
    """What the model weighs, by name."""
    return {
        "noise": math.log(traces.noise + 0.5),
        "colour_noise": math.log(traces.colour_noise + 0.5),
        "blur": max(0.0, traces.blur - BLUR_FROM),
        "blocks": traces.blocks,
        "compression": max(0, 90 - (traces.quality or 100)) / 50,
    }


def likely_real(traces: Traces) -> float:
    """The logistic model, 0 to 1."""
    total = BIAS + sum(WEIGHTS[name] * value for name, value in features(traces).items())
    return 1 / (1 + math.exp(-total))


def beyond_texture(noise: float, half: float) -> float:
    """Noise that shrinking to a half halves; texture is as strong there, and counts as none."""
    return math.sqrt(max(0.0, noise**2 - half**2) / 0.75)


def colours(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two colour differences of ITU-R BT.601, grey levels."""
    red, green, blue = (255 * rgb[..., channel] for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return (blue - luma) * 0.564, (red - luma) * 0.713


def enlargement(plane: np.ndarray) -> float:
    """About how many times a photo was enlarged: where its spectrum ends, against where it could.

    Power of natural scenes falls as the square of the frequency; what interpolation made lies far
    below that. Blur and strong compression look the same, and are the same to who enlarges on.
    """
    if not np.ptp(plane):  # nothing to see
        return 1.0
    frequencies, decibels = spectrum(plane)
    level = decibels + 20 * np.log10(frequencies)
    trusted = (frequencies >= 0.04) & (frequencies <= 0.12)
    low = level[trusted].mean()
    alive = np.flatnonzero((level > low - DROP) & (decibels > FLOOR))
    end = frequencies[alive[-1]] if len(alive) else frequencies[0]
    factor = float(frequencies[-1] / end)
    return factor if factor >= ENLARGED_FROM else 1.0


def proposed_scale(size: tuple[int, int], enlarged: float) -> int:
    """A factor whose result fills a screen or a page, and no more than the photo can bear."""
    longer = max(size)
    scale = 4 if longer <= 1000 else 3 if longer <= 1600 else 2
    return max(2, scale - 1) if enlarged > 1 else scale


def reason_for(kind: str, traces: Traces, file_quality: int | None) -> str:
    """One sentence that names what was seen, most telling first."""
    seen = []
    quality = traces.quality or file_quality
    if traces.blocks > 1:
        seen.append("strong JPEG blocks")
    elif (quality or 100) < 80:
        seen.append("visible JPEG compression")
    if traces.noise > 2.5:
        seen.append("noise")
    if traces.colour_noise > 1.0:
        seen.append("coloured noise")
    if traces.enlarged > 1:
        seen.append(f"soft, as if enlarged {traces.enlarged:.1f} times before")
    faulty = bool(seen)
    if quality is not None:
        seen.append(f"JPEG quality about {quality}")
    if not seen:
        seen.append("no noise and no compression to speak of" if kind == CLEAN else "faint defects")
    if kind == REAL:
        return f"Looks like a photo that needs cleaning: {', '.join(seen)}."
    return f"Looks clean{' enough' * faulty}: {', '.join(seen)}."
