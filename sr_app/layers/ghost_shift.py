"""Ghost convolution whose cheap operation is a learned shift: it costs no multiplication."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from scipy.cluster.vq import kmeans2
from scipy.optimize import linear_sum_assignment

from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.grouped import convolve
from sr_app.layers.operations import Lowering, Tensor, joined
from sr_app.layers.operations import convolve as write_convolution
from sr_app.layers.same_convolution import SameConvolution, framed, paths, share_of
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
        filters, kernel_size, groups, input and output shape: as `SameConvolution`.
        decay: factor of the noise per training call. (Published: 0.97 per epoch; here the layer
            counts by itself, and stage and callbacks need not know it.)
        seed: of the noise, which is a weight like any other: a resumed training goes on with it.
    """

    TRAINING_ONLY = ("noise", "phase", "order", "shift")
    NOTE = "Saves weights, multiplications and, on a processor, time."

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

    def start_from(self, kernel: np.ndarray, bias: np.ndarray) -> list[str]:
        """Clusters of similar filters (GhostSR, section 3.3): the one nearest each centre is kept.

        Every other filter is replaced by a moved kept one. The direction, one for the layer, and
        who replaces whom are chosen so that the squared difference of all kernels is least; the
        layer's ``order`` leaves every channel at its place.
        """
        filters = np.arange(self.filters)
        share = self.intrinsic // self.groups
        parts = np.split(filters, self.groups)
        kept = np.concatenate([part[central_filters(kernel[..., part], share)] for part in parts])
        others = np.setdiff1d(filters, kept)
        order = np.empty(self.filters, "int32")
        order[kept] = np.arange(self.intrinsic)
        place = 4
        if len(others):
            sources = kept[: len(others)]
            place, ghosts = best_direction(kernel[..., others], kernel[..., sources])
            order[others] = self.intrinsic + ghosts
        self.kernel.assign(kernel[..., kept])
        self.bias.assign(bias[kept])
        self.shift.assign(np.eye(9)[place].reshape(3, 3))
        self.order.assign(order)
        return paths(self.kernel, self.bias, self.shift, self.order)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """A convolution, its first features moved by one pad that adds a row and removes one, both
        concatenated; the order is carried along."""
        intrinsic = write_convolution(
            graph, self, tensors[0], np.asarray(self.kernel), np.asarray(self.bias)
        )
        ghosts = self.filters - self.intrinsic
        parts = [intrinsic.name]
        if ghosts:
            (rows, columns), surplus = self.offset(), self.intrinsic - ghosts
            # Negative amounts remove: one pad drops the row that moves out and adds zeros behind.
            amounts = [0, 0, -rows, -columns, 0, -surplus, rows, columns]
            constants = (np.array(amounts, np.int64),)
            parts.append(graph.add("Pad", f"{self.name}.moved", (parts[0],), constants).name)
        result, order = joined(graph, self.name, parts), np.asarray(self.order)
        in_place = np.array_equal(order, np.arange(self.filters))
        return result if in_place else Tensor(result.name, order)

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


def central_filters(kernel: np.ndarray, count: int) -> np.ndarray:
    """Indices of the filters nearest the centres of ``count`` clusters, rising."""
    vectors = kernel.reshape(-1, kernel.shape[-1]).T.astype("float64")  # (filters, elements)
    if count == len(vectors):
        return np.arange(count)
    centres, _ = kmeans2(vectors, count, minit="++", seed=0, missing="warn")
    gaps = ((centres[:, None] - vectors) ** 2).sum(-1)  # (centres, filters)
    return np.sort(linear_sum_assignment(gaps)[1])  # each centre its own filter


def best_direction(wanted: np.ndarray, given: np.ndarray) -> tuple[int, np.ndarray]:
    """(place in the 3x3 kernel, ghost of each wanted filter) of least squared difference."""
    found = []
    for place in range(9):
        rows, columns = divmod(place, 3)
        # A moved feature is one of a moved kernel: compared in a frame with room for it.
        moved, still = framed(given, rows, columns), framed(wanted, 1, 1)
        gaps = ((still[:, None] - moved) ** 2).sum(-1)  # (wanted, given)
        pairs = linear_sum_assignment(gaps)
        found.append((gaps[pairs].sum(), place, pairs[1]))
    return min(found, key=lambda one: one[:2])[1:]
