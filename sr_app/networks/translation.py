"""Translators between synthetic and real low resolution: a picture in, one of its size out.

``(batch, height, width, 3)`` in [0, 1], channels last, the result not clipped. Two kinds: the
default begins as the identity, the other is what the published unsupervised super-resolution used.
"""

from __future__ import annotations

import keras
from keras import layers, ops

from sr_app.layers.local_mean import KeepLocalMean
from sr_app.layers.reflect_pad import ReflectPad

INSTANCE_EPSILON = 1e-5
GRAIN_RATE = 4.0  # the amount of grain learns so much faster: at zero it has hardly a gradient
WINDOW = 11
"""Pixels of the square over which held colours are means: wider than blur and blocks of 8."""
COLOURS = ("free", "held")


def residual_translator(
    *, width: int = 64, blocks: int = 8, noise: int = 0, name: str = "translator"
):
    """Residual blocks at full resolution, added to the input; at first exactly the identity.

    A 3x3 convolution, blocks of two with a ReLU between, two more; the last begins as zero. With no
    down-sampling and the input added, content stays in its place and only what a degradation
    changes has to be learnt.

    With ``noise`` noise channels (none, as published) grain is added, for a function of the
    picture alone cannot make noise that differs where pictures are alike::

        amount(features) * (white + smear(noise))

    ``white`` is N(0, 1), new for every channel of every pixel, as a sensor's noise is; ``smear``, a
    5x5 convolution, makes of that noise what processing has left of it. The amount is set at every
    pixel and begins as zero. Of mean zero whatever is learnt, grain cannot move a colour.
    """
    picture = keras.Input((None, None, 3), name="lr")
    x = conv3x3(width, "features")(picture)
    for index in range(blocks):
        y = layers.ReLU(name=f"block{index}_relu")(conv3x3(width, f"block{index}_conv0")(x))
        y = conv3x3(width, f"block{index}_conv1")(y)
        x = layers.Add(name=f"block{index}_sum")([x, y])
    x = conv3x3(width, "fusion")(x)
    parts = [picture, layers.Conv2D(3, 3, padding="same", name="tail", **zero())(x)]
    if noise:
        amount = layers.Conv2D(3, 1, name="amount", **zero())(layers.Rescaling(GRAIN_RATE)(x))
        smear = layers.Conv2D(3, 5, padding="same", use_bias=False, name="smear", **zero())
        smeared = smear(NoiseChannels(noise, name="noise")(picture))
        grain = layers.Add(name="grain")([NoiseChannels(3, name="white")(picture), smeared])
        parts.append(layers.Multiply(name="grain_amount")([amount, grain]))
    return keras.Model(picture, layers.Add(name="sum")(parts), name=name)


class NoiseChannels(layers.Layer):
    """``count`` channels of N(0, 1) of a picture's size, new ones at each call.

    Zeros while ``silent``: see `deterministic`.
    """

    def __init__(self, count: int, **layer_options):
        super().__init__(**layer_options)
        self.count, self.silent = count, False
        self.seeds = keras.random.SeedGenerator()

    def call(self, picture):
        shape = (*ops.shape(picture)[:3], self.count)
        if self.silent:
            return ops.zeros(shape, dtype=self.compute_dtype)
        return keras.random.normal(shape, dtype=self.compute_dtype, seed=self.seeds)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:3], self.count)


def deterministic(translator: keras.Model, pictures):
    """``translator(pictures)`` with its noise channels at zero: the same result at every call."""
    layers_of_noise = noise_layers(translator)
    for layer in layers_of_noise:
        layer.silent = True
    try:
        return translator(pictures)
    finally:
        for layer in layers_of_noise:
            layer.silent = False


def is_stochastic(translator: keras.Model) -> bool:
    """Whether the translator's results differ from call to call."""
    return bool(noise_layers(translator))


def noise_layers(translator: keras.Model) -> list[NoiseChannels]:
    """The layers of a translator that draw noise."""
    return [layer for layer in translator.layers if isinstance(layer, NoiseChannels)]


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


def zero() -> dict[str, str]:
    """Kernels that begin as zero."""
    return {"kernel_initializer": "zeros"}


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
    kind: str,
    *,
    width: int = 64,
    blocks: int | None = None,
    noise: int = 0,
    colours: str = "free",
    name: str,
):
    """A translator of `TRANSLATORS`.

    Args:
        width: channels of the first convolution.
        blocks: residual blocks; None is the published number (8 or 9).
        noise: noise channels beside the picture, for the residual one.
        colours: "free", as published, or "held": means over squares of 11 pixels stay those of the
            input. Where one side has few photos a free translator learns their palette, too, and
            the network to undo it.

    Raises:
        ValueError: for an unknown kind, noise for one that has none, other colours.
    """
    for value, known, what in (
        (kind, TRANSLATORS, "a translator"),
        (colours, COLOURS, "colours of a translator"),
    ):
        if value not in known:
            raise ValueError(f"Expected {what} among {', '.join(known)}. Received: {value!r}")
    if noise and kind != "residual":
        raise ValueError(f"Expected no noise channels for a {kind} translator. Received: {noise}")
    options = {"blocks": blocks, "noise": noise or None}
    given = {key: value for key, value in options.items() if value is not None}
    free = TRANSLATORS[kind](width=width, name=name, **given)
    if colours == "free":
        return free
    held = KeepLocalMean(WINDOW, name="held_colours")([free.input, free.output])
    return keras.Model(free.input, held, name=name)
