"""Networks whose features say how alike two pictures look, built from weight files.

Three trunks that were trained to recognise objects: SqueezeNet 1.1, and the shift-tolerant AlexNet
and VGG16 of Ghildyal and Liu, "Shift-Tolerant Perceptual Similarity Metric", ECCV 2022. The
distance between two pictures' features is LPIPS. No weights come with the package:
``sr-app data prepare perceptual`` puts them into ``data/perceptual``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from sr_app.layers.blur_pool import BlurPool
from sr_app.layers.random_sum import RandomSum
from sr_app.networks.families import taps_of

# Of LPIPS: pictures in [-1, 1] are shifted and scaled to the statistics of ImageNet.
SHIFT = np.array([-0.030, -0.088, -0.188], "float32")
SCALE = np.array([0.458, 0.448, 0.450], "float32")


@dataclass(frozen=True)
class FeatureNetwork:
    """Where a network's weights lie below the folder, and how it is built.

    Args:
        trunk: file of the convolutions' weights.
        linear: file of the weights of the features' channels; may be the same one.
        build: (picture, convolution) -> features at each depth, where ``convolution(x, filters,
            size, ...)`` applies the next one, with its ReLU unless told not to.
    """

    trunk: str
    linear: str
    build: Callable


@dataclass(frozen=True)
class PerceptualDistance:
    """LPIPS: the squared difference of normalised features, weighted, averaged over the picture.

    Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR
    2018, eq. 1.

    Args:
        network: ``(batch, H, W, 3)`` in [0, 1] -> a list of features, ``(batch, h, w, C)`` each.
        weights: per depth, the channels' weights, ``(C,)``.
    """

    network: keras.Model
    weights: tuple[np.ndarray, ...]

    def __call__(self, a, b):
        """Distances of two batches of pictures in [0, 1], ``(batch,)``; gradients reach both."""
        pairs = zip(self.features(a), self.features(b), self.weights, strict=True)
        return sum(distance(x, y, weights) for x, y, weights in pairs)

    def features(self, pictures) -> list:
        """The network's outputs, a list also where there is only one."""
        outputs = self.network(pictures)
        return outputs if isinstance(outputs, list) else [outputs]


def distance(x, y, weights):
    """One depth's share of the distance, ``(batch,)``."""
    difference = ops.square(normalised(x) - normalised(y))
    return ops.mean(ops.sum(difference * weights, axis=-1), axis=(1, 2))


def normalised(features):
    """Features of unit length at every place. The constant keeps the gradient finite at zero."""
    return features * ops.rsqrt(ops.sum(ops.square(features), axis=-1, keepdims=True) + 1e-10)


def load_distance(
    name: str, folder: Path | None = None, *, depths: int | None = None
) -> PerceptualDistance:
    """The perceptual distance of a network named in `SOURCES`, its weights frozen.

    Args:
        folder: that holds the weight files; see `weights_folder`.
        depths: use the features of the first so many depths only (the deep ones cost most).

    Raises:
        ValueError: for an unknown name, or if a weight file is missing or of another network.
    """
    if name not in SOURCES:
        raise ValueError(f"Expected a network among {', '.join(SOURCES)}. Received: {name!r}")
    source, folder = SOURCES[name], folder or weights_folder()
    network = build_trunk(source, read_convolutions(prepared_file(folder / source.trunk)), depths)
    linear = read_linear(prepared_file(folder / source.linear))
    channels = tuple(output.shape[-1] for output in network.outputs)
    if tuple(map(len, linear[:depths])) != channels:
        raise ValueError(
            f"Expected {folder / source.linear} to weight {channels} channels. "
            f"Received: {tuple(map(len, linear))}"
        )
    return PerceptualDistance(network, linear[:depths])


def summed_distance(
    distances: Sequence[PerceptualDistance],
    weights: Sequence[float] = (),
    shares: Sequence[float] = (),
    *,
    seed: int = 0,
) -> RandomSum:
    """The sum of several networks' distances, ``(a, b) -> (batch,)``; their mean without weights.

    What one network cannot tell apart another may, so it is harder to please two by a pattern that
    nobody would call a likeness. By ``shares`` a costly one is computed at some steps only:
    `sr_app.layers.random_sum.RandomSum`.
    """
    count = len(distances)
    return RandomSum(
        distances, weights or (1 / count,) * count, shares or (1.0,) * count, seed=seed
    )


def own_distance(network: keras.Model, blocks: int = 2) -> PerceptualDistance:
    """The distance by a super-resolution network's own features, where no other weights are.

    After the first convolutions and each of the first blocks, every channel weighted alike. Such a
    network knows edges and textures, but no objects.

    Args:
        network: a trained one of ``networks.families.build_network``; it is frozen.
        blocks: how many of its blocks.
    """
    taps = taps_of(network)
    outputs = [taps.first, *taps.blocks[:blocks]]
    features = keras.Model(network.inputs, outputs, name="features")
    features.trainable = False
    return PerceptualDistance(features, tuple(np.ones(x.shape[-1], "float32") for x in outputs))


def weights_folder() -> Path:
    """``$SR_APP_PERCEPTUAL``, or ``data/perceptual`` below the working folder."""
    return Path(os.environ.get("SR_APP_PERCEPTUAL") or "data/perceptual")


def has_weights(name: str, folder: Path | None = None) -> bool:
    """Whether both files of a network are there."""
    folder = folder or weights_folder()
    return all((folder / path).is_file() for path in (SOURCES[name].trunk, SOURCES[name].linear))


def prepared_file(path: Path) -> Path:
    """The path; without a file there, an error that names the command which makes it."""
    if not path.is_file():
        raise ValueError(
            f"Expected the weights {path}. Prepare them once by: sr-app data prepare perceptual "
            "(or set SR_APP_PERCEPTUAL to their folder)"
        )
    return path


def read_convolutions(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernels ``(h, w, in, out)`` and biases ``(out,)`` in the order of the file, float32."""
    with np.load(path) as file:  # never unpickles
        arrays = {
            name: file[name].astype("float32") for name in file.files if not name.startswith("lin")
        }
    kernels = [a.transpose(2, 3, 1, 0) for n, a in arrays.items() if n.endswith(("weight", "_w"))]
    biases = [array for name, array in arrays.items() if name.endswith(("bias", "_b"))]
    return list(zip(kernels, biases, strict=True))


def read_linear(path: Path) -> tuple[np.ndarray, ...]:
    """The channels' weights of each depth, ``(C,)`` float32."""
    with np.load(path) as file:
        return tuple(file[n].astype("float32").ravel() for n in file.files if n.startswith("lin"))


def build_trunk(
    source: FeatureNetwork, weights: list[tuple[np.ndarray, np.ndarray]], depths: int | None = None
) -> keras.Model:
    """A frozen functional model, ``(batch, H, W, 3)`` in [0, 1] -> features at each depth."""
    picture = keras.Input((None, None, 3), name="picture")
    stock = iter(weights)
    assigned: list[tuple[keras.layers.Layer, tuple[np.ndarray, np.ndarray]]] = []

    def convolution(x, *, strides: int = 1, padding="same", relu: bool = True):
        kernel, bias = next(stock)
        height, width, _, filters = kernel.shape
        layer = layers.Conv2D(
            filters,
            (height, width),
            strides=strides,
            padding=padding,
            activation="relu" if relu else None,
            name=f"conv{len(assigned)}",
        )
        assigned.append((layer, (kernel, bias)))
        return layer(x)

    outputs = []
    for feature in source.build((2 * picture - 1 - SHIFT) / SCALE, convolution):
        outputs.append(feature)
        if len(outputs) == depths:
            break
    model = keras.Model(picture, outputs, name="features")
    for layer, values in assigned:
        layer.set_weights(values)
    model.trainable = False
    return model


def vgg(x, convolution, *, plain: bool = False) -> Iterator:
    """Shift-tolerant VGG16: maxima of stride 1, then blur pooling with a wider border.

    plain: halve by means of 2 x 2, 2.7 times as fast on a CPU, for training against it.
    """
    for depth, convolutions in enumerate((2, 2, 3, 3, 3)):
        if depth and plain:
            x = layers.AveragePooling2D(2, name=f"mean{depth}")(x)
        elif depth:
            x = BlurPool(name=f"blur{depth}")(layers.MaxPooling2D(2, 1, name=f"max{depth}")(x))
        for _ in range(convolutions):
            x = convolution(x)
        yield x


def alexnet(x, convolution) -> Iterator:
    """Shift-tolerant AlexNet: its first convolution has stride 1 and is blurred before the ReLU."""
    x = convolution(layers.ZeroPadding2D(2, name="pad")(x), padding="valid", relu=False)
    x = layers.ReLU(name="relu")(BlurPool(name="blur0")(x))
    yield x
    for depth in (1, 2):
        x = BlurPool(name=f"blur{depth}")(layers.MaxPooling2D(3, 1, name=f"max{depth}")(x))
        x = convolution(x)
        yield x
    for _ in range(2):
        x = convolution(x)
        yield x


def squeezenet(x, convolution) -> Iterator:
    """SqueezeNet 1.1 (Iandola et al., 2016): fire modules of 1x1, then 1x1 beside 3x3."""

    def fire(x):
        x = convolution(x)
        return layers.Concatenate()([convolution(x), convolution(x)])

    def pool(x):
        # A zero row and column behind a ReLU: the last, incomplete window counts as well.
        return layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))

    x = convolution(x, strides=2, padding="valid")
    yield x
    for _ in range(2):
        x = fire(fire(pool(x)))
        yield x
    x = fire(pool(x))
    yield x
    for _ in range(3):
        x = fire(x)
        yield x


ALEX, VGG = (f"st_lpips/{name}_shift_tolerant_fp16.npz" for name in ("alex", "vgg"))
SOURCES = {
    "squeeze": FeatureNetwork(
        "lpips_squeeze/squeezenet1_1_fp16.npz",
        "lpips_squeeze/lpips_lin_squeeze_v0.1.npz",
        squeezenet,
    ),
    "alex": FeatureNetwork(ALEX, ALEX, alexnet),
    "vgg_plain": FeatureNetwork(VGG, VGG, partial(vgg, plain=True)),
    "vgg": FeatureNetwork(VGG, VGG, vgg),
}
