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
        super().__init__(**{"dtype": "float32", **layer_options})  # half precision moves places
        if nearest < 1:
            raise ValueError(f"Expected nearest of 1 or more. Received: {nearest}")
        self.nearest, self.seed = nearest, seed
        self.generator = random.SeedGenerator(seed)

    def call(self, pictures):
        rows, columns, turned = self.views(ops.shape(pictures)[0], pictures.shape[1])
        seen = ops.einsum("bij,bjkc->bikc", bilinear(rows), pictures)
        seen = ops.einsum("bkj,bijc->bikc", bilinear(columns), seen)
        return ops.where(turned[:, None, None, None], ops.transpose(seen, (0, 2, 1, 3)), seen)

    def views(self, count: int, side: int):
        """Where the rows and the columns of each view lie in its picture, ``(count, side)`` both,
        and whether they change places then, ``(count,)``."""
        chance = random.uniform((count, 6), seed=self.generator)
        step = ops.exp(-chance[:, 0] * ops.log(self.nearest))
        signs = ops.where(chance[:, 1:3] < 0.5, -1.0, 1.0) * step[:, None]
        extent = step * (side - 1)
        corner = chance[:, 3:5] * ((side - 1) - extent)[:, None]
        # Mirrored, the view begins at the other end of its part.
        start = corner + ops.where(signs < 0, extent[:, None], 0.0)
        places = start[..., None] + signs[..., None] * ops.arange(side, dtype="float32")
        return places[:, 1], places[:, 0], chance[:, 5] < 0.5

    def get_config(self):
        return {**super().get_config(), "nearest": self.nearest, "seed": self.seed}


def bilinear(places):
    """Weights of ``side`` pixels for each place between them: ``(batch, side)`` -> ``(batch, side,
    side)``. Beyond the ends lies the last pixel."""
    side = places.shape[-1]
    places = ops.clip(places, 0.0, side - 1.0)[..., None]
    return ops.maximum(0.0, 1.0 - ops.abs(places - ops.arange(side, dtype="float32")))
