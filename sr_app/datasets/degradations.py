"""What happens to a picture between the scene and a file, as steps that can be written down.

A step is a frozen dataclass of physical parameters: lengths in pixels of the picture that it gets,
noise and strengths in grey levels (a 255th of the range). It maps a float64 picture in [0, 1],
(H, W, 3), to another, and everything random in it comes from a seed that is one of its parameters:
a `Degradation` written as JSON gives the same picture again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

import numpy as np
from scipy import ndimage, signal

from sr_app.datasets.kernels import gaussian_kernel, motion_kernel
from sr_app.image import bayer
from sr_app.image.colour import to_display, to_linear, to_uint8, to_uint16
from sr_app.image.recompression import through_codec, through_jpeg
from sr_app.image.resize import imresize, modcrop


def convolve(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The picture, mirrored at its border, convolved with an odd (K, K) kernel."""
    radius = len(kernel) // 2
    padded = np.pad(picture, ((radius, radius), (radius, radius), (0, 0)), mode="symmetric")
    return signal.oaconvolve(padded, kernel[..., None], mode="valid", axes=(0, 1))


@dataclass(frozen=True)
class GaussianBlur:
    """Out of focus, or a lens and its pixels: a Gaussian, the first deviation along the angle."""

    sigma: tuple[float, float]  # pixels
    angle: float = 0.0  # degrees

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return convolve(picture, gaussian_kernel(self.sigma, self.angle))


@dataclass(frozen=True)
class MotionBlur:
    """A hand that shakes: see `kernels.motion_kernel`."""

    length: float  # pixels
    bend: float  # degrees
    sigma: float  # pixels
    seed: int

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return convolve(picture, motion_kernel(self.length, self.bend, self.sigma, self.seed))


@dataclass(frozen=True)
class Bicubic:
    """MATLAB's `imresize` to 1/factor, rounded to 8 bits: the LR of the standard benchmarks."""

    factor: int

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return imresize(to_uint8(picture), 1 / self.factor) / 255


@dataclass(frozen=True)
class Decimate:
    """One sample for every factor x factor pixels, taken at their middle, after a shift.

    Without a shift the samples lie where those of `imresize` do. Between pixels a cubic spline is
    read; the border is mirrored. No filter: what the blur before it leaves will alias.
    """

    factor: int
    shift: tuple[float, float] = (0.0, 0.0)  # pixels before decimation: scene moves down, right

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        size = tuple(length // self.factor for length in picture.shape[:2])
        start = [(self.factor - 1) / 2 - move for move in self.shift]
        sample = partial(
            ndimage.affine_transform,
            matrix=[self.factor, self.factor],
            offset=start,
            output_shape=size,
            order=3,
            mode="reflect",
        )
        planes = [sample(np.ascontiguousarray(plane)) for plane in np.moveaxis(picture, 2, 0)]
        return np.stack(planes, axis=2)


@dataclass(frozen=True)
class Noise:
    """Photon and read-out noise of variance ``gain * x + sigma**2`` at grey level x.

    Foi, Trimeche, Katkovnik, Egiazarian, IEEE TIP 17(10), 2008, equation 2: photons are counted
    (Poisson), one of them is ``gain`` grey levels, the amplifier adds a Gaussian. Independent for
    every pixel and channel; not clipped.
    """

    gain: float  # grey levels
    sigma: float  # grey levels
    seed: int

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        levels = 255 * picture
        if self.gain > 0:
            levels = self.gain * rng.poisson(np.maximum(levels, 0) / self.gain)
        return (levels + rng.normal(0, self.sigma, levels.shape)) / 255


@dataclass(frozen=True)
class Grain:
    """Noise that a camera's processing or an earlier enlargement has spread: in soft blotches.

    Gaussian noise under a Gaussian of ``reach`` pixels, its deviation restored; brightness has its
    own, the colours (YCbCr) theirs, which is mostly more: eyes mind it less, so cameras leave it.
    """

    light: float  # grey levels
    colour: float  # grey levels
    reach: float  # pixels
    seed: int

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        noise = ndimage.gaussian_filter(
            rng.normal(size=picture.shape), (self.reach, self.reach, 0), mode="wrap"
        )
        noise /= max(float(noise.std()), 1e-12)
        y, cb, cr = np.moveaxis(noise * (self.light, self.colour, self.colour), 2, 0)
        rgb = y + 1.402 * cr, y - 0.344 * cb - 0.714 * cr, y + 1.772 * cb
        return picture + np.stack(rgb, axis=2) / 255


@dataclass(frozen=True)
class Denoise:
    """Non-local means, as cameras and editors smooth: fine texture goes with the noise."""

    strength: float  # grey levels; patches that differ by less are averaged
    sigma: float = 0.0  # grey levels of noise that is expected

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        from skimage.restoration import denoise_nl_means

        return denoise_nl_means(
            picture,
            patch_size=5,
            patch_distance=5,
            h=self.strength / 255,
            sigma=self.sigma / 255,
            fast_mode=True,
            channel_axis=-1,
        )


@dataclass(frozen=True)
class Sharpen:
    """Unsharp masking: ``amount`` times what a Gaussian of ``radius`` pixels takes away, added."""

    radius: float
    amount: float

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        from skimage.filters import unsharp_mask

        # scikit-image 0.26 takes -1 for the first axis here and leaves most of its result unset.
        options = {"preserve_range": True, "channel_axis": 2}
        return unsharp_mask(picture, radius=self.radius, amount=self.amount, **options)


@dataclass(frozen=True)
class Jpeg:
    """Compression with the Independent JPEG Group's tables; colour at half resolution."""

    quality: int
    subsampling: str = "4:2:0"

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        pixels = to_uint8(picture)
        return through_jpeg(pixels, self.quality, subsampling=self.subsampling) / 255


@dataclass(frozen=True)
class Recompress:
    """Compression by another codec of the web."""

    codec: str  # webp or avif
    quality: int

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return through_codec(to_uint8(picture), self.codec, self.quality) / 255


@dataclass(frozen=True)
class Linearise:
    """From display values to light."""

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return to_linear(picture)


@dataclass(frozen=True)
class Display:
    """From light to display values."""

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return to_display(picture)


@dataclass(frozen=True)
class Sensor:
    """Light in, light out: colour filters (RGGB), photons, converter, guessed colours.

    Red and blue arrive ``1 / balance`` as strong as green and are amplified after the read-out,
    with their noise.
    """

    gain: float  # grey levels of light per photon
    sigma: float  # grey levels of light
    seed: int
    bits: int = 12  # of the converter
    balance: tuple[float, float] = (2.0, 1.5)  # of red and blue

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        balance = np.array([self.balance[0], 1.0, self.balance[1]])
        raw = Noise(self.gain, self.sigma, self.seed)(bayer.mosaic(picture / balance))
        top = 2**self.bits - 1
        raw = np.floor(np.clip(raw, 0, 1) * top + 0.5) / top
        return np.clip(bayer.demosaic(to_uint16(raw)) / 65535 * balance, 0, 1)


class Step(Protocol):
    """A dataclass of a step's parameters that is called with a picture, float (H, W, 3)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __call__(self, picture: np.ndarray) -> np.ndarray: ...


STEPS = {
    step.__name__: step
    for step in (GaussianBlur, MotionBlur, Bicubic, Decimate, Noise, Grain, Denoise, Sharpen)
    + (Jpeg, Recompress, Linearise, Display, Sensor)
}


@dataclass(frozen=True)
class Degradation:
    """Steps in their order, and the factor by which they shrink a picture."""

    scale: int
    steps: tuple[Step, ...]

    def __call__(self, hr: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8 -> (H // scale, W // scale, 3) uint8."""
        picture = modcrop(hr, self.scale) / 255
        for step in self.steps:
            picture = step(picture)
        return to_uint8(picture)

    def to_json(self) -> dict[str, Any]:
        """Numbers and strings; `from_json` reads them."""
        steps = [{"step": type(step).__name__, **asdict(step)} for step in self.steps]
        return {"scale": self.scale, "steps": steps}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Degradation:
        """Raises ValueError for an unknown step or parameter, with the known ones."""
        return cls(data["scale"], tuple(read_step(step) for step in data["steps"]))


def read_step(data: dict[str, Any]) -> Step:
    """One step of its JSON; lists become the tuples that they were."""
    values: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in data.items()
    }
    name = values.pop("step", None)
    if name not in STEPS:
        raise ValueError(f"Expected a step among {', '.join(STEPS)}. Received: {name!r}")
    try:
        return STEPS[name](**values)
    except TypeError as error:
        raise ValueError(f"Cannot read the step {name}: {error}") from error
