"""Sub-pixel rearrangement and the repeated-input skip that goes with it."""

from __future__ import annotations

import keras
from keras import ops

from sr_app.layers.operations import Lowering, Tensor
from sr_app.layers.shapes import resized


@keras.saving.register_keras_serializable(package="sr_app")
class PixelShuffle(keras.layers.Layer):
    """Rearrange channels into space: sub-pixel convolution's last step.

    Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
    Convolutional Neural Network", CVPR 2016, eq. 4. Channel order is TensorFlow's (depth, column,
    row): output pixel ``(scale*y + i, scale*x + j)``, channel ``c`` reads input channel
    ``(i*scale + j)*C + c``.

    Input shape: ``(batch, height, width, scale**2 * channels)``.
    Output shape: ``(batch, scale*height, scale*width, channels)``.

    Args:
        scale: integer factor, at least 2.

    Raises:
        ValueError: if the input's channels are not a multiple of ``scale**2``.
    """

    def __init__(self, scale: int, **layer_options):
        super().__init__(**layer_options)
        if scale < 2:
            raise ValueError(f"Expected a shuffle scale of 2 or more. Received: scale={scale}")
        self.scale = scale

    def build(self, input_shape):
        if input_shape[-1] % self.scale**2:
            raise ValueError(
                f"Expected channels to be a multiple of scale**2 = {self.scale**2}. "
                f"Received: input_shape={tuple(input_shape)}"
            )

    def call(self, inputs):
        return ops.depth_to_space(inputs, self.scale, data_format="channels_last")

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """Keras' channel order is ONNX' DCR, and CRD is no faster (benchmarks)."""
        name = graph.plain(tensors[0])
        return graph.add("DepthToSpace", self.name, (name,), blocksize=self.scale, mode="DCR")

    def compute_output_shape(self, input_shape):
        channels = input_shape[-1] // self.scale**2
        return resized(input_shape, lambda side: side * self.scale, channels)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


@keras.saving.register_keras_serializable(package="sr_app")
class PixelUnshuffle(keras.layers.Layer):
    """Rearrange space into channels: the inverse of `PixelShuffle`, in its channel order.

    Before the first convolution it lets a network work at a fraction of the resolution without
    losing a pixel (Zhang et al., "FFDNet", IEEE TIP 27(9), 2018, section III-B).

    Input shape: ``(batch, height, width, channels)``, both sides multiples of ``factor``.
    Output shape: ``(batch, height/factor, width/factor, factor**2 * channels)``.

    Args:
        factor: integer, at least 2.
    """

    def __init__(self, factor: int, **layer_options):
        super().__init__(**layer_options)
        if factor < 2:
            raise ValueError(f"Expected a factor of 2 or more. Received: factor={factor}")
        self.factor = factor

    def call(self, inputs):
        return ops.space_to_depth(inputs, self.factor, data_format="channels_last")

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """Keras' channel order is that of ONNX."""
        return graph.add(
            "SpaceToDepth", self.name, (graph.plain(tensors[0]),), blocksize=self.factor
        )

    def compute_output_shape(self, input_shape):
        channels = input_shape[-1] * self.factor**2
        return resized(input_shape, lambda side: side // self.factor, channels)

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable(package="sr_app")
class RepeatChannels(keras.layers.Layer):
    """Repeat the whole channel group: ``out[..., k*C + c] = in[..., c]``.

    Before a `PixelShuffle` of scale ``sqrt(times)`` this is nearest-neighbour enlargement at
    the cost of a copy: the "anchor" that a residual is added to in Du et al., "Anchor-based Plain
    Net for Mobile Image Super-Resolution", CVPRW 2021, section 3.2.

    Input shape: ``(batch, height, width, channels)``.
    Output shape: ``(batch, height, width, times * channels)``.
    """

    def __init__(self, times: int, **layer_options):
        super().__init__(**layer_options)
        if times < 1:
            raise ValueError(f"Expected times of 1 or more. Received: times={times}")
        self.times = times

    def call(self, inputs):
        return ops.concatenate([inputs] * self.times, axis=-1)

    def lower(self, graph: Lowering, tensors: list[Tensor]) -> Tensor:
        """One concatenation of the tensor with itself."""
        names = (graph.plain(tensors[0]),) * self.times
        return graph.add("Concat", self.name, names, axis=1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] * self.times)

    def get_config(self):
        return {**super().get_config(), "times": self.times}
