from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops
from scipy.ndimage import uniform_filter

from sr_app.networks.patch_critic import CRITICS, KERNEL, MEAN, build_patch_critic

ALL = [(kind, field) for kind, fields in CRITICS.items() for field in fields]


@pytest.mark.parametrize(("kind", "field"), ALL)
def test_strides_give_the_field_they_stand_for(kind, field):
    """What one output of such a chain of convolutions depends on, a side."""
    found, step = 1, 1
    for stride in CRITICS[kind][field]:
        found, step = found + (KERNEL - 1) * step, step * stride
    assert found + (MEAN - 1 if kind == "detail" else 0) == field


@pytest.mark.parametrize("field", [18, 24, 36])
def test_a_verdict_sees_its_field_and_nothing_beyond(field):
    keras.utils.set_random_seed(0)
    critic = build_patch_critic("detail", field=field, width=4)
    picture = np.random.default_rng(0).random((1, field + 8, field + 8, 3)).astype("float32")
    before = ops.convert_to_numpy(critic(picture))[0, 0, 0, 0]
    beyond, edge = picture.copy(), picture.copy()
    beyond[:, field:], beyond[:, :, field:] = 0, 0
    edge[:, field - 1, field - 1] += 100
    assert ops.convert_to_numpy(critic(beyond))[0, 0, 0, 0] == pytest.approx(before, abs=1e-5)
    assert abs(ops.convert_to_numpy(critic(edge))[0, 0, 0, 0] - before) > 1e-3


def test_detail_is_what_a_pixel_is_above_its_neighbours():
    """By SciPy: 2x - 1, and 16 times x less its 3x3 mean, of the range that 2x - 1 has."""
    critic = build_patch_critic("detail", width=4)
    picture = np.random.default_rng(0).random((1, 20, 22, 3)).astype("float32")
    inside = keras.Model(critic.input, critic.get_layer("detailed").output)
    found = ops.convert_to_numpy(inside(picture))[0]
    mean = uniform_filter(picture[0], (3, 3, 1))[1:-1, 1:-1]
    np.testing.assert_allclose(found[..., :3], 2 * picture[0, 1:-1, 1:-1] - 1, atol=1e-6)
    expected = 16 * (picture[0, 1:-1, 1:-1] - mean)
    np.testing.assert_allclose(found[..., 3:], expected, atol=2e-5)


def test_the_published_critic():
    """Isola et al.: 70 pixels, 64 to 512 channels; 2.76 M weights in every public port."""
    critic = build_patch_critic("published", field=70)
    widths = [3, 64, 128, 256, 512, 1]
    sizes = [16 * a * b + b for a, b in pairwise(widths)]
    assert critic.count_params() == sum(sizes) == 2_764_737
    assert critic.output_shape[-1] == 1


def test_an_unknown_kind_or_field_is_named():
    with pytest.raises(ValueError, match="16, 22, 34, 70.*published.*Received: 48"):
        build_patch_critic("published", field=48)
    with pytest.raises(ValueError, match="detail, published.*'pixel'"):
        build_patch_critic("pixel")
