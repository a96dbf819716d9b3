"""Groups one by one are a grouped convolution: the same numbers, weights and gradients."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from sr_app.layers.convolution import CONVOLUTIONS, convolution
from sr_app.layers.grouped import GroupedConv2D


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_each_filter_sees_its_group_alone(groups) -> None:
    """Against the sum over the nine taps, written out with NumPy in double precision."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 6, 8)).astype("float32")
    layer = GroupedConv2D(12, 3, groups=groups, padding="same")
    layer.build(x.shape)
    kernel = rng.normal(size=(3, 3, 8 // groups, 12)).astype("float32")
    bias = rng.normal(size=12).astype("float32")
    layer.set_weights([kernel, bias])
    around = np.pad(x.astype(float), [(0, 0), (1, 1), (1, 1), (0, 0)])
    expected = np.zeros((2, 5, 6, 12)) + bias
    channels, filters = 8 // groups, 12 // groups
    for group in range(groups):
        inside = slice(group * filters, (group + 1) * filters)
        for row in range(3):
            for column in range(3):
                part = around[:, row : row + 5, column : column + 6]
                part = part[..., group * channels : (group + 1) * channels]
                expected[..., inside] += part @ kernel[row, column, :, inside]
    # 72 products of numbers of size 1 in single precision.
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), expected, atol=2e-5)


def test_it_is_written_and_read_as_its_parent() -> None:
    layer = GroupedConv2D(8, 3, groups=4, padding="same")
    twin = GroupedConv2D.from_config(layer.get_config())
    for one in (layer, twin):
        one.build((None, None, None, 8))
    assert [weight.shape for weight in twin.weights] == [(3, 3, 2, 8), (8,)]
    assert layer.count_params() == 3 * 3 * 2 * 8 + 8


@pytest.mark.parametrize("kind", sorted(set(CONVOLUTIONS) - {"adder"}))
def test_no_kind_asks_a_backend_for_a_grouped_convolution(kind, monkeypatch) -> None:
    """What TensorFlow would compile for each call; adders have no product to share out."""
    layer, conv = convolution(kind, 8, 3, groups=2), ops.conv
    layer.build((None, 6, 6, 8))

    def ungrouped(x, kernel, *arguments, **options):
        assert x.shape[-1] == kernel.shape[2]
        return conv(x, kernel, *arguments, **options)

    monkeypatch.setattr(ops, "conv", ungrouped)
    assert layer(np.ones((1, 6, 6, 8), "float32")).shape == (1, 6, 6, 8)
