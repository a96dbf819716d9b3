"""Kinds of degradation by name: how each draws its parameters, and what its pictures are called.

The first five follow the challenges that named them (Timofte et al., CVPRW 2017 and 2018; Lugmayr
et al., CVPRW 2020). The organisers published what happens to a picture, not how strongly: the
amounts here are this project's. Lengths grow with the scale.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sr_app.datasets.degradations import (
    Bicubic,
    Decimate,
    Degradation,
    Denoise,
    Display,
    GaussianBlur,
    Grain,
    Jpeg,
    Linearise,
    MotionBlur,
    Noise,
    Recompress,
    Sensor,
    Sharpen,
    Step,
)
from sr_app.files.nearest import did_you_mean

Draw = Callable[[np.random.Generator, int, int], tuple[Step, ...]]


@dataclass(frozen=True)
class Kind:
    """draw: (generator of the parameters, scale, seed of the noise) -> steps.

    suffix: of a picture's name after the factor, as in 0001x4m: a letter of its own. varies:
    whether parameters are drawn for every picture, or once for all; noise always differs.
    smooths: whether a step may be `Denoise` or `Sharpen`, which need scikit-image.
    """

    what: str
    draw: Draw
    suffix: str
    varies: bool
    smooths: bool = False


def bicubic(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """The standard benchmarks' LR; nothing is drawn."""
    return (Bicubic(scale),)


def unknown(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """A Gaussian blur of 0.35 to 0.65 LR pixels each way, at any angle."""
    across, along = rng.uniform(0.35, 0.65, 2)
    sigma = float(scale * across), float(scale * along)
    return GaussianBlur(sigma, float(rng.uniform(0, 180))), Decimate(scale)


def shaken(
    rng: np.random.Generator, scale: int, *, length: float, bend: float, reach: int
) -> tuple[Step, ...]:
    """Motion blur of `length` LR pixels; a shift of up to `reach` HR pixels and a part of one."""
    blur = MotionBlur(length * scale, bend, 0.3 * scale, int(rng.integers(2**32)))
    down, right = rng.integers(-reach, reach + 1, 2) + rng.uniform(-0.5, 0.5, 2)
    return blur, Decimate(scale, (float(down), float(right)))


def mild(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """Paths and shifts are drawn; their length and the noise are the same for all."""
    return *shaken(rng, scale, length=2.5, bend=120, reach=8), Noise(0.5, 2.5, seed)


def difficult(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """As mild, with longer paths, larger shifts and more noise."""
    return *shaken(rng, scale, length=4.5, bend=180, reach=12), Noise(1.0, 5.0, seed)


def wild(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """From less than mild to difficult: lengths and noise are drawn as well."""
    amount = float(rng.uniform(1.0, 4.5))
    steps = shaken(rng, scale, length=amount, bend=float(rng.uniform(60, 180)), reach=12)
    return *steps, Noise(float(rng.uniform(0.05, 1.0)), float(rng.uniform(1.0, 5.0)), seed)


def artefacts(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """What editors and social networks leave: sharpened, noisy, smoothed, compressed."""
    sharpen = Sharpen(float(rng.uniform(0.8, 1.6)), float(rng.uniform(0.8, 2.0)))
    noise = Noise(0.3, float(rng.uniform(4, 8)), seed)
    denoise = Denoise(float(rng.uniform(8, 14)))
    return Bicubic(scale), sharpen, noise, denoise, Jpeg(int(rng.integers(35, 66)))


def jpeg(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """Bicubic, then compressed with a quality of 30 to 70."""
    return Bicubic(scale), Jpeg(int(rng.integers(30, 71)))


def camera(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """Lens, sensor with colour filters, and the camera's own processing, in light and after it."""
    across, along = rng.uniform(0.4, 0.55, 2)
    sigma = float(scale * across), float(scale * along)
    gain = float(rng.uniform(0.05, 0.3))  # of light: in dark parts a display multiplies it by ten
    balance = float(rng.uniform(1.6, 2.2)), float(rng.uniform(1.3, 1.8))
    return (
        Linearise(),
        GaussianBlur(sigma, float(rng.uniform(0, 180))),
        Decimate(scale),
        Sensor(gain, float(rng.uniform(0.2, 0.6)), seed, 12, balance),
        Display(),
        Denoise(float(rng.uniform(2, 5))),
        Sharpen(1.0, float(rng.uniform(0.4, 1.0))),
        Jpeg(int(rng.integers(85, 96))),
    )


def practical(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """Photos from anywhere: every step has its chance and its amount, from none to bad.

    Blur, noise and compression as Zhang et al., "Designing a Practical Degradation Model for Deep
    Blind Image Super-Resolution", ICCV 2021, mix them, in one order and once each.
    """
    across, along = rng.uniform(0.05, 0.6, 2)
    sigma = max(0.3, float(scale * across)), max(0.3, float(scale * along))
    steps = [GaussianBlur(sigma, float(rng.uniform(0, 180))), Bicubic(scale)]
    chances = rng.uniform(size=4)
    amounts = rng.uniform(size=5)
    if chances[0] < 0.75:  # most photos are nearly clean: amounts lean to zero
        steps.append(Noise(float(amounts[0] ** 2), float(20 * amounts[1] ** 2), seed))
    if chances[1] < 0.3:
        steps.append(Denoise(float(3 + 9 * amounts[2])))
    if chances[2] < 0.3:
        steps.append(Sharpen(1.0, float(0.3 + amounts[3])))
    if chances[3] < 0.8:
        steps.append(Jpeg(int(30 + 65 * amounts[4])))
    return tuple(steps)


def shared(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """As practical, and then what phones and the web do: sharpened, compressed once more."""
    steps = list(practical(rng, scale, seed))
    chance, codec, amount = rng.uniform(size=3)
    if chance < 0.2:  # a phone's edges: narrow and strong
        steps.append(Sharpen(0.7, float(0.5 + 1.5 * amount)))
    if codec < 0.12:
        steps.append(Recompress("webp", int(25 + 65 * amount)))
    elif codec < 0.2:
        steps.append(Recompress("avif", int(30 + 50 * amount)))
    elif codec < 0.3:
        steps.append(Jpeg(int(50 + 45 * amount)))
    return tuple(steps)


def worn(rng: np.random.Generator, scale: int, seed: int) -> tuple[Step, ...]:
    """As shared, and most with soft blotches of noise, before all that is compressed."""
    steps = list(shared(rng, scale, seed))
    chance, light, colour, reach = rng.uniform(size=4)
    if chance < 0.7:
        grain = Grain(float(9 * light**2), float(7 * colour**1.5), float(0.6 * 6**reach), seed ^ 1)
        steps.insert(2, grain)  # behind the blur and the shrinking
    return tuple(steps)


KINDS = {
    "bicubic": Kind("MATLAB's bicubic, 8 bits", bicubic, "", False),
    "unknown": Kind("an unknown blur, the same for all; decimation (2017)", unknown, "", False),
    "mild": Kind("motion blur, decimation, shifts, noise (2018)", mild, "m", True),
    "difficult": Kind("more blur and noise than mild (2018)", difficult, "d", True),
    "wild": Kind("amounts differ from picture to picture (2018)", wild, "w", True),
    "artefacts": Kind("sharpened, smoothed, compressed (2020)", artefacts, "a", True, True),
    "jpeg": Kind("bicubic, compressed", jpeg, "j", True),
    "camera": Kind("lens, sensor, a camera's processing", camera, "c", False, True),
    "practical": Kind("blur, noise, denoising, JPEG, each by chance", practical, "p", True, True),
    "worn": Kind("shared, with soft blotches of noise", worn, "o", True, True),
    "shared": Kind("practical, sharpened and compressed again by chance", shared, "s", True, True),
}
"""What HR goes through on its way to LR, by name; a year is that of the NTIRE challenge."""


def find_kind(name: str) -> Kind:
    """The kind of a name; ValueError for one that is not among `KINDS`."""
    if name not in KINDS:
        raise ValueError(
            f"Expected a kind among {', '.join(KINDS)}. "
            f"Received: {name!r}.{did_you_mean(name, KINDS)}"
        )
    return KINDS[name]


def draw_degradation(
    kind: str, scale: int, *, seed: int, picture: str, varies: bool | None = None
) -> Degradation:
    """The degradation of one picture; it depends on the arguments alone, not on other pictures.

    Args:
        kind: a key of `KINDS`.
        picture: its name.
        varies: parameters drawn for every picture, or once for all; None is the kind's custom.

    Raises:
        ValueError: for an unknown kind.
    """
    chosen = find_kind(kind)
    about = [zlib.crc32(text.encode()) for text in (kind, picture)]
    own = np.random.default_rng((seed, *about))
    noise = int(own.integers(2**32))
    rng = (
        own
        if (chosen.varies if varies is None else varies)
        else np.random.default_rng((seed, about[0]))
    )
    return Degradation(scale, chosen.draw(rng, scale, noise))
