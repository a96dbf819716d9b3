"""Generated pictures of earlier steps, to show critics a history instead of the last step alone."""

from __future__ import annotations

import keras
from keras import ops


class PictureBuffer(keras.layers.Layer):
    """Half of the pictures that go in come out; for the others, ones from earlier steps do.

    Shrivastava et al., CVPR 2017, section 2.3, with the rule of CycleGAN (Zhu et al., ICCV 2017):
    each new picture is shown and forgotten, or changes places with a stored one. The pictures are
    weights of the layer, so a checkpoint holds them; which places are used comes with the batch
    (`datasets.unpaired`), so a resumed run does what the uninterrupted one would have done.

    Args:
        size: pictures kept, at least those of a batch.
        patch: side of the square pictures, pixels.
    """

    def __init__(self, size: int, patch: int, **layer_options):
        super().__init__(**layer_options)
        self.size = size
        self.pictures = self.add_weight(
            shape=(size, patch, patch, 3), initializer="zeros", trainable=False, name="pictures"
        )
        self.count = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="count"
        )
        self.built = True

    def call(self, pictures, draws):
        """Mixed pictures, ``(batch, patch, patch, 3)``, without a gradient.

        Args:
            pictures: new ones.
            draws: ``(batch,)`` whole numbers, a place ``p`` of the buffer each, no place twice:
                ``p`` to change places with the picture there, ``-1 - p`` to pass. Ignored until
                the buffer has been filled by the first pictures, which all pass.
        """
        pictures = ops.stop_gradient(ops.cast(pictures, "float32"))
        draws = ops.cast(draws, "int32")
        full = self.count >= self.size
        filling = (self.count + ops.arange(ops.shape(draws)[0], dtype="int32")) % self.size
        places = ops.where(full, ops.where(draws >= 0, draws, -1 - draws), filling)
        history = ops.convert_to_tensor(self.pictures)
        stored = ops.take(history, places, axis=0)
        swapped = ops.reshape(ops.logical_and(full, draws >= 0), (-1, 1, 1, 1))
        kept = ops.where(ops.logical_or(swapped, ops.logical_not(full)), pictures, stored)
        self.pictures.assign(ops.scatter_update(history, places[:, None], kept))
        self.count.assign(ops.minimum(self.count + ops.shape(draws)[0], self.size))
        return ops.where(swapped, stored, pictures)
