"""Translators between synthetic and real low resolution: a picture in, one of its size out.

``(batch, height, width, 3)`` in [0, 1], channels last, the result not clipped. Two kinds: the
default begins as the identity, the other is what the published unsupervised super-resolution used.
"""

from __future__ import annotations

import keras
from keras import layers, ops

from sr_app.layers.reflect_pad import ReflectPad

INSTANCE_EPSILON = 1e-5


def residual_translator(
    *, width: int = 64, blocks: int = 8, noise: int = 0, name: str = "translator"
):
    """Residual blocks at full resolution, added to the input; at first exactly the identity.

    A 3x3 convolution, blocks of two with a ReLU between, two more; the last begins as zero. With no
    down-sampling and the input added, content stays in its place and only what a degradation
    changes has to be learnt.

    ``noise`` planes of chance beside the picture's three (none, as published): a function of the
    picture alone cannot make noise that differs where pictures are alike.
    """
    picture = keras.Input((None, None, 3), name="lr")
    x = picture
    if noise:
        x = layers.Concatenate(name="noisy")([picture, NoisePlanes(noise, name="noise")(picture)])
    x = conv3x3(width, "features")(x)
    for index in range(blocks):
        y = layers.ReLU(name=f"block{index}_relu")(conv3x3(width, f"block{index}_conv0")(x))
        y = conv3x3(width, f"block{index}_conv1")(y)
        x = layers.Add(name=f"block{index}_sum")([x, y])
    x = conv3x3(width, "fusion")(x)
    change = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros", name="tail")(x)
    return keras.Model(picture, layers.Add(name="sum")([picture, change]), name=name)


class NoisePlanes(layers.Layer):
    """``planes`` channels of N(0, 1) of a picture's size, new ones at each call."""

    def __init__(self, planes: int, **layer_options):
        super().__init__(**layer_options)
        self.planes = planes
        self.seeds = keras.random.SeedGenerator()

    def call(self, picture):
        shape = (*ops.shape(picture)[:3], self.planes)
        return keras.random.normal(shape, dtype=self.compute_dtype, seed=self.seeds)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:3], self.planes)


def conv3x3(filters: int, name: str) -> layers.Conv2D:
    """A 3x3 convolution, zero padding, no activation."""
    return layers.Conv2D(filters, 3, padding="same", name=name)


def resnet_translator(*, width: int = 64, blocks: int = 9, name: str = "translator"):
    """The generator of CycleGAN (Zhu et al., ICCV 2017, appendix) with nine residual blocks.

    7x7, twice down, the blocks, twice up, 7x7, tanh; instance normalisation without parameters.
    Height and width must be multiples of 4. Pictures in [0, 1] use half of what tanh can give.
    """
    picture = keras.Input((None, None, 3), name="lr")
    x = ReflectPad(3, name="pad0")(picture)
    x = normalised(layers.Conv2D(width, 7, name="conv0", **start())(x), "conv0")
    for index in (1, 2):
        down = layers.Conv2D(2**index * width, 3, 2, "same", name=f"down{index}", **start())
        x = normalised(down(x), f"down{index}")
    for index in range(blocks):
        x = resnet_block(x, f"block{index}")
    for index in (1, 0):
        up = layers.Conv2DTranspose(2**index * width, 3, 2, "same", name=f"up{index}", **start())
        x = normalised(up(x), f"up{index}")
    x = layers.Conv2D(3, 7, name="conv1", **start())(ReflectPad(3, name="pad1")(x))
    return keras.Model(picture, layers.Activation("tanh", name="tanh")(x), name=name)


def resnet_block(x, name: str):
    """x + two 3x3 convolutions, each normalised, a ReLU after the first."""
    width = x.shape[-1]
    y = layers.Conv2D(width, 3, padding="same", name=f"{name}_conv0", **start())(x)
    y = layers.Conv2D(width, 3, padding="same", name=f"{name}_conv1", **start())(
        normalised(y, f"{name}_conv0")
    )
    return layers.Add(name=f"{name}_sum")([x, instance_norm(f"{name}_norm1")(y)])


def normalised(x, name: str):
    """Instance normalisation and ReLU after a convolution."""
    return layers.ReLU(name=f"{name}_relu")(instance_norm(f"{name}_norm")(x))


def start() -> dict[str, keras.initializers.Initializer]:
    """Kernels begin as N(0, 0.02) (Zhu et al., ICCV 2017).

    One initializer for each layer: the same one would give equal shapes equal weights.
    """
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.02)}


def instance_norm(name: str) -> layers.GroupNormalization:
    """Every channel of every picture to mean 0 and variance 1, without parameters."""
    options = {"groups": -1, "epsilon": INSTANCE_EPSILON, "center": False, "scale": False}
    return layers.GroupNormalization(name=name, **options)


TRANSLATORS = {"residual": residual_translator, "resnet": resnet_translator}


def build_translator(
    kind: str, *, width: int = 64, blocks: int | None = None, noise: int = 0, name: str
):
    """A translator of :data:`TRANSLATORS`.

    Args:
        width: channels of the first convolution.
        blocks: residual blocks; None is the published number (8 or 9).
        noise: planes of chance beside the picture, for the residual one.

    Raises:
        ValueError: for an unknown kind, or noise for one that has none.
    """
    if kind not in TRANSLATORS:
        raise ValueError(
            f"Expected a translator among {', '.join(TRANSLATORS)}. Received: {kind!r}"
        )
    if noise and kind != "residual":
        raise ValueError(f"Expected no noise planes for a {kind} translator. Received: {noise}")
    options = {"blocks": blocks, "noise": noise or None}
    given = {key: value for key, value in options.items() if value is not None}
    return TRANSLATORS[kind](width=width, name=name, **given)
