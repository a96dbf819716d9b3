"""A random look at pictures: nearer, mirrored, turned."""

from __future__ import annotations

import keras
from keras import ops, random


@keras.saving.register_keras_serializable(package="sr_app")
class RandomView(keras.layers.Layer):
    """Look at a part of each picture, magnified to the picture's size.

    A distance between features has blind spots: patterns that its network does not see, which a
    training against it finds. Seen from ever different distances and sides, few of them are left.
    Kettunen, Härkönen, Lehtinen, "E-LPIPS: Robust Perceptual Image Similarity via Random
    Transformation Ensembles", 2019, section 3; here magnified, where they shrink: networks that
    blur before they halve are blind to what is finest.

    Input and output: ``(batch, side, side, channels)``, square. One view for all channels of a
    picture, so that pictures joined along the channels are seen alike.

    Args:
        nearest: the greatest magnification; each is drawn log-uniformly from [1, nearest].
        seed: of the views.
    """

    def __init__(self, nearest: float = 2.0, *, seed: int = 0, **layer_options):
        super().__init__(**{"dtype": "float32", **layer_options})  # its gradient has no half type
        if nearest < 1:
            raise ValueError(f"Expected nearest of 1 or more. Received: {nearest}")
        self.nearest, self.seed = nearest, seed
        self.generator = random.SeedGenerator(seed)

    def call(self, pictures):
        return ops.image.affine_transform(
            pictures,
            self.views(ops.shape(pictures)[0], pictures.shape[1]),
            interpolation="bilinear",
            fill_mode="nearest",
            data_format="channels_last",
        )

    def views(self, count: int, side: int):
        """Where each pixel of a view lies in its picture: ``(count, 8)``, rows
        ``(a0, a1, a2, b0, b1, b2, 0, 0)`` of ``x = a0 u + a1 v + a2``, ``y = b0 u + b1 v + b2``."""
        chance = random.uniform((count, 6), seed=self.generator)
        step = ops.exp(-chance[:, 0] * ops.log(self.nearest))
        signs = ops.where(chance[:, 1:3] < 0.5, -1.0, 1.0) * step[:, None]
        extent = step * (side - 1)
        corner = chance[:, 3:5] * ((side - 1) - extent)[:, None]
        # Mirrored, the view begins at the other end of its part.
        start = corner + ops.where(signs < 0, extent[:, None], 0.0)
        turned, zero = chance[:, 5] < 0.5, ops.zeros_like(step)
        x, y = signs[:, 0], signs[:, 1]
        rows = (
            ops.where(turned, zero, x),
            ops.where(turned, x, zero),
            start[:, 0],
            ops.where(turned, y, zero),
            ops.where(turned, zero, y),
            start[:, 1],
            zero,
            zero,
        )
        return ops.stack(rows, axis=-1)

    def get_config(self):
        return {**super().get_config(), "nearest": self.nearest, "seed": self.seed}
