"""The table of convolution kinds: each takes ``(filters, kernel_size, groups=..., name=...)``.

To add a kind: a layer file beside this one, one line in :data:`CONVOLUTIONS`, one test. Every kind
keeps height and width (stride 1, zero padding) and passes the contract test of
``tests/layers/test_convolution.py``.
"""

from __future__ import annotations

import keras

from sr_app.layers.reparameterised import RepConv2D


def plain(filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None):
    """An ordinary ``keras.layers.Conv2D``, stride 1, zero padding, with bias."""
    return keras.layers.Conv2D(filters, kernel_size, groups=groups, padding="same", name=name)


CONVOLUTIONS = {
    "conv": plain,
    "rep": RepConv2D,
}


def convolution(
    kind: str, filters: int, kernel_size: int, *, groups: int = 1, name: str | None = None
):
    """The layer of a kind named in :data:`CONVOLUTIONS`.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in CONVOLUTIONS:
        raise ValueError(
            f"Expected a convolution kind among {', '.join(CONVOLUTIONS)}. Received: {kind!r}"
        )
    return CONVOLUTIONS[kind](filters, kernel_size, groups=groups, name=name)
