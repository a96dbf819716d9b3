"""Weight files of the three feature networks' layout, with few channels and random values."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SQUEEZE = [(4, 3, 3)] + [
    shape
    for before, squeeze in [(4, 2), (6, 2), (6, 2), (6, 2), (6, 2), (6, 2), (6, 2), (6, 2)]
    for shape in [(squeeze, before, 1), (3, squeeze, 1), (3, squeeze, 3)]
]
ALEX = [(4, 3, 11), (5, 4, 5), (6, 5, 3), (6, 6, 3), (6, 6, 3)]
VGG = [(4, 3, 3), (4, 4, 3), (5, 4, 3), (5, 5, 3), (6, 5, 3)] + [(6, 6, 3)] * 8


def write_weights(folder: Path) -> Path:
    """All files below ``folder``, as `sr-app data prepare perceptual` writes them."""
    rng = np.random.default_rng(1)
    (folder / "lpips_squeeze").mkdir(parents=True)
    (folder / "st_lpips").mkdir()
    np.savez(folder / "lpips_squeeze" / "squeezenet1_1_fp16.npz", **numbered(SQUEEZE, rng))
    linear = linear_weights([4, 6, 6, 6, 6, 6, 6], rng)
    np.savez(folder / "lpips_squeeze" / "lpips_lin_squeeze_v0.1.npz", **linear)
    for name, shapes, channels in [("alex", ALEX, [4, 5, 6, 6, 6]), ("vgg", VGG, [4, 5, 6, 6, 6])]:
        file = folder / "st_lpips" / f"{name}_shift_tolerant_fp16.npz"
        np.savez(file, **sliced(shapes, rng), **linear_weights(channels, rng))
    return folder


def convolution(shape: tuple[int, int, int], rng: np.random.Generator):
    """Kernel (out, in, size, size) and bias of (out, in, size)."""
    out, into, size = shape
    kernel = rng.normal(0, (2 / (into * size * size)) ** 0.5, (out, into, size, size))
    return kernel.astype("float16"), rng.normal(0, 0.1, out).astype("float16")


def numbered(shapes, rng) -> dict[str, np.ndarray]:
    arrays = {}
    for index, shape in enumerate(shapes):
        kernel, bias = convolution(shape, rng)
        arrays |= {f"{index:02d}_convrelu_w": kernel, f"{index:02d}_convrelu_b": bias}
    return arrays


def sliced(shapes, rng) -> dict[str, np.ndarray]:
    arrays = {"scaling_layer.shift": np.zeros((1, 3, 1, 1), "float16")}
    for index, shape in enumerate(shapes):
        kernel, bias = convolution(shape, rng)
        arrays |= {f"net.slice1.{index}.weight": kernel, f"net.slice1.{index}.bias": bias}
        arrays[f"net.slice1.{index}.filt"] = np.zeros((4, 1, 3, 3), "float16")
    return arrays


def linear_weights(channels, rng) -> dict[str, np.ndarray]:
    return {
        f"lin{depth}.model.1.weight": rng.random(count).astype("float32")
        for depth, count in enumerate(channels)
    }
