"""Ghost convolution whose cheap operation is a learned shift: it costs no multiplication."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.same_convolution import SameConvolution, share_of
from sr_app.layers.straight_through import straight_through

STEPS = np.sqrt([2.0, 3, 5, 7, 11, 13, 17, 19, 23]).reshape(3, 3).astype("float32") % 1
"""Kronecker's sequence: multiples of rationally independent numbers, modulo 1, are uniform in nine
dimensions. Unlike a generator's its state is a weight, in every checkpoint."""


@keras.saving.register_keras_serializable(package="sr_app")
class GhostShiftConv2D(SameConvolution):
    """An ordinary convolution of half the features; the others are these, moved by one pixel.

    Nie et al., "GhostSR: Learning Ghost Features for Efficient Image Super-Resolution", TMLR 2022,
    section 3: one 3x3 kernel with a single 1 per layer, chosen by Gumbel noise with a
    straight-through gradient: ``y = w + noise * gumbel``, ``hard = onehot(argmax |y|)``, kernel
    ``hard + w - stop_gradient(w)``. After training ``onehot(argmax |w|)``: pad and slice.

    Args:
        filters, kernel_size, groups, input and output shape: as :class:`SameConvolution`.
        decay: factor of the noise per training call. (Published: 0.97 per epoch; here the layer
            counts by itself, and stage and callbacks need not know it.)
        seed: of the noise, which is a weight like any other: a resumed training goes on with it.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        *,
        decay: float = 0.999,
        seed: int = 0,
        **layer_options,
    ):
        super().__init__(filters, kernel_size, **layer_options)
        self.decay, self.seed = decay, seed
        self.intrinsic = share_of(filters, 2, self.groups)

    def build(self, input_shape):
        channels = self.channels_per_group(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.intrinsic), name="kernel"
        )
        self.bias = self.add_weight(shape=(self.intrinsic,), initializer="zeros", name="bias")
        # Not in half precision: the place of the largest number must not depend on it.
        self.shift = self.add_weight(shape=(3, 3), name="shift", autocast=False)
        self.noise = self.add_weight(
            shape=(), initializer="ones", trainable=False, name="noise", autocast=False
        )
        self.phase = self.add_weight(
            shape=(3, 3),
            initializer=keras.initializers.RandomUniform(0.0, 1.0, seed=self.seed),
            trainable=False,
            name="phase",
            autocast=False,
        )
        # Output channel k is number order[k] of (intrinsic, ghosts): compression from a trained
        # network keeps every channel at its place.
        self.order = self.add_weight(
            shape=(self.filters,),
            dtype="int32",
            initializer=lambda shape, dtype: ops.arange(shape[0], dtype=dtype),
            trainable=False,
            name="order",
        )

    def direction(self, training: bool | None = None):
        """The kernel with a single 1, shape (3, 3); with noise and a gradient while training."""
        latent = ops.convert_to_tensor(self.shift)
        noisy = latent
        if training:
            self.phase.assign(ops.mod(self.phase + STEPS, 1.0))
            uniform = ops.clip(self.phase, 1e-6, 1.0 - 1e-6)
            noisy = latent - self.noise * ops.log(-ops.log(uniform))  # Gumbel's distribution
            self.noise.assign(self.noise * self.decay)
        place = ops.argmax(ops.reshape(ops.abs(noisy), (9,)))
        hard = ops.reshape(ops.one_hot(place, 9, dtype=latent.dtype), (3, 3))
        return straight_through(hard, latent)

    def offset(self) -> tuple[int, int]:
        """(rows, columns) after training: a ghost's pixel (y, x) is pixel (y + rows, x + columns)
        of its intrinsic feature, 0 outside."""
        row, column = divmod(int(np.abs(ops.convert_to_numpy(self.shift)).argmax()), 3)
        return row - 1, column - 1

    def call(self, inputs, training=None):
        intrinsic = convolve(inputs, self.kernel)
        intrinsic += self.bias
        moved = intrinsic[..., : self.filters - self.intrinsic]
        if moved.shape[-1]:
            kernel = ops.cast(self.direction(training), intrinsic.dtype)
            kernel = ops.tile(kernel[:, :, None, None], (1, 1, moved.shape[-1], 1))
            moved = ops.depthwise_conv(moved, kernel, padding="same", data_format="channels_last")
        return ops.take(ops.concatenate([intrinsic, moved], axis=-1), self.order, axis=-1)

    def cost(self) -> ConvolutionCost:
        side, _, channels, _ = self.kernel.shape
        products = side**2 * channels * self.intrinsic
        extra = int(self.filters > self.intrinsic)
        # The direction and the order are a few bytes: counted as one number.
        return ConvolutionCost(
            products, products, products, products, self.intrinsic, side // 2 + extra
        )

    def get_config(self):
        return {**super().get_config(), "decay": self.decay, "seed": self.seed}
