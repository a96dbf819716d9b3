"""A network that tells one kind of picture from the others by what a super-resolution network sees.

After Xu et al., "Positive-Unlabeled Compression on the Cloud", NeurIPS 2019: features of several
depths of the teacher, pooled over the picture, weighted by attention, one logit. Adapted: the
teacher is a super-resolution network, whose features are edges and textures. Their means are the
picture's colours, and a selector that sees them memorises the examples' colours, so what is
pooled is how much they vary. (A ridge regression from the patches of 8 known pictures, AUC with
means and deviations, and with the logarithms of the deviations alone: photographs 0.68 and 0.85,
text 0.76 and 0.88, drawings 0.93 and 0.99, by esrn_x2.) And the teacher stays as it is, so that the
pooled features can be kept.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

from sr_app.networks.families import taps_of


def pooled_features(teacher: keras.Model) -> keras.Model:
    """The teacher's features at every depth, pooled.

    Args:
        teacher: of ``networks.families.build_network``.

    Returns:
        ``(batch, h, w, 3)`` in [0, 1] -> ``(batch, channels)``: for the first features and for
        each block the logarithm of their standard deviation over the picture.
    """
    taps, pooled = taps_of(teacher), []
    for x in (taps.first, *taps.blocks):
        around = x - ops.mean(x, axis=(1, 2), keepdims=True)
        # The constant is below what one grey level does: flat patches are alike.
        pooled.append(ops.log(ops.mean(ops.square(around), axis=(1, 2)) + 1e-6) / 2)
    return keras.Model(teacher.input, ops.concatenate(pooled, axis=-1), name="pooled_features")


def build_selector(mean: np.ndarray, deviation: np.ndarray) -> keras.Model:
    """The classifier on pooled features.

    Hu, Shen and Sun, "Squeeze-and-Excitation Networks", CVPR 2018, eq. 3 over the channels of all
    depths together: ``x * sigmoid(W2 relu(W1 x))`` with a sixteenth of the channels in between;
    then one linear unit.

    Args:
        mean, deviation: of each feature, ``(channels,)``; inputs are standardised by them.

    Returns:
        ``(batch, channels)`` -> ``(batch, 1)``, a logit: positive for the kind sought.
    """
    channels = len(mean)
    pooled = keras.Input((channels,), name="pooled")
    known = layers.Normalization(mean=mean, variance=np.square(deviation), name="standard")(pooled)
    x = layers.Dense(max(1, channels // 16), activation="relu", name="squeeze")(known)
    attention = layers.Dense(channels, activation="sigmoid", name="excite")(x)
    logit = layers.Dense(1, name="logit")(layers.Multiply(name="attend")([known, attention]))
    return keras.Model(pooled, logit, name="selector")
